package io.sluice.wait;

/**
 * The node of one waiter in one wait queue ({@link WaitQueue}). A waiter owns one node for each
 * queue that it waits in; a waker wakes it through one of them.
 */
final class WaitNode {
    private final ParkingWaiter waiter;
    private final int index;
    private final WaitQueue waitQueue;

    // Written before the waiter publishes its state and before this node is enqueued, so a waker
    // that finds that entry reads this number. A waker that finds an older entry may read an older
    // number; its wake() then fails and it goes on to the next entry.
    private volatile int waitId;

    // Accessed by the waiter's own thread only.
    private boolean interested = true;
    private boolean counted;

    WaitNode(ParkingWaiter waiter, int place, WaitQueue waitQueue) {
        this.waiter = waiter;
        this.index = place;
        this.waitQueue = waitQueue;
    }

    /** Sets whether the waiter enqueues this node, from its next enqueueing on. */
    void setInterested(boolean wanted) {
        this.interested = wanted;
    }

    /**
     * Counts the waiter. Called before it publishes its state: the count is never less than the
     * number of waiting threads.
     */
    void count(int sleep) {
        if (interested) {
            this.waitId = sleep;
            counted = true;
            waitQueue.count(1);
        }
    }

    /** Enqueues this node: from now on wakers find it. */
    void enqueue() {
        if (counted) {
            waitQueue.add(this);
        }
    }

    /** Makes the wait visible to wakers in other processes; returns the fence that must follow. */
    WaiterFence prepareWait() {
        PolledEvent event = waitQueue.event();
        if (event == null) {
            return WaiterFence.OWN_PROCESS;
        }
        return counted ? event.prepareWait() : WaiterFence.OWN_THREAD;
    }

    /** Dequeues and uncounts this node; for a waiter that was not woken through it. */
    void dequeue() {
        if (counted) {
            counted = false;
            waitQueue.remove(this);
        }
    }

    /** Undoes {@link #prepareWait}. */
    void cancelWait() {
        PolledEvent event = waitQueue.event();
        if (event != null) {
            event.cancelWait();
        }
    }

    /** Records how a park has ended. */
    void parked(boolean expired) {
        PolledEvent event = waitQueue.event();
        if (event != null) {
            event.parked(expired);
        }
    }

    /**
     * Marks this node as not counted. The waiter was woken through it: the waker has dequeued and
     * uncounted it.
     */
    void markDequeued() {
        counted = false;
    }

    /**
     * Wakes the waiter if it still waits with this node's number. The caller has dequeued this
     * node.
     */
    boolean wake() {
        return waiter.wake(index, waitId);
    }

    /** Tests whether the waiter is counted in this queue. The waiter's own thread only. */
    boolean isCounted() {
        return counted;
    }

    WaitQueue waitQueue() {
        return waitQueue;
    }
}
