package io.sluice.compare.stats;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The parts of the round trip of a blocking kernel mechanism. Three measurements with the same size
 * and placement are compared: the kernel copies and the receiver sleeps; the kernel copies and no
 * end sleeps; memory is shared and no end sleeps. The difference of the first two is the waiting,
 * of the last two the kernel's path. The idea: comparison by one factor at a time, where the usual
 * single ratio mixes both.
 *
 * <p>A measurement that is missing, or must not be used, is empty here; what needs it is then
 * {@link Estimate#NONE}.
 */
public final class Attribution {
    private final Results results;
    private final Bootstrap bootstrap;
    private final int size;
    private final String placement;
    private final String kernel;

    private Attribution(Results results, int size, String placement, String kernel) {
        this.results = results;
        this.bootstrap = new Bootstrap(results.run() == null ? 0 : results.run().seed());
        this.size = size;
        this.placement = placement;
        this.kernel = kernel;
    }

    /**
     * Returns one for each size and placement that has unpaced round trips with every byte touched,
     * smallest size first.
     */
    public static List<Attribution> of(Results results) {
        return results.measurements().stream()
                .filter(measurement -> measurement.factors().pattern() == Pattern.RTT)
                .filter(measurement -> Measurements.hasDefaultFactors(measurement.factors()))
                .map(
                        measurement ->
                                new Group(
                                        measurement.factors().size(),
                                        measurement.factors().placement()))
                .distinct()
                .sorted(Comparator.comparingInt(Group::size))
                .map(
                        group ->
                                new Attribution(
                                        results,
                                        group.size,
                                        group.placement,
                                        kernel(results, group)))
                .toList();
    }

    /** Returns the bytes of a message. */
    public int size() {
        return size;
    }

    /** Returns where the ends ran. */
    public String placement() {
        return placement;
    }

    /** Returns the id of the kernel mechanism that is analyzed: "pipe" if it was measured. */
    public String kernel() {
        return kernel;
    }

    /**
     * Returns the measurement in which the kernel copies and the receiver sleeps, usable or not.
     */
    public Optional<Measurement> block() {
        return measurement(kernel, Factors.BLOCK);
    }

    /** Returns the measurement in which the kernel copies and no end sleeps, usable or not. */
    public Optional<Measurement> hint() {
        return measurement(kernel + ".hint", Factors.HINT);
    }

    /** Returns the measurement in which memory is shared and no end sleeps, usable or not. */
    public Optional<Measurement> shared() {
        return measurement("sluice", Factors.SPIN);
    }

    /** Returns the median round trip of a cache line. */
    public Estimate floorNs() {
        return bootstrap.median(floor());
    }

    /** Returns the median round trip of a measurement, or {@link Estimate#NONE}. */
    public Estimate roundTripNs(Optional<Measurement> measurement) {
        return bootstrap.median(p50(measurement));
    }

    /** Returns the second minus the first, in nanoseconds of a median round trip. */
    public Estimate step(Optional<Measurement> from, Optional<Measurement> to) {
        return bootstrap.of(m -> m[1] - m[0], p50(from), p50(to));
    }

    /**
     * Returns what a median round trip through shared memory takes more than that of a cache line.
     */
    public Estimate overFloor() {
        return bootstrap.of(m -> m[1] - m[0], floor(), p50(shared()));
    }

    /**
     * Returns the part of the blocking round trip, 0 to 1, that disappears when the receiver need
     * not be woken.
     */
    public Estimate waitingShare() {
        return share(m -> (m[0] - m[1]) / m[0], block(), hint());
    }

    /**
     * Returns the part of the blocking round trip, 0 to 1, that disappears when the kernel is
     * removed as well.
     */
    public Estimate kernelShare() {
        return share(m -> (m[1] - m[2]) / m[0], block(), hint(), shared());
    }

    /** Returns the part of the blocking round trip, 0 to 1, that is left when memory is shared. */
    public Estimate sharedShare() {
        return share(m -> m[1] / m[0], block(), shared());
    }

    /**
     * Returns how many times as long the first measurement's median round trip is as the second's.
     */
    public Estimate ratio(Optional<Measurement> slower, Optional<Measurement> faster) {
        return bootstrap.ratio(p50(slower), p50(faster));
    }

    /** Returns how many times the round trip of a cache line a measurement takes. */
    public Estimate floorRatio(Optional<Measurement> measurement) {
        return bootstrap.ratio(p50(measurement), floor());
    }

    @SafeVarargs
    private Estimate share(
            ToDoubleFunction<double[]> statistic, Optional<Measurement>... measurements) {
        double[][] samples = new double[measurements.length][];
        for (int i = 0; i < measurements.length; i++) {
            samples[i] = p50(measurements[i]);
        }
        return bootstrap.of(statistic, samples);
    }

    private double[] p50(Optional<Measurement> measurement) {
        return measurement
                .filter(Measurement::usable)
                .map(c -> Samples.percentile(c, 50))
                .orElse(new double[0]);
    }

    private double[] floor() {
        return Samples.lineRoundTrip(results, placement);
    }

    private Optional<Measurement> measurement(String mechanism, String wait) {
        return Measurements.find(results, mechanism, wait, Pattern.RTT, size, placement);
    }

    private static String kernel(Results results, Group group) {
        List<String> candidates =
                results.measurements().stream()
                        .filter(
                                measurement ->
                                        Factors.BLOCK.equals(measurement.factors().waiting()))
                        .filter(measurement -> group.matches(measurement.factors()))
                        .map(measurement -> measurement.factors().mechanism())
                        .toList();
        return candidates.isEmpty() || candidates.contains("pipe") ? "pipe" : candidates.get(0);
    }

    private record Group(int size, String placement) {
        boolean matches(Factors factors) {
            return factors.pattern() == Pattern.RTT
                    && Measurements.hasDefaultFactors(factors)
                    && factors.size() == size
                    && Objects.equals(factors.placement(), placement);
        }
    }
}
