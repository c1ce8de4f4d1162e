package io.sluice.lane;

import static io.sluice.lane.LaneDescriptor.ATTENTION_CORRUPT;
import static io.sluice.lane.LaneDescriptor.ATTENTION_GIVEN;
import static io.sluice.lane.LaneDescriptor.ATTENTION_NONE;
import static io.sluice.lane.LaneDescriptor.ATTENTION_OFFSET;
import static io.sluice.lane.LaneDescriptor.ATTENTION_WANTED;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;
import io.sluice.waiting.Bell;
import java.lang.invoke.VarHandle;

/**
 * The notification of a lane's receivers about new messages, if any of them has requested it.
 *
 * <p>The lane's word <em>attention</em> holds the notify mode. In a stream the word rarely changes
 * and costs the sender one plain load. A receiver that stops polling the lane sets it, because it
 * is about to wait or because the lane was empty for long. A sender that finds it set marks its
 * lane as busy, and wakes one waiting receiver.
 *
 * <p>In a stream senders do not fence: the load may complete before the message is visible. The
 * receiver fences for both (see {@link io.sluice.waiting.BellWaiter}) after it has set the word and
 * before it polls the lane once more.
 *
 * <p><em>A sender that wakes receivers fences itself.</em> The receiver's fence interrupts every
 * processor, and takes 50 microseconds in a virtual machine; a sender's own fence takes 20 ns. So a
 * sender that finds attention wanted <em>gives</em> it: it sets the word to {@link
 * LaneDescriptor#ATTENTION_GIVEN}, and announces each message after a fence of its own, until
 * {@value #QUIET_MESSAGES} messages in a row have found no receiver waiting, which costs about as
 * much as the one wake-up did. A receiver that finds attention given by all its possible senders
 * waits without fencing for them. Where every message wakes a receiver attention is always given;
 * in a stream it never is.
 *
 * <p>The model of this protocol is {@code bell.pml}.
 *
 * <p>Guarantee: lock-free; wait-free while attention is neither wanted nor given. Called by the
 * sender's thread.
 */
public final class Doorbell {
    /**
     * The number of messages announced with a fence, counted anew from each that woke a receiver.
     */
    static final int QUIET_MESSAGES = 64;

    private final Memory control;
    private final SharedBits busy;
    private final SharedBits sleepers;
    private final Bell[] bells;
    private final int lane;
    private final int quietMessages;
    private int quiet; // Messages that found no receiver waiting, while attention is given.

    /**
     * Creates the doorbell of one lane.
     *
     * @param control the lane's control block
     * @param lane the lane's number
     * @param busy a bit for each lane
     * @param sleepers a bit for each receiver, set while it waits
     * @param bells the futex event of each receiver
     */
    public Doorbell(Memory control, int lane, SharedBits busy, SharedBits sleepers, Bell[] bells) {
        this(control, lane, busy, sleepers, bells, QUIET_MESSAGES);
    }

    /** Creates a doorbell with a given {@link #QUIET_MESSAGES}, for tests. */
    Doorbell(
            Memory control,
            int lane,
            SharedBits busy,
            SharedBits sleepers,
            Bell[] bells,
            int quietMessages) {
        this.quietMessages = quietMessages;
        this.control = control;
        this.lane = lane;
        this.busy = busy;
        this.sleepers = sleepers;
        this.bells = bells.clone();
        long attention = control.getLong(ATTENTION_OFFSET);
        if (attention != ATTENTION_CORRUPT) {
            // No edge: makes a new sender announce its first message, whatever the last one has
            // left here. If the word changes meanwhile, a receiver requests the same, or has given
            // the lane up.
            control.compareAndSetLong(ATTENTION_OFFSET, attention, ATTENTION_WANTED);
        }
    }

    /**
     * Checks that no receiver has given a lane up, which is permanent.
     *
     * @param control the lane's control block
     * @param lane the lane's number
     * @throws ChannelCorruptedException if one has
     */
    public static void checkNotGivenUp(Memory control, int lane) {
        if (control.getLong(ATTENTION_OFFSET) == ATTENTION_CORRUPT) {
            throw givenUp(lane);
        }
    }

    private static ChannelCorruptedException givenUp(int lane) {
        return new ChannelCorruptedException(
                "a receiver found lane "
                        + lane
                        + " corrupt: nothing in it is read any more, and no sender can use it; other"
                        + " lanes go on, and a pipe that has none left must be deleted and made"
                        + " again");
    }

    /**
     * Tests whether the message that was just published must be announced by {@link #ring}. Called
     * for every message.
     *
     * @return whether attention is wanted or given, or the lane was given up
     */
    public boolean isWanted() {
        // Keeps the compiler from moving the load above the stores of the message; emits no
        // instruction on x86-64. The processor may still reorder them: the receiver's fence covers
        // that.
        VarHandle.acquireFence();
        // edge ATTENTION, from LaneWatch.demand
        return control.getLong(ATTENTION_OFFSET) != ATTENTION_NONE;
    }

    /**
     * Announces that the lane holds a message.
     *
     * @return whether a receiver may have required a wake-up
     * @throws ChannelCorruptedException if a receiver has found the lane corrupt
     */
    public boolean ring() {
        long attention = control.getLong(ATTENTION_OFFSET);
        if (attention == ATTENTION_CORRUPT) {
            throw givenUp(lane);
        }
        if (attention != ATTENTION_GIVEN) {
            giveAttention(attention);
            return true;
        }
        if (quiet == quietMessages) {
            endAttention();
            return true;
        }
        VarHandle.fullFence(); // A receiver that found attention given relies on it.
        busy.set(lane);
        boolean slept = sleepers.next(0) < sleepers.size();
        if (slept) {
            wakeOne(sleepers, bells);
        }
        quiet = slept ? 0 : quiet + 1;
        return slept;
    }

    private void giveAttention(long attention) {
        quiet = 0;
        // edge ATTENTION, from LaneWatch.demand
        // edge GIVEN, to LaneWatch.demand: written before the bits of waiting receivers are read,
        // so a receiver that reads it later finds the message, and the bits include all others.
        // Fails if a receiver has given the lane up meanwhile.
        control.compareAndSetLong(ATTENTION_OFFSET, attention, ATTENTION_GIVEN);
        busy.set(lane);
        wakeOne(sleepers, bells);
    }

    /** Ends the mode in which each message is announced; the one just published still is. */
    private void endAttention() {
        // edge GIVEN, to LaneWatch.demand: revoked before the bits of waiting receivers are read,
        // so they include every receiver that still read it.
        control.compareAndSetLong(ATTENTION_OFFSET, ATTENTION_GIVEN, ATTENTION_NONE);
        busy.set(lane);
        if (wakeOne(sleepers, bells)) {
            // No edge: makes this sender announce its next message too. Fails if a receiver has
            // given the lane up meanwhile.
            control.compareAndSetLong(ATTENTION_OFFSET, ATTENTION_NONE, ATTENTION_WANTED);
        }
    }

    /**
     * Closes this end: no message follows, so no receiver needs to fence for this sender any more.
     * The next sender announces its first message.
     */
    public void close() {
        long attention = control.getLong(ATTENTION_OFFSET);
        if (attention != ATTENTION_CORRUPT) {
            // edge GIVEN, to LaneWatch.demand: also a fence, so the last message is visible before
            // it.
            control.compareAndSetLong(ATTENTION_OFFSET, attention, ATTENTION_GIVEN);
        }
    }

    /**
     * Wakes one waiting receiver.
     *
     * @param sleepers a bit for each receiver, set while it waits
     * @param bells the futex event of each receiver
     * @return whether another one waits
     */
    static boolean wakeOne(SharedBits sleepers, Bell[] bells) {
        int i = sleepers.next(0);
        while (i < sleepers.size()) {
            // Only the thread that clears the bit wakes the receiver, so each message wakes another
            // one.
            boolean woken = sleepers.clear(i) && bells[i].ring();
            i = sleepers.next(i + 1);
            if (woken) { // Otherwise it was awake already, or has died: try the next one.
                return i < sleepers.size() || sleepers.next(0) < sleepers.size();
            }
        }
        return sleepers.next(0) < sleepers.size();
    }
}
