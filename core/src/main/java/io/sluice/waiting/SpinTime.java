package io.sluice.waiting;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * For how long to spin before a sleep: as long as a wake-up takes, which each one measures. Whoever
 * waits so never pays more than twice what the better choice would have cost (competitive spinning:
 * Karlin, Li, Manasse and Owicki, 1991). A constant would be wrong: a wake-up takes 5 microseconds
 * on one machine and 50 on another. Where it is too short, the two ends of a small queue fall into
 * step: each sleeps until the other's wake-up is over, for every few messages.
 *
 * <p>Any thread. Two that measure at the same time may lose one of the two measurements.
 */
final class SpinTime {
    private static final long LEAST_NANOS = 5_000;
    private static final long MOST_NANOS = 100_000;
    private static final long FIRST_NANOS = 20_000;

    /** Each wake-up counts for an eighth of the mean. */
    private static final int SHARE = 8;

    /** More than a wake-up: what was woken must still look, and answer. */
    private static final int MARGIN = 2;

    private static final VarHandle MEAN;

    static {
        try {
            MEAN = MethodHandles.lookup().findVarHandle(SpinTime.class, "mean", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through MEAN
    private long mean;

    /** Nothing was measured yet. */
    SpinTime() {
        this(FIRST_NANOS);
    }

    /**
     * As if wake-ups had taken so long.
     *
     * @param nanos how long, in nanoseconds
     */
    SpinTime(long nanos) {
        mean = nanos;
    }

    /** How long to spin, in nanoseconds. */
    long nanos() {
        return MARGIN * (long) MEAN.getOpaque(this); // benign race: any recent mean is right
    }

    /** A wake-up has taken so long, in nanoseconds. */
    void measured(long nanos) {
        long old = (long) MEAN.getOpaque(this);
        long bounded = Math.max(LEAST_NANOS, Math.min(MOST_NANOS, nanos));
        MEAN.setOpaque(this, old + (bounded - old) / SHARE);
    }
}
