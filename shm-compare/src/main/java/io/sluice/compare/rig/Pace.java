package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import java.util.Optional;

/**
 * How many of what comes at its own time a block takes: as many as go into it, or as percentiles
 * take, if waiting for those does not take too long.
 *
 * @param intervalNs the time from one to the next
 * @param least how many there are however long it takes
 */
record Pace(double intervalNs, long least) {
    /** As many as a median takes. */
    private static final long FOR_A_MEDIAN = 200;

    /** So many a second. */
    static Pace ofRate(double perSecond) {
        return new Pace(1e9 / perSecond, 1);
    }

    /** With idle time between. */
    static Pace ofGap(long nanos) {
        return new Pace(nanos, FOR_A_MEDIAN);
    }

    /** That of a workload; nothing if it has none, or one that is found while warming up. */
    static Optional<Pace> of(Workload workload) {
        if (workload.pattern().equals(Factors.GAP)) {
            return Optional.of(ofGap(workload.gapNs()));
        }
        return workload.ratePerSecond() > 0
                ? Optional.of(ofRate(workload.ratePerSecond()))
                : Optional.empty();
    }

    long samples(Effort effort) {
        long wanted = effort.leastSamples();
        long n = (long) (effort.blockNs() / intervalNs);
        if (wanted * intervalNs <= effort.limitNs()) {
            n = Math.max(n, wanted);
        }
        return Math.max(1, Math.max(n, Math.min(least, wanted)));
    }

    /** How long a block takes then, if nothing is late. */
    long blockNs(Effort effort) {
        return (long) (samples(effort) * intervalNs);
    }
}
