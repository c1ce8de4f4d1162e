package io.sluice.wait;

import io.sluice.memory.MappingFault;
import java.util.function.BooleanSupplier;

/**
 * The {@link FutexEvent} of a pipe's end, for a thread that waits for several ends at once: the
 * {@link FutexPoller} waits on its word, and wakes the thread through the {@link WaitQueue} of this
 * event as a mailbox's waker does. So one {@link ParkingWaiter} waits for mailboxes and pipes.
 *
 * <p>The steps are those of {@link FutexWaiter}: arm the word, become visible to wakers, let all
 * peers fence, check once more; here the fence is one for all queues of the waiter. The word is
 * registered with the poller before that check, and the poller blocks only on words that are armed:
 * a peer that disarms it before is seen by the check or by the poller.
 *
 * <p>Invariant: between {@link #prepareWait} and {@link #cancelWait} the word is armed, or the
 * poller is about to wake the queue, or the peer that disarmed it has died before it woke the
 * poller; for the latter the waiter looks at the word when its park ends.
 *
 * <p>{@link #prepareWait} and {@link #cancelWait} are lock-free. All methods but the poller's: the
 * end's own thread.
 */
final class PolledEvent extends FutexPoller.Registration {
    private final FutexEvent futexEvent;
    private final Waiter.Hook waitHook;
    private final BooleanSupplier fenceable;
    private final FutexPoller poller;
    private final WaitQueue waitQueue = new WaitQueue(this);
    private final Runnable disarm;
    private final Runnable afterWait;
    private volatile boolean waiting;
    private boolean timedOut;

    PolledEvent(
            FutexEvent futexEvent,
            Waiter.Hook waitHook,
            BooleanSupplier fenceable,
            FutexPoller poller) {
        super(futexEvent);
        this.futexEvent = futexEvent;
        this.waitHook = waitHook;
        this.fenceable = fenceable;
        this.poller = poller;
        this.disarm = futexEvent::cancelWait;
        this.afterWait = waitHook::afterWait;
    }

    /** Returns the queue in which a thread waits for this event. */
    WaitQueue waitQueue() {
        return waitQueue;
    }

    boolean timedOut() {
        return timedOut;
    }

    /**
     * Arms the word and makes the wait visible; the waiter is in the queue already. Without effect
     * if it was prepared.
     *
     * @return the fence that must follow
     */
    WaiterFence prepareWait() {
        if (waiting) {
            return WaiterFence.OWN_THREAD;
        }
        waiting = true; // First: whatever fails now, cancelWait undoes it.
        timedOut = false;
        boolean wakersFence;
        try {
            futexEvent.prepareWait();
            wakersFence = waitHook.beforeWait();
            MappingFault.poll();
        } catch (InternalError e) {
            throw MappingFault.asCorruption(e);
        }
        if (!futexEvent.hasFutex()) {
            return WaiterFence.IMPOSSIBLE; // Its wakers wake no thread: short parks.
        }
        poller.register(this);
        if (wakersFence) {
            return WaiterFence.OWN_THREAD;
        }
        return fenceable.getAsBoolean() ? WaiterFence.ALL_PROCESSES : WaiterFence.IMPOSSIBLE;
    }

    /** Wakes the poller if it has not registered the word yet. To follow {@link #prepareWait}. */
    void notifyPoller() {
        poller.notifyPending();
    }

    /** Disarms the word and undoes what makes the wait visible, if it was prepared. */
    void cancelWait() {
        if (waiting) {
            waiting = false;
            timedOut = false;
            MappingFault.bestEffort(disarm);
            MappingFault.bestEffort(afterWait);
        }
    }

    /**
     * Records how a park of the waiter has ended; if the word was disarmed, and no thread has woken
     * the waiter, its queue is woken now.
     */
    void parked(boolean expired) {
        timedOut = expired && waiting;
        if (timedOut && !isArmed()) {
            waitQueue.wakeOne();
        }
    }

    /** A word whose page is gone counts as not armed: the end's next operation reports it. */
    private boolean isArmed() {
        boolean armed = false;
        try {
            armed = futexEvent.isArmed();
            MappingFault.poll();
            return armed;
        } catch (InternalError e) {
            MappingFault.asCorruption(e);
            return false;
        }
    }

    @Override
    boolean isWaiting() {
        return waiting; // edge REGISTRATION, from FutexPoller.register
    }

    @Override
    void wake() {
        if (waiting) {
            waitQueue.wakeOne();
        }
    }
}
