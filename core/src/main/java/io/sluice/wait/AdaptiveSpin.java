package io.sluice.wait;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The adaptive duration of spinning before a park: twice the mean duration of a wake-up, which each
 * wake-up measures. Spinning for as long as blocking would cost never costs more than twice the
 * better choice (competitive spinning: Karlin, Li, Manasse and Owicki, 1991). A constant would be
 * wrong: a wake-up takes 5 microseconds on one machine and 50 on another. Where it is too short,
 * the two ends of a small queue fall into lock step: each blocks until the other's wake-up is
 * complete, for every few messages.
 *
 * <p>Any thread. Of two measurements at the same time one may be lost.
 */
final class AdaptiveSpin {
    private static final long MIN_NANOS = 5_000;
    private static final long MAX_NANOS = 100_000;
    private static final long INITIAL_NANOS = 20_000;

    /** Each wake-up has a weight of one eighth in the mean. */
    private static final int MEAN_DIVISOR = 8;

    /** More than one wake-up: the woken thread must still check, and answer. */
    private static final int MARGIN = 2;

    private final AtomicLong mean;

    /** Starts with the default, before any measurement. */
    AdaptiveSpin() {
        this(INITIAL_NANOS);
    }

    /**
     * Starts with a given mean.
     *
     * @param nanos the duration of a wake-up, in nanoseconds
     */
    AdaptiveSpin(long nanos) {
        mean = new AtomicLong(nanos);
    }

    /** Returns how long to spin, in nanoseconds. */
    long nanos() {
        return MARGIN * mean.getOpaque(); // benign race: any recent mean is right
    }

    /** Records the duration of one wake-up, in nanoseconds. */
    void recordWakeUp(long nanos) {
        long old = mean.getOpaque();
        long bounded = Math.max(MIN_NANOS, Math.min(MAX_NANOS, nanos));
        mean.setOpaque(old + (bounded - old) / MEAN_DIVISOR);
    }
}
