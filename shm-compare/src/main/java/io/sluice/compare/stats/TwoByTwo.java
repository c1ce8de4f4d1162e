package io.sluice.compare.stats;

import io.sluice.compare.result.Decomposition;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Quantity;
import io.sluice.compare.result.Results;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * Decomposes the latency of a blocking kernel mechanism. Four measurements that differ in two
 * factors only, {the kernel copies, memory is shared} and {the receiver sleeps, it does not}, give
 * what waking costs in each row, what the kernel's path costs without any waking, and whether the
 * two add up. The steps of the floor then split the path: entering the kernel, copying, the
 * object's own work, and its state that moves between the CPUs. Each number is a median over forks,
 * with its interval.
 *
 * <p>Round trips are halved here, and only here.
 */
public final class TwoByTwo {
    private static final int PAGE = 4096;

    /**
     * If the receiver slept on a smaller fraction of hops than this, the measurement did not
     * measure sleeping.
     */
    private static final double SLEEPS = 0.5;

    private final Results results;
    private final Bootstrap bootstrap;
    private final Measurement kernelSleeps;
    private final List<String> remarks = new ArrayList<>();

    private TwoByTwo(Results results, Measurement kernelSleeps) {
        this.results = results;
        this.bootstrap = new Bootstrap(results.run() == null ? 0 : results.run().seed());
        this.kernelSleeps = kernelSleeps;
    }

    /**
     * Returns one for each kernel mechanism, size and placement that has the measurements for it.
     */
    public static List<Decomposition> of(Results results) {
        return results.measurements().stream()
                .filter(measurement -> matches(measurement.factors(), Factors.BLOCK, Pattern.RTT))
                .map(measurement -> new TwoByTwo(results, measurement))
                .filter(each -> each.kernelSpins(Pattern.RTT).isPresent())
                .sorted(Comparator.comparingInt(each -> each.kernelSleeps.factors().size()))
                .map(TwoByTwo::decompose)
                .toList();
    }

    /** Returns the same results with these in them. */
    public static Results withDecompositions(Results measured) {
        return measured.with(
                measured.run(), measured.audit(), measured.notMeasured(), of(measured));
    }

    private Decomposition decompose() {
        Factors factors = kernelSleeps.factors();
        Map<String, Optional<Measurement>> measurements = new LinkedHashMap<>();
        measurements.put(Decomposition.KERNEL_SLEEPS, Optional.of(kernelSleeps));
        measurements.put(Decomposition.KERNEL_SPINS, kernelSpins(Pattern.RTT));
        measurements.put(Decomposition.SHARED_SLEEPS, sharedSleeps(Pattern.RTT));
        measurements.put(Decomposition.SHARED_SPINS, sharedSpins(Pattern.RTT));
        Map<String, String> ids = new LinkedHashMap<>();
        Map<String, Quantity> halves = new LinkedHashMap<>();
        measurements.forEach(
                (name, measurement) -> {
                    measurement.ifPresent(c -> ids.put(name, c.id()));
                    halves.put(name, quantity(bootstrap.median(half(measurement))));
                });
        double[] kb = half(measurements.get(Decomposition.KERNEL_SLEEPS));
        double[] kh = half(measurements.get(Decomposition.KERNEL_SPINS));
        double[] ss = half(measurements.get(Decomposition.SHARED_SPINS));
        Waking waking = waking(measurements);
        return new Decomposition(
                factors.size(),
                factors.placement(),
                factors.mechanism(),
                ids,
                halves,
                estimate(m -> m[0] - m[1], waking.kernelSleeps, waking.kernelSpins),
                estimate(m -> m[0] - m[1], waking.sharedSleeps, waking.sharedSpins),
                estimate(m -> m[0] - m[1], kh, ss),
                waking.mixed
                        ? quantity(Estimate.NONE)
                        : estimate(
                                m -> m[0] - m[1] - m[2] + m[3],
                                waking.kernelSleeps,
                                waking.kernelSpins,
                                waking.sharedSleeps,
                                waking.sharedSpins),
                estimate(m -> 1 - m[1] / m[0], kb, ss),
                estimate(m -> (m[0] - m[1]) / (m[0] - m[2]), kb, kh, ss),
                parts(kb, kh, ss),
                remarks);
    }

    /** Returns the parts that add up to the blocking half round trip. */
    private Map<String, Quantity> parts(double[] kb, double[] kh, double[] ss) {
        int size = kernelSleeps.factors().size();
        String placement = kernelSleeps.factors().placement();
        double[] line =
                Arrays.stream(Samples.lineRoundTrip(results, placement))
                        .map(ns -> ns / 2)
                        .toArray();
        double[] entry = floor(floorReading -> 2 * floorReading.syscallNs());
        double[] copy = copy(size);
        double[] self = self(size);
        Map<String, Quantity> parts = new LinkedHashMap<>();
        parts.put(Decomposition.LINE, quantity(bootstrap.median(line)));
        parts.put(Decomposition.SHARED_PATH, estimate(m -> m[0] - m[1], ss, line));
        parts.put(Decomposition.ENTRY, quantity(bootstrap.median(entry)));
        parts.put(Decomposition.COPYING, quantity(bootstrap.median(copy)));
        if (self.length == 0) {
            parts.put(
                    Decomposition.OBJECT,
                    estimate(m -> m[0] - m[1] - m[2] - m[3], kh, ss, entry, copy));
        } else {
            parts.put(Decomposition.OBJECT, estimate(m -> m[0] - m[1] - m[2], self, entry, copy));
            parts.put(Decomposition.COHERENCE, estimate(m -> m[0] - m[1] - m[2], kh, ss, self));
        }
        parts.put(Decomposition.WAKE, estimate(m -> m[0] - m[1], kb, kh));
        return parts;
    }

    /**
     * Half round trips of one kind of message, ping-pong or after a pause: the difference of each
     * row is its waking.
     *
     * @param mixed whether a receiver that should sleep did not: then the rows cannot be compared
     */
    private record Waking(
            double[] kernelSleeps,
            double[] kernelSpins,
            double[] sharedSleeps,
            double[] sharedSpins,
            boolean mixed) {
        private boolean kernelIsKnown() {
            return kernelSleeps.length > 0 && kernelSpins.length > 0;
        }

        private boolean sharedIsKnown() {
            return sharedSleeps.length > 0 && sharedSpins.length > 0;
        }

        /** Tests whether this has each row that the other has. */
        private boolean covers(Waking other) {
            return (kernelIsKnown() || !other.kernelIsKnown())
                    && (sharedIsKnown() || !other.sharedIsKnown());
        }
    }

    /**
     * Returns ping-pong; messages after a pause, for both rows, if a receiver that should sleep did
     * not and each row was measured so. A wake-up after a pause takes longer: the rows would differ
     * by the pause.
     */
    private Waking waking(Map<String, Optional<Measurement>> measurements) {
        List<String> mixed =
                Stream.of(Decomposition.KERNEL_SLEEPS, Decomposition.SHARED_SLEEPS)
                        .flatMap(name -> measurements.get(name).stream())
                        .filter(
                                measurement ->
                                        measurement.usable() && sleepsPerHop(measurement) < SLEEPS)
                        .map(TwoByTwo::mixed)
                        .toList();
        Waking pingPong =
                new Waking(
                        half(measurements.get(Decomposition.KERNEL_SLEEPS)),
                        half(measurements.get(Decomposition.KERNEL_SPINS)),
                        half(measurements.get(Decomposition.SHARED_SLEEPS)),
                        half(measurements.get(Decomposition.SHARED_SPINS)),
                        !mixed.isEmpty());
        if (mixed.isEmpty()) {
            return pingPong;
        }
        Waking afterPause =
                new Waking(
                        half(find(kernelSleeps.factors().mechanism(), Factors.BLOCK, Pattern.GAP)),
                        half(kernelSpins(Pattern.GAP)),
                        half(sharedSleeps(Pattern.GAP)),
                        half(sharedSpins(Pattern.GAP)),
                        false);
        if (afterPause.covers(pingPong)) {
            remarks.add(
                    String.join("; ", mixed)
                            + "; waking is taken from messages after a pause, in both rows, and not"
                            + " from these round trips");
            return afterPause;
        }
        mixed.forEach(each -> remarks.add(each + ", so waking looks cheaper than it is"));
        return pingPong;
    }

    private static String mixed(Measurement measurement) {
        return String.format(
                Locale.ROOT,
                "%s is mixed: its receiver slept for %.0f %% of the messages",
                measurement.id(),
                100 * sleepsPerHop(measurement));
    }

    /** Returns how often a hop ended with a receiver that had slept, over all forks. */
    private static double sleepsPerHop(Measurement measurement) {
        double switches = 0;
        double hops = 0;
        for (Fork fork : measurement.forks()) {
            hops += 2.0 * fork.messages();
            for (EndCounters end : fork.ends().values()) {
                switches += end.voluntarySwitches();
            }
        }
        return switches / hops;
    }

    /**
     * Returns the kernel's two copies: what its path takes more for each byte, or else what memcpy
     * does.
     */
    private double[] copy(int size) {
        double[] slope = slope();
        if (slope.length > 0) {
            return Arrays.stream(slope).map(perByte -> Math.max(0, perByte) * size).toArray();
        }
        double[] copied = floor(floorReading -> 2 * interpolate(floorReading.memcpyHotNs(), size));
        if (copied.length > 0) {
            remarks.add("copying is taken from memcpy: too few sizes of a page and more");
        }
        return copied;
    }

    /**
     * Nanoseconds for each byte of the path, from the smallest to the largest size above a page.
     */
    private double[] slope() {
        List<TwoByTwo> large =
                results.measurements().stream()
                        .filter(
                                measurement ->
                                        matches(measurement.factors(), Factors.BLOCK, Pattern.RTT))
                        .filter(measurement -> isComparable(measurement.factors()))
                        .filter(
                                measurement ->
                                        measurement.factors().size() >= PAGE
                                                && measurement.usable())
                        .map(measurement -> new TwoByTwo(results, measurement))
                        .filter(each -> each.path().length > 0)
                        .sorted(Comparator.comparingInt(each -> each.kernelSleeps.factors().size()))
                        .toList();
        if (large.size() < 2) {
            return new double[0];
        }
        TwoByTwo first = large.get(0);
        TwoByTwo last = large.get(large.size() - 1);
        double bytes = last.kernelSleeps.factors().size() - first.kernelSleeps.factors().size();
        double[] low = first.path();
        double[] high = last.path();
        double[] slope = new double[Math.min(low.length, high.length)];
        for (int i = 0; i < slope.length; i++) {
            slope[i] = (high[i] - low[i]) / bytes;
        }
        return slope;
    }

    private boolean isComparable(Factors factors) {
        return Objects.equals(factors.mechanism(), kernelSleeps.factors().mechanism())
                && Objects.equals(factors.placement(), kernelSleeps.factors().placement());
    }

    /** Returns the kernel's path without sleeping, one number per fork. */
    private double[] path() {
        double[] kh = half(kernelSpins(Pattern.RTT));
        double[] ss = half(sharedSpins(Pattern.RTT));
        double[] path = new double[Math.min(kh.length, ss.length)];
        for (int i = 0; i < path.length; i++) {
            path[i] = kh[i] - ss[i];
        }
        return path;
    }

    private double[] self(int size) {
        return floor(
                floorReading ->
                        interpolate(
                                floorReading
                                        .selfNs()
                                        .getOrDefault(kernelSleeps.factors().mechanism(), Map.of()),
                                size));
    }

    /** Returns a time by bytes, between the sizes that were measured; NaN beyond them. */
    private static double interpolate(Map<Integer, Double> times, int size) {
        int below = -1;
        int above = Integer.MAX_VALUE;
        for (int known : times.keySet()) {
            below = known <= size ? Math.max(below, known) : below;
            above = known >= size ? Math.min(above, known) : above;
        }
        if (below < 0) {
            return above == Integer.MAX_VALUE ? Double.NaN : times.get(above);
        }
        if (above == Integer.MAX_VALUE) {
            return Double.NaN;
        }
        if (above == below) {
            return times.get(below);
        }
        double part = (size - below) / (double) (above - below);
        return times.get(below) + part * (times.get(above) - times.get(below));
    }

    private double[] floor(ToDoubleFunction<FloorReading> number) {
        return Stream.of(results.floorBefore(), results.floorAfter())
                .filter(Objects::nonNull)
                .mapToDouble(number)
                .filter(ns -> ns > 0)
                .toArray();
    }

    private Optional<Measurement> kernelSpins(Pattern pattern) {
        String kernel = kernelSleeps.factors().mechanism();
        return Stream.of(kernel + ".hint", kernel)
                .flatMap(id -> find(id, Factors.HINT, pattern).stream())
                .findFirst();
    }

    private Optional<Measurement> sharedSpins(Pattern pattern) {
        return find("sluice", Factors.SPIN, pattern);
    }

    private Optional<Measurement> sharedSleeps(Pattern pattern) {
        return find("sluice", Factors.FUTEX, pattern);
    }

    private Optional<Measurement> find(String mechanism, String waiting, Pattern pattern) {
        Factors factors = kernelSleeps.factors();
        return Measurements.find(
                results, mechanism, waiting, pattern, factors.size(), factors.placement());
    }

    /**
     * Tests whether a measurement has this way to wait and this pattern, no set rate, and touches
     * every byte.
     */
    private static boolean matches(Factors factors, String waiting, Pattern pattern) {
        return waiting.equals(factors.waiting())
                && factors.pattern() == pattern
                && Measurements.hasDefaultFactors(factors);
    }

    private static double[] half(Optional<Measurement> measurement) {
        return measurement
                .filter(Measurement::usable)
                .map(c -> DoubleStream.of(Samples.percentile(c, 50)).map(ns -> ns / 2).toArray())
                .orElse(new double[0]);
    }

    private Quantity estimate(ToDoubleFunction<double[]> statistic, double[]... samples) {
        return quantity(bootstrap.of(statistic, samples));
    }

    private static Quantity quantity(Estimate estimate) {
        return new Quantity(finite(estimate.value()), finite(estimate.lo()), finite(estimate.hi()));
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
