package io.sluice.ring;

import static io.sluice.ring.LaneDescriptor.NOTIFY_ALWAYS;
import static io.sluice.ring.LaneDescriptor.NOTIFY_MODE_OFFSET;
import static io.sluice.ring.LaneDescriptor.NOTIFY_OFF;
import static io.sluice.ring.LaneDescriptor.NOTIFY_ONCE;
import static io.sluice.ring.LaneDescriptor.NOTIFY_POISONED;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;
import java.lang.invoke.VarHandle;

/**
 * The notification of a lane's receivers about new messages, if any of them has requested it.
 *
 * <p>The lane's word <em>notify mode</em> says what to announce. In a stream the word rarely
 * changes and costs the sender one plain load. A receiver that stops polling the lane sets it,
 * because it is about to wait or because the lane was empty for long. A sender that finds it set
 * marks its lane as ready, and wakes one waiting receiver.
 *
 * <p>In a stream senders do not fence: the load may complete before the message is visible. The
 * receiver fences for both (see {@link io.sluice.wait.FutexWaiter}) after it has set the word and
 * before it polls the lane once more.
 *
 * <p><em>A sender that wakes receivers fences itself.</em> The receiver's fence interrupts every
 * processor, and takes 50 microseconds in a virtual machine; a sender's own fence takes 20 ns. So a
 * sender that finds the mode <em>once</em> sets the word to {@link LaneDescriptor#NOTIFY_ALWAYS},
 * and announces each message after a fence of its own, until {@value #UNNEEDED_LIMIT} messages in a
 * row have found no receiver waiting, which costs about as much as the one wake-up did. A receiver
 * that finds the mode <em>always</em> in all lanes waits without fencing for their senders. Where
 * every message wakes a receiver the mode stays <em>always</em>; in a stream it never becomes so.
 *
 * <p>The model of this protocol is {@code futex-event.pml}.
 *
 * <p>Guarantee: lock-free; wait-free while the mode is <em>off</em>. Called by the sender's thread.
 */
public final class Doorbell {
    /**
     * The number of messages announced with a fence, counted anew from each that woke a receiver.
     */
    static final int UNNEEDED_LIMIT = 64;

    private final Memory control;
    private final Memory.WordReader notifyMode;
    private final Notifier notifier;
    private final int lane;
    private final int unneededLimit;
    private int unneeded; // Messages that found no receiver waiting, in mode ALWAYS.

    /**
     * Creates the doorbell of one lane.
     *
     * @param control the lane's control block
     * @param lane the lane's number
     * @param notifier the receivers to wake
     */
    public Doorbell(Memory control, int lane, Notifier notifier) {
        this(control, lane, notifier, UNNEEDED_LIMIT);
    }

    /** Creates a doorbell with a given {@link #UNNEEDED_LIMIT}, for tests. */
    Doorbell(Memory control, int lane, Notifier notifier, int quietMessages) {
        this.unneededLimit = quietMessages;
        this.control = control;
        this.notifyMode = control.word(NOTIFY_MODE_OFFSET);
        this.lane = lane;
        this.notifier = notifier;
        long mode = control.getLong(NOTIFY_MODE_OFFSET);
        if (mode != NOTIFY_POISONED) {
            // No edge: makes a new sender announce its first message, whatever the last one has
            // left here. If the word changes meanwhile, a receiver requests the same, or has given
            // the lane up.
            control.compareAndSetLong(NOTIFY_MODE_OFFSET, mode, NOTIFY_ONCE);
        }
    }

    /**
     * Checks that no receiver has given a lane up, which is permanent.
     *
     * @param control the lane's control block
     * @param lane the lane's number
     * @throws ChannelCorruptedException if one has
     */
    public static void checkNotPoisoned(Memory control, int lane) {
        if (control.getLong(NOTIFY_MODE_OFFSET) == NOTIFY_POISONED) {
            throw poisoned(lane);
        }
    }

    private static ChannelCorruptedException poisoned(int lane) {
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
     * @return whether the mode is not <em>off</em>
     */
    public boolean needsNotify() {
        // Keeps the compiler from moving the load above the stores of the message; emits no
        // instruction on x86-64. The processor may still reorder them: the receiver's fence covers
        // that.
        VarHandle.acquireFence();
        // edge NOTIFY_ONCE, from ReadySet.requestNotify
        return notifyMode.get() != NOTIFY_OFF;
    }

    /**
     * Announces that the lane holds a message.
     *
     * @return whether a receiver may have required a wake-up
     * @throws ChannelCorruptedException if a receiver has found the lane corrupt
     */
    public boolean ring() {
        long mode = control.getLong(NOTIFY_MODE_OFFSET);
        if (mode == NOTIFY_POISONED) {
            throw poisoned(lane);
        }
        if (mode != NOTIFY_ALWAYS) {
            enterAlways(mode);
            return true;
        }
        if (unneeded == unneededLimit) {
            leaveAlways();
            return true;
        }
        VarHandle.fullFence(); // A receiver that found the mode ALWAYS relies on it.
        notifier.ready.set(lane);
        boolean slept = notifier.hasWaiter();
        if (slept) {
            notifier.wakeOne();
        }
        unneeded = slept ? 0 : unneeded + 1;
        return slept;
    }

    private void enterAlways(long mode) {
        unneeded = 0;
        // edge NOTIFY_ONCE, from ReadySet.requestNotify
        // edge NOTIFY_ALWAYS, to ReadySet.requestNotify: written before the bits of waiting
        // receivers are read,
        // so a receiver that reads it later finds the message, and the bits include all others.
        // Fails if a receiver has given the lane up meanwhile.
        control.compareAndSetLong(NOTIFY_MODE_OFFSET, mode, NOTIFY_ALWAYS);
        notifier.ready.set(lane);
        notifier.wakeOne();
    }

    /** Ends the mode in which each message is announced; the one just published still is. */
    private void leaveAlways() {
        // edge NOTIFY_ALWAYS, to ReadySet.requestNotify: revoked before the bits of waiting
        // receivers are read,
        // so they include every receiver that still read it.
        control.compareAndSetLong(NOTIFY_MODE_OFFSET, NOTIFY_ALWAYS, NOTIFY_OFF);
        notifier.ready.set(lane);
        if (notifier.wakeOne()) {
            // No edge: makes this sender announce its next message too. Fails if a receiver has
            // given the lane up meanwhile.
            control.compareAndSetLong(NOTIFY_MODE_OFFSET, NOTIFY_OFF, NOTIFY_ONCE);
        }
    }

    /**
     * Closes this end: no message follows, so no receiver needs to fence for this sender any more.
     * The next sender announces its first message.
     */
    public void close() {
        long mode = control.getLong(NOTIFY_MODE_OFFSET);
        if (mode != NOTIFY_POISONED) {
            // edge NOTIFY_ALWAYS, to ReadySet.requestNotify: also a fence, so the last message is
            // visible before
            // it.
            control.compareAndSetLong(NOTIFY_MODE_OFFSET, mode, NOTIFY_ALWAYS);
        }
    }
}
