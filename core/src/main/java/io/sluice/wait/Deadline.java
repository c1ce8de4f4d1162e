package io.sluice.wait;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The deadline of a blocking call. Immune to the overflow of {@link System#nanoTime()}. */
public final class Deadline {
    private static final long FIRST_PARK_NANOS = 100_000;
    private static final long MAX_PARK_NANOS = 10_000_000;

    private long start;
    private long nanos;
    private long parkNanos = FIRST_PARK_NANOS;

    /** Creates a deadline that has expired. */
    public Deadline() {}

    /**
     * Converts a timeout to nanoseconds: the only conversion from {@link Duration} in this library.
     *
     * @param timeout any duration, not null
     * @return the nanoseconds; 0 for a negative duration, {@link Waiter#NO_TIMEOUT} for one that
     *     does not fit a {@code long}
     */
    public static long nanos(Duration timeout) {
        return Math.max(
                TimeUnit.NANOSECONDS.convert(Objects.requireNonNull(timeout, "timeout")), 0);
    }

    /**
     * Starts the time.
     *
     * @param limit the timeout in nanoseconds; a negative one counts as zero
     */
    public void start(long limit) {
        nanos = Math.max(limit, 0); // So that the subtraction in left() cannot overflow.
        if (limit != Waiter.NO_TIMEOUT) {
            start = System.nanoTime();
        }
    }

    /**
     * Returns the remaining time.
     *
     * @return the nanoseconds left; zero or less if the deadline has passed
     * @throws InterruptedException if this thread was interrupted, which is checked first
     */
    public long remainingNanos() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return nanos == Waiter.NO_TIMEOUT ? nanos : nanos - (System.nanoTime() - start);
    }

    /**
     * Parks this thread before it checks its condition again: for a tenth of a millisecond at most,
     * the next time for twice as long, up to ten milliseconds.
     *
     * @param blocker what the thread waits for, for diagnostics
     * @return {@code false} if the deadline has passed
     * @throws InterruptedException if this thread was interrupted, which is checked first
     */
    public boolean park(Object blocker) throws InterruptedException {
        long left = remainingNanos();
        if (left <= 0) {
            return false;
        }
        LockSupport.parkNanos(blocker, Math.min(parkNanos, left));
        parkNanos = Math.min(2 * parkNanos, MAX_PARK_NANOS);
        return true;
    }
}
