package io.sluice.waiting;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** For how long a call waits. Immune to the overflow of {@link System#nanoTime()}. */
public final class Limit {
    private long start;
    private long nanos;

    /** A limit that is over. */
    public Limit() {}

    /**
     * How long a wait is: the only way from a {@link Duration} to nanoseconds.
     *
     * @param timeout any duration, not null
     * @return in nanoseconds; 0 for a negative one, {@link Waiter#NO_LIMIT} for one that is too
     *     long to count
     */
    public static long nanos(Duration timeout) {
        return Math.max(
                TimeUnit.NANOSECONDS.convert(Objects.requireNonNull(timeout, "timeout")), 0);
    }

    /**
     * Begins to count.
     *
     * @param limit how long, in nanoseconds; less than zero is zero
     */
    public void start(long limit) {
        nanos = Math.max(limit, 0); // A duration may be as long before now as a long can say.
        if (limit != Waiter.NO_LIMIT) {
            start = System.nanoTime();
        }
    }

    /**
     * How much is left.
     *
     * @return in nanoseconds; zero or less if it is over
     * @throws InterruptedException if this thread was interrupted, which comes first
     */
    public long left() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return nanos == Waiter.NO_LIMIT ? nanos : nanos - (System.nanoTime() - start);
    }
}
