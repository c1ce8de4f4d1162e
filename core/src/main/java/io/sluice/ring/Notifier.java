package io.sluice.ring;

import io.sluice.memory.Memory;
import io.sluice.wait.FutexEvent;
import java.lang.invoke.VarHandle;

/**
 * Wakes the receivers of a pipe, by the bits and futex events that all its ends share.
 *
 * <p>Guarantee: lock-free. Any thread.
 */
public final class Notifier {
    /** A bit for each lane, set while receivers poll it. */
    final SharedBits ready;

    /** A bit for each receiver, set while it waits. */
    final SharedBits waiters;

    private final boolean all;
    private final FutexEvent[] events;

    /**
     * Creates a view of the bits in a memory, for receivers of which each message wakes one.
     *
     * @param memory the memory
     * @param readyOffset the offset of the lanes' bits
     * @param lanes the number of lanes
     * @param waitersOffset the offset of the receivers' bits
     * @param futexEvents the futex event of each receiver
     */
    public Notifier(
            Memory memory,
            long readyOffset,
            int lanes,
            long waitersOffset,
            FutexEvent... futexEvents) {
        this(memory, readyOffset, lanes, waitersOffset, false, futexEvents);
    }

    /**
     * Creates a view of the bits in a memory.
     *
     * @param memory the memory
     * @param readyOffset the offset of the lanes' bits
     * @param lanes the number of lanes
     * @param waitersOffset the offset of the receivers' bits
     * @param all whether each message wakes all waiting receivers
     * @param futexEvents the futex event of each receiver
     */
    public Notifier(
            Memory memory,
            long readyOffset,
            int lanes,
            long waitersOffset,
            boolean all,
            FutexEvent... futexEvents) {
        this.all = all;
        this.ready = new SharedBits(memory, readyOffset, lanes);
        this.waiters = new SharedBits(memory, waitersOffset, futexEvents.length);
        this.events = futexEvents.clone();
    }

    /**
     * Marks a lane as ready, so that receivers poll it.
     *
     * @param lane the lane's number
     */
    public void setReady(int lane) {
        ready.set(lane);
    }

    /**
     * Records that a receiver does not wait any more.
     *
     * @param receiver the receiver's number
     */
    public void removeWaiter(int receiver) {
        waiters.clear(receiver);
    }

    /**
     * Returns the futex event of a receiver.
     *
     * @param receiver the receiver's number
     * @return always the same object
     */
    public FutexEvent event(int receiver) {
        return events[receiver];
    }

    /** Tests whether a receiver waits. */
    boolean hasWaiter() {
        return waiters.nextSetBit(0) < waiters.size();
    }

    /**
     * Wakes a waiting receiver; each of them, if each gets every message.
     *
     * @return whether another one waits
     */
    boolean wakeOne() {
        int i = waiters.nextSetBit(0);
        while (i < waiters.size()) {
            // Only the thread that clears the bit wakes the receiver, so each message wakes another
            // one.
            boolean woken = waiters.clear(i) && events[i].notifyOne();
            i = waiters.nextSetBit(i + 1);
            if (woken && !all) { // Otherwise it was awake already, or has died: try the next one.
                return i < waiters.size() || hasWaiter();
            }
        }
        return hasWaiter();
    }

    /** Wakes all waiting receivers, for events that concern each of them. */
    public void wakeAll() {
        VarHandle.fullFence(); // Rare, so it need not rely on the receiver's fence.
        for (int i = waiters.nextSetBit(0); i < waiters.size(); i = waiters.nextSetBit(i + 1)) {
            if (waiters.clear(i)) {
                events[i].notifyOne();
            }
        }
    }
}
