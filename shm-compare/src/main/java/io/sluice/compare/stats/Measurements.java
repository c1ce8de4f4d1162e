package io.sluice.compare.stats;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Finds measurements by their factors. */
public final class Measurements {
    /** The ends share a CPU, or are not pinned. */
    private static final Set<String> WITHOUT_FLOOR = Set.of("one-cpu", "unpinned");

    private Measurements() {}

    /**
     * Tests whether a measurement is an ordinary one: every byte is touched, and no rate is set.
     */
    public static boolean hasDefaultFactors(Factors factors) {
        return factors.ratePerSecond() == null
                && factors.load() == null
                && (factors.touch() == null || factors.touch() == Touch.FULL);
    }

    /**
     * Tests whether it is a ring of ours that is mapped as usual; they differ in their capacity.
     */
    public static boolean isRing(Factors factors) {
        return String.valueOf(factors.mechanism()).matches("sluice(\\.[0-9]+[km])?");
    }

    /**
     * Returns the first {@linkplain #hasDefaultFactors ordinary} measurement with these factors;
     * one that may be used is preferred.
     */
    public static Optional<Measurement> find(
            Results results,
            String mechanism,
            Waiting waiting,
            Pattern pattern,
            int size,
            String placement) {
        return results.measurements().stream()
                .filter(measurement -> matches(measurement.factors(), waiting, pattern))
                .filter(measurement -> Objects.equals(measurement.factors().mechanism(), mechanism))
                .filter(measurement -> measurement.factors().size() == size)
                .filter(measurement -> Objects.equals(measurement.factors().placement(), placement))
                .min(Comparator.comparing(measurement -> !measurement.usable()));
    }

    /**
     * Returns what is given with the medians over the forks of these measurements: their 95 %
     * interval, or with fewer than {@value Estimate#FOR_INTERVAL} forks their range.
     */
    public static String nameOfInterval(Collection<Measurement> measurements) {
        IntSummaryStatistics forks =
                measurements.stream()
                        .filter(Measurement::usable)
                        .mapToInt(measurement -> measurement.forks().size())
                        .summaryStatistics();
        if (forks.getCount() == 0 || forks.getMin() >= Estimate.FOR_INTERVAL) {
            return "95 % interval";
        } else if (forks.getMax() >= Estimate.FOR_INTERVAL) {
            return "95 % interval, or range of fewer than 6 forks";
        }
        return forks.getMin() == forks.getMax()
                ? "range of " + forks.getMin() + (forks.getMin() == 1 ? " fork" : " forks")
                : "range of the forks";
    }

    /** Tests whether a placement has no cache-line floor: it has no two known CPUs. */
    public static boolean hasNoFloor(String placement) {
        return placement != null && WITHOUT_FLOOR.contains(placement);
    }

    /**
     * Returns the placement that the run is about: that of the pair of CPUs it chose, or else the
     * first that there is; null if none was recorded.
     */
    public static String mainPlacement(Results results) {
        List<Integer> pair =
                results.environment() == null ? List.of() : results.environment().cpuPair();
        return results.measurements().stream()
                .map(Measurement::factors)
                .filter(f -> f.placement() != null)
                .min(
                        Comparator.comparing(
                                f -> pair.isEmpty() || !new HashSet<>(f.cpus()).containsAll(pair)))
                .map(Factors::placement)
                .orElse(null);
    }

    /** Tests whether factors are {@linkplain #hasDefaultFactors ordinary}, and these. */
    static boolean matches(Factors factors, Waiting waiting, Pattern pattern) {
        return factors.pattern() == pattern
                && factors.waiting().equals(waiting)
                && hasDefaultFactors(factors);
    }
}
