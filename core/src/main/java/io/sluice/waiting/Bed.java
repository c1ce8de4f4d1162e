package io.sluice.waiting;

/**
 * The place of one waiter among some {@link Sleepers}. A waiter has one for each of them; whoever
 * wakes it does so in one of its beds.
 */
final class Bed {
    private final ParkWaiter waiter;
    private final int place;
    private final Sleepers sleepers;

    // Written before the waiter is asleep and before this bed is entered: who finds that entry sees
    // it. Who finds an earlier entry may see an earlier number, and goes on to the next entry.
    private volatile int sleep;

    // The waiter's own thread only.
    private boolean wanted = true;
    private boolean counted;

    Bed(ParkWaiter waiter, int place, Sleepers sleepers) {
        this.waiter = waiter;
        this.place = place;
        this.sleepers = sleepers;
    }

    /** Whether to lie down here, from the next time on. */
    void want(boolean wanted) {
        this.wanted = wanted;
    }

    /** Before the waiter is asleep: the number is never less than the sleepers. */
    void count(int sleep) {
        if (wanted) {
            this.sleep = sleep;
            counted = true;
            sleepers.count(1);
        }
    }

    /** From now on wakers find it. */
    void enter() {
        if (counted) {
            sleepers.add(this);
        }
    }

    /** The waiter got up, and was not woken here. */
    void leave() {
        if (counted) {
            counted = false;
            sleepers.remove(this);
        }
    }

    /** The waiter was woken here: the waker has removed and uncounted it. */
    void leaveWoken() {
        counted = false;
    }

    /** Wakes the waiter, if it is asleep; the caller has removed this bed from the sleepers. */
    boolean wake() {
        return waiter.wake(place, sleep);
    }

    /** The waiter's own thread: whether the waiter lies here. */
    boolean isCounted() {
        return counted;
    }

    Sleepers sleepers() {
        return sleepers;
    }
}
