package io.sluice.compare.rig;

import io.sluice.compare.result.Pattern;
import java.util.Optional;

/**
 * The number of paced operations in a block: as many as fit, or as many as the percentiles need,
 * unless those would take too long.
 *
 * @param intervalNs the time from one to the next
 * @param minSamples how many there are however long it takes
 */
record Pace(double intervalNs, long minSamples) {
    /** As many as a median needs. */
    private static final long FOR_A_MEDIAN = 200;

    /** Returns the pace of a rate per second. */
    static Pace ofRate(double perSecond) {
        return new Pace(1e9 / perSecond, 1);
    }

    /** Returns the pace of idle times. */
    static Pace ofGap(long nanos) {
        return new Pace(nanos, FOR_A_MEDIAN);
    }

    /**
     * Returns the pace of a workload; nothing if it has none, or one that is found during warm-up.
     */
    static Optional<Pace> of(Workload workload) {
        if (workload.pattern() == Pattern.GAP) {
            return Optional.of(ofGap(workload.gapNs()));
        }
        return workload.ratePerSecond() > 0
                ? Optional.of(ofRate(workload.ratePerSecond()))
                : Optional.empty();
    }

    long samples(ForkDurations forkDurations) {
        long wanted = forkDurations.minSamples();
        long n = (long) (forkDurations.blockNs() / intervalNs);
        if (wanted * intervalNs <= forkDurations.limitNs()) {
            n = Math.max(n, wanted);
        }
        long median = Math.min(FOR_A_MEDIAN, wanted);
        if (median * intervalNs <= forkDurations.limitNs()) {
            n = Math.max(n, median);
        }
        return Math.max(1, Math.max(n, Math.min(minSamples, wanted)));
    }

    /** Returns how long a block takes at this pace, if nothing is late. */
    long blockNs(ForkDurations forkDurations) {
        return (long) (samples(forkDurations) * intervalNs);
    }
}
