package io.sluice.waiting;

/** For how long an end waits. Immune to the overflow of {@link System#nanoTime()}. */
final class Limit {
    private long start;
    private long nanos;

    void start(long limit) {
        nanos = Math.max(limit, 0); // A duration may be as long before now as a long can say.
        if (limit != Waiter.NO_LIMIT) {
            start = System.nanoTime();
        }
    }

    /** Nanoseconds left, zero or less if it is over; interruption comes first. */
    long left() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return nanos == Waiter.NO_LIMIT ? nanos : nanos - (System.nanoTime() - start);
    }
}
