package io.sluice.waiting;

/**
 * The node of one waiter in one wait queue ({@link Sleepers}). A waiter owns one node for each
 * queue that it waits in; a waker wakes it through one of them.
 */
final class Bed {
    private final ParkWaiter waiter;
    private final int place;
    private final Sleepers sleepers;

    // Written before the waiter publishes its state and before this node is enqueued, so a waker
    // that finds that entry reads this number. A waker that finds an older entry may read an older
    // number; its wake() then fails and it goes on to the next entry.
    private volatile int sleep;

    // Accessed by the waiter's own thread only.
    private boolean wanted = true;
    private boolean counted;

    Bed(ParkWaiter waiter, int place, Sleepers sleepers) {
        this.waiter = waiter;
        this.place = place;
        this.sleepers = sleepers;
    }

    /** Sets whether the waiter enqueues this node, from its next enqueueing on. */
    void want(boolean wanted) {
        this.wanted = wanted;
    }

    /**
     * Counts the waiter. Called before it publishes its state: the count is never less than the
     * number of waiting threads.
     */
    void count(int sleep) {
        if (wanted) {
            this.sleep = sleep;
            counted = true;
            sleepers.count(1);
        }
    }

    /** Enqueues this node: from now on wakers find it. */
    void enter() {
        if (counted) {
            sleepers.add(this);
        }
    }

    /** Dequeues and uncounts this node; for a waiter that was not woken through it. */
    void leave() {
        if (counted) {
            counted = false;
            sleepers.remove(this);
        }
    }

    /**
     * Marks this node as not counted. The waiter was woken through it: the waker has dequeued and
     * uncounted it.
     */
    void leaveWoken() {
        counted = false;
    }

    /**
     * Wakes the waiter if it still waits with this node's number. The caller has dequeued this
     * node.
     */
    boolean wake() {
        return waiter.wake(place, sleep);
    }

    /** Tests whether the waiter is counted in this queue. The waiter's own thread only. */
    boolean isCounted() {
        return counted;
    }

    Sleepers sleepers() {
        return sleepers;
    }
}
