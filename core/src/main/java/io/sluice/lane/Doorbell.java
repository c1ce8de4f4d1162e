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
 * How a sender tells the receivers that its lane has something, if any of them wants to know.
 *
 * <p>The lane's word <em>attention</em> says so; for a stream it is a word that hardly ever changes
 * and costs the sender one plain load. It is set by a receiver that stops to look at the lane,
 * because it is about to sleep or the lane was empty for long. The sender that finds it set marks
 * its lane as busy, and wakes one sleeper.
 *
 * <p>In a stream senders never fence: the load may be done before the message is visible. The
 * receiver fences for both (see {@link io.sluice.waiting.BellWaiter}) after it has set the word and
 * before it looks at the lane once more.
 *
 * <p><em>Who wakes, fences.</em> That fence interrupts every processor, and takes 50 microseconds
 * where the machine is a guest; a sender's own takes 20 ns. So a sender that was asked
 * <em>gives</em> attention: it leaves the word set, to {@link LaneDescriptor#ATTENTION_GIVEN}, and
 * announces each message after a fence of its own, until {@value #QUIET_MESSAGES} in a row have
 * found nobody asleep, which costs about as much as the one wake-up did. A receiver that finds
 * attention given by all who may send to it sleeps without fencing for them. Where every message
 * wakes somebody it is always given, and in a stream never.
 *
 * <p>The model of this protocol is {@code bell.pml}.
 *
 * <p>Guarantee: lock-free; wait-free while attention is neither wanted nor given. The sender's
 * thread.
 */
public final class Doorbell {
    /** For how many messages attention is given, counted anew from each that woke somebody. */
    static final int QUIET_MESSAGES = 64;

    private final Memory control;
    private final SharedBits busy;
    private final SharedBits sleepers;
    private final Bell[] bells;
    private final int lane;
    private final int quietMessages;
    private int quiet; // Messages that found nobody asleep, while attention is given.

    /**
     * The doorbell of one lane.
     *
     * @param control the lane's control block
     * @param lane its number
     * @param busy a bit for each lane
     * @param sleepers a bit for each receiver
     * @param bells what each receiver sleeps on
     */
    public Doorbell(Memory control, int lane, SharedBits busy, SharedBits sleepers, Bell[] bells) {
        this(control, lane, busy, sleepers, bells, QUIET_MESSAGES);
    }

    /** One that gives attention for so many messages, for tests. */
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
            // No edge: a new sender's first message rings, whatever the last one has left there. If
            // it changes meanwhile, a receiver wants the same, or has given the lane up.
            control.compareAndSetLong(ATTENTION_OFFSET, attention, ATTENTION_WANTED);
        }
    }

    /**
     * Complains if a receiver has given a lane up: it stays so.
     *
     * @param control the lane's control block
     * @param lane its number
     * @throws ChannelCorruptedException if it has
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
     * Whether the message that was just published is to be announced by {@link #ring}. For every
     * message.
     *
     * @return whether attention is wanted
     */
    public boolean isWanted() {
        // Keeps the compiler from moving the load up over the stores of the message, and is no
        // instruction on x86-64. The processor may still do it first: that is the receiver's
        // fence's affair.
        VarHandle.acquireFence();
        // edge ATTENTION, from LaneWatch.demand
        return control.getLong(ATTENTION_OFFSET) != ATTENTION_NONE;
    }

    /**
     * Announces that the lane has something.
     *
     * @return whether a receiver may have had to be told
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
        VarHandle.fullFence(); // What the receiver relies on, who found attention given.
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
        // edge GIVEN, to LaneWatch.demand: before the sleepers are read, so whoever finds it given
        // later finds the message, and all others are among them. Not if a receiver has given the
        // lane up meanwhile.
        control.compareAndSetLong(ATTENTION_OFFSET, attention, ATTENTION_GIVEN);
        busy.set(lane);
        wakeOne(sleepers, bells);
    }

    /** With the message that was just published, which is announced like any other. */
    private void endAttention() {
        // edge GIVEN, to LaneWatch.demand: taken back before the sleepers are read, so whoever
        // still found it given is among them.
        control.compareAndSetLong(ATTENTION_OFFSET, ATTENTION_GIVEN, ATTENTION_NONE);
        busy.set(lane);
        if (wakeOne(sleepers, bells)) {
            // No edge: for itself. Not if a receiver has given the lane up meanwhile.
            control.compareAndSetLong(ATTENTION_OFFSET, ATTENTION_NONE, ATTENTION_WANTED);
        }
    }

    /**
     * No message follows: nobody need fence for this sender any more. The next one's first message
     * is announced.
     */
    public void close() {
        long attention = control.getLong(ATTENTION_OFFSET);
        if (attention != ATTENTION_CORRUPT) {
            // edge GIVEN, to LaneWatch.demand: a fence, so the last message is visible before.
            control.compareAndSetLong(ATTENTION_OFFSET, attention, ATTENTION_GIVEN);
        }
    }

    /**
     * Wakes one sleeping receiver.
     *
     * @param sleepers a bit for each receiver
     * @param bells what each receiver sleeps on
     * @return whether another one sleeps
     */
    static boolean wakeOne(SharedBits sleepers, Bell[] bells) {
        int i = sleepers.next(0);
        while (i < sleepers.size()) {
            // Whoever clears the bit wakes it, so each message wakes another one.
            boolean woken = sleepers.clear(i) && bells[i].ring();
            i = sleepers.next(i + 1);
            if (woken) { // Else it was awake already, or has died: the next one, to be sure.
                return i < sleepers.size() || sleepers.next(0) < sleepers.size();
            }
        }
        return sleepers.next(0) < sleepers.size();
    }
}
