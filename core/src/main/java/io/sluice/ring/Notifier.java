package io.sluice.ring;

import io.sluice.wait.FutexEvent;
import java.lang.invoke.VarHandle;

/**
 * Wakes the receivers of a pipe, by the bits and futex events that all its ends share.
 *
 * <p>Guarantee: lock-free. Any thread.
 *
 * @param ready a bit for each lane, set while receivers poll it
 * @param waiters a bit for each receiver, set while it waits
 * @param events the futex event of each receiver
 */
public record Notifier(SharedBits ready, SharedBits waiters, FutexEvent[] events) {
    /** Tests whether a receiver waits. */
    boolean hasWaiter() {
        return waiters.nextSetBit(0) < waiters.size();
    }

    /**
     * Wakes one waiting receiver.
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
            if (woken) { // Otherwise it was awake already, or has died: try the next one.
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
