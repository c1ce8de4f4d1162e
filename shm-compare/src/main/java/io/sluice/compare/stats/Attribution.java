package io.sluice.compare.stats;

import static io.sluice.compare.result.Decomposition.KERNEL_SLEEPS;
import static io.sluice.compare.result.Decomposition.KERNEL_SPINS;
import static io.sluice.compare.result.Decomposition.SHARED_SLEEPS;
import static io.sluice.compare.result.Decomposition.SHARED_SPINS;

import io.sluice.compare.result.Decomposition;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Waiting;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * The parts of the round trip of a blocking kernel mechanism. Three measurements with the same size
 * and placement are compared: the kernel copies and the receiver sleeps; the kernel copies and no
 * end sleeps; memory is shared and no end sleeps. The difference of the first two is the waiting,
 * of the last two the kernel's path. The idea: comparison by one factor at a time, where the usual
 * single ratio mixes both.
 *
 * <p>A measurement that is missing, or must not be used, is empty here; what needs it is then
 * {@link Estimate#NONE}.
 *
 * @param results those of the measurements
 * @param size the bytes of a message
 * @param placement where the ends ran
 * @param kernel the id of the kernel mechanism that is analyzed: "pipe" if it was measured
 */
public record Attribution(Results results, int size, String placement, String kernel) {
    /**
     * Returns one for each size and placement that has unpaced round trips with every byte touched,
     * smallest size first.
     */
    public static List<Attribution> of(Results results) {
        Map<List<Object>, List<Factors>> groups =
                results.measurements().stream()
                        .map(Measurement::factors)
                        .filter(f -> f.pattern() == Pattern.RTT)
                        .filter(Measurements::hasDefaultFactors)
                        .collect(
                                Collectors.groupingBy(
                                        f -> Arrays.asList(f.size(), f.placement()),
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        return groups.values().stream()
                .map(group -> of(results, group))
                .sorted(Comparator.comparingInt(Attribution::size))
                .toList();
    }

    private static Attribution of(Results results, List<Factors> group) {
        List<String> kernels =
                group.stream()
                        .filter(f -> Waiting.BLOCK.equals(f.waiting()))
                        .map(Factors::mechanism)
                        .toList();
        String kernel = kernels.isEmpty() || kernels.contains("pipe") ? "pipe" : kernels.get(0);
        return new Attribution(results, group.get(0).size(), group.get(0).placement(), kernel);
    }

    /**
     * Returns the measurement in which the kernel copies and the receiver sleeps, usable or not.
     */
    public Optional<Measurement> block() {
        return find(KERNEL_SLEEPS, Pattern.RTT);
    }

    /** Returns the measurement in which the kernel copies and no end sleeps, usable or not. */
    public Optional<Measurement> hint() {
        return find(KERNEL_SPINS, Pattern.RTT);
    }

    /** Returns the measurement in which memory is shared and no end sleeps, usable or not. */
    public Optional<Measurement> shared() {
        return find(SHARED_SPINS, Pattern.RTT);
    }

    /** Returns the median round trip of a cache line. */
    public Estimate floorNs() {
        return bootstrap().median(floor());
    }

    /** Returns the median round trip of a measurement, or {@link Estimate#NONE}. */
    public Estimate roundTripNs(Optional<Measurement> measurement) {
        return bootstrap().median(Samples.medians(measurement));
    }

    /** Returns the second minus the first, in nanoseconds of a median round trip. */
    public Estimate step(Optional<Measurement> from, Optional<Measurement> to) {
        return of(m -> m[1] - m[0], List.of(from, to));
    }

    /**
     * Returns what a median round trip through shared memory takes more than that of a cache line.
     */
    public Estimate overFloor() {
        return bootstrap().of(m -> m[1] - m[0], floor(), Samples.medians(shared()));
    }

    /**
     * Returns the part of the blocking round trip, 0 to 1, that disappears when the receiver need
     * not be woken; {@link Estimate#NONE} if it mostly was not asleep.
     */
    public Estimate waitingShare() {
        Optional<Measurement> slept = block().filter(m -> !TwoByTwo.isMixed(m));
        return of(m -> (m[0] - m[1]) / m[0], List.of(slept, hint()));
    }

    /**
     * Returns the part of the blocking round trip, 0 to 1, that disappears when the kernel is
     * removed as well.
     */
    public Estimate kernelShare() {
        return of(m -> (m[1] - m[2]) / m[0], List.of(block(), hint(), shared()));
    }

    /** Returns the part of the blocking round trip, 0 to 1, that is left when memory is shared. */
    public Estimate sharedShare() {
        return of(m -> m[1] / m[0], List.of(block(), shared()));
    }

    /**
     * Returns how many times as long the first measurement's median round trip is as the second's.
     */
    public Estimate ratio(Optional<Measurement> slower, Optional<Measurement> faster) {
        return of(m -> m[0] / m[1], List.of(slower, faster));
    }

    /** Returns how many times the round trip of a cache line a measurement takes. */
    public Estimate floorRatio(Optional<Measurement> measurement) {
        return measurement.map(m -> floorRatio(results, m)).orElse(Estimate.NONE);
    }

    /**
     * Returns how many times the round trip of a cache line a measurement takes: each fork is held
     * against its own line, or where none was read beside it, against those of the run.
     */
    public static Estimate floorRatio(Results results, Measurement measurement) {
        if (!measurement.usable()) {
            return Estimate.NONE;
        }
        Bootstrap bootstrap = Bootstrap.of(results);
        Estimate own = bootstrap.median(Samples.each(measurement, Samples::timesItsFloor));
        return own.isKnown()
                ? own
                : bootstrap.ratio(
                        Samples.percentile(measurement, 50),
                        Samples.lineRoundTrip(results, measurement.factors().placement()));
    }

    private Estimate of(
            ToDoubleFunction<double[]> statistic, List<Optional<Measurement>> measurements) {
        double[][] medians = measurements.stream().map(Samples::medians).toArray(double[][]::new);
        return bootstrap().of(statistic, medians);
    }

    private Bootstrap bootstrap() {
        return Bootstrap.of(results);
    }

    /**
     * Returns the round trips of a cache line: those beside the forks of {@link #shared}, so that
     * what is subtracted from them is their own, or else those of the run.
     */
    double[] floor() {
        double[] own =
                shared().filter(Measurement::usable).map(Samples::lines).orElse(new double[0]);
        return own.length > 0 ? own : Samples.lineRoundTrip(results, placement);
    }

    /**
     * Returns a measurement, usable or not.
     *
     * @param field {@link Decomposition#KERNEL_SLEEPS} or another of these four
     */
    Optional<Measurement> find(String field, Pattern pattern) {
        return switch (field) {
            case KERNEL_SLEEPS -> find(kernel, Waiting.BLOCK, pattern);
            case KERNEL_SPINS -> find(kernel + ".hint", Waiting.HINT, pattern);
            case SHARED_SLEEPS -> find("sluice", Waiting.FUTEX, pattern);
            default -> find("sluice", Waiting.SPIN, pattern);
        };
    }

    private Optional<Measurement> find(String mechanism, Waiting waiting, Pattern pattern) {
        return Measurements.find(results, mechanism, waiting, pattern, size, placement);
    }
}
