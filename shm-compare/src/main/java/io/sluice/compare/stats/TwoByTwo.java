package io.sluice.compare.stats;

import static io.sluice.compare.result.Decomposition.COHERENCE;
import static io.sluice.compare.result.Decomposition.COPYING;
import static io.sluice.compare.result.Decomposition.ENTRY;
import static io.sluice.compare.result.Decomposition.KERNEL_SLEEPS;
import static io.sluice.compare.result.Decomposition.KERNEL_SPINS;
import static io.sluice.compare.result.Decomposition.LINE;
import static io.sluice.compare.result.Decomposition.OBJECT;
import static io.sluice.compare.result.Decomposition.SHARED_PATH;
import static io.sluice.compare.result.Decomposition.SHARED_SLEEPS;
import static io.sluice.compare.result.Decomposition.SHARED_SPINS;
import static io.sluice.compare.result.Decomposition.WAKE;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.result.Decomposition;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Quantity;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Waiting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
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

    private static final String[] FIELDS = {
        KERNEL_SLEEPS, KERNEL_SPINS, SHARED_SLEEPS, SHARED_SPINS
    };

    /** A thread that writes to and reads from its own kernel object, beside the parts. */
    private static final String SELF = "self";

    private static final String MIXED =
            "%s is mixed: its receiver slept for %.0f %% of the messages";

    private final Attribution attribution;
    private final Results results;
    private final List<String> remarks = new ArrayList<>();

    private TwoByTwo(Attribution attribution) {
        this.attribution = attribution;
        this.results = attribution.results();
    }

    /**
     * Returns one for each kernel mechanism, size and placement that has the measurements for it.
     */
    public static List<Decomposition> of(Results results) {
        return all(results)
                .filter(attribution -> attribution.hint().isPresent())
                .map(attribution -> new TwoByTwo(attribution).decompose())
                .toList();
    }

    /** Returns one for each measurement in which the kernel copies and the receiver sleeps. */
    private static Stream<Attribution> all(Results results) {
        return results.measurements().stream()
                .map(Measurement::factors)
                .filter(f -> Measurements.matches(f, Waiting.BLOCK, Pattern.RTT))
                .map(f -> new Attribution(results, f.size(), f.placement(), f.mechanism()))
                .sorted(Comparator.comparingInt(Attribution::size));
    }

    private Decomposition decompose() {
        Map<String, double[]> pingPong = halves(attribution, Pattern.RTT);
        Map<String, String> ids = new LinkedHashMap<>();
        Map<String, Quantity> halves = new LinkedHashMap<>();
        for (String field : FIELDS) {
            attribution
                    .find(field, Pattern.RTT)
                    .ifPresent(measurement -> ids.put(field, measurement.id()));
            halves.put(field, rest(pingPong, field));
        }
        List<String> mixed =
                Stream.of(KERNEL_SLEEPS, SHARED_SLEEPS)
                        .filter(
                                field ->
                                        attribution.find(field, Pattern.RTT).stream()
                                                .anyMatch(TwoByTwo::isMixed))
                        .toList();
        Map<String, double[]> paused =
                mixed.isEmpty() ? Map.of() : halves(attribution, Pattern.GAP);
        boolean afterPause =
                !mixed.isEmpty()
                        && covers(paused, pingPong, KERNEL_SLEEPS, KERNEL_SPINS)
                        && covers(paused, pingPong, SHARED_SLEEPS, SHARED_SPINS);
        Map<String, double[]> slept = new HashMap<>(pingPong);
        mixed.forEach(field -> slept.put(field, new double[0]));
        Map<String, double[]> waking = afterPause ? paused : slept;
        String how =
                afterPause
                        ? "; waking is taken from messages after a pause, in both rows, and not from"
                                + " these round trips"
                        : "; a wake-up there has no number, because messages after a pause were not"
                                + " measured in both rows";
        if (!mixed.isEmpty()) {
            remarks.add(mixed.stream().map(this::mixed).collect(joining("; ", "", how)));
        }
        return new Decomposition(
                attribution.size(),
                attribution.placement(),
                attribution.kernel(),
                ids,
                halves,
                rest(waking, KERNEL_SLEEPS, KERNEL_SPINS),
                rest(waking, SHARED_SLEEPS, SHARED_SPINS),
                rest(pingPong, KERNEL_SPINS, SHARED_SPINS),
                of(waking, m -> m[0] - m[1] - m[2] + m[3], FIELDS),
                of(pingPong, m -> 1 - m[1] / m[0], KERNEL_SLEEPS, SHARED_SPINS),
                of(
                        slept,
                        m -> (m[0] - m[1]) / (m[0] - m[2]),
                        KERNEL_SLEEPS,
                        KERNEL_SPINS,
                        SHARED_SPINS),
                parts(slept),
                remarks);
    }

    /** Returns the parts that add up to the blocking half round trip. */
    private Map<String, Quantity> parts(Map<String, double[]> halves) {
        Map<String, double[]> known = new HashMap<>(halves);
        known.put(LINE, half(attribution.floor()));
        known.put(ENTRY, Samples.floor(results, floor -> 2 * floor.syscallNs()));
        known.put(COPYING, copy());
        known.put(SELF, self());
        Map<String, Quantity> parts = new LinkedHashMap<>();
        parts.put(LINE, rest(known, LINE));
        parts.put(SHARED_PATH, rest(known, SHARED_SPINS, LINE));
        parts.put(ENTRY, rest(known, ENTRY));
        parts.put(COPYING, rest(known, COPYING));
        if (known.get(SELF).length == 0) {
            parts.put(OBJECT, rest(known, KERNEL_SPINS, SHARED_SPINS, ENTRY, COPYING));
        } else {
            parts.put(OBJECT, rest(known, SELF, ENTRY, COPYING));
            parts.put(COHERENCE, rest(known, KERNEL_SPINS, SHARED_SPINS, SELF));
        }
        parts.put(WAKE, rest(known, KERNEL_SLEEPS, KERNEL_SPINS));
        return parts;
    }

    /**
     * Tests whether the receiver of round trips should have slept and mostly did not. Its row
     * cannot be compared: a wake-up after a pause takes longer, and the rows would differ by the
     * pause.
     */
    public static boolean isMixed(Measurement measurement) {
        return measurement.usable() && sleepsPerHop(measurement) < SLEEPS;
    }

    private String mixed(String field) {
        Measurement measurement = attribution.find(field, Pattern.RTT).orElseThrow();
        double slept = 100 * sleepsPerHop(measurement);
        return String.format(Locale.ROOT, MIXED, measurement.id(), slept);
    }

    /**
     * Returns how often a hop ended with a receiver that had slept, over all forks; NaN if unknown.
     */
    private static double sleepsPerHop(Measurement measurement) {
        double switches = measurement.ends().mapToLong(EndCounters::voluntarySwitches).sum();
        long counted =
                measurement.forks().stream()
                        .filter(f -> !f.ends().isEmpty())
                        .mapToLong(Fork::messages)
                        .sum();
        return switches / (2.0 * counted);
    }

    /** Tests whether some samples have these fields if others have them. */
    private static boolean covers(
            Map<String, double[]> samples, Map<String, double[]> others, String... fields) {
        return Stream.of(fields).allMatch(field -> samples.get(field).length > 0)
                || Stream.of(fields).anyMatch(field -> others.get(field).length == 0);
    }

    /**
     * Returns the kernel's two copies: what its path takes more for each byte, or else what memcpy
     * does.
     */
    private double[] copy() {
        double[] slope = slope();
        if (slope.length > 0) {
            return Arrays.stream(slope)
                    .map(each -> Math.max(0, each) * attribution.size())
                    .toArray();
        }
        double[] copied = Samples.floor(results, floor -> 2 * ofSize(floor.memcpyHotNs()));
        if (copied.length > 0) {
            remarks.add(
                    "copying is what memcpy takes on this machine: no two sizes of 4 KiB and more were measured, from which to tell its share");
        }
        return copied;
    }

    /**
     * Nanoseconds for each byte of the path, from the smallest to the largest size above a page.
     */
    private double[] slope() {
        TreeMap<Integer, double[]> paths = new TreeMap<>();
        all(results)
                .filter(each -> each.size() >= PAGE && each.kernel().equals(attribution.kernel()))
                .filter(each -> Objects.equals(each.placement(), attribution.placement()))
                .filter(each -> each.block().stream().allMatch(Measurement::usable))
                .forEach(each -> paths.put(each.size(), path(each)));
        paths.values().removeIf(path -> path.length == 0);
        if (paths.size() < 2) {
            return new double[0];
        }
        double bytes = paths.lastKey() - paths.firstKey();
        double[] more = minus(paths.lastEntry().getValue(), paths.firstEntry().getValue());
        return Arrays.stream(more).map(ns -> ns / bytes).toArray();
    }

    /** Returns the kernel's path without sleeping, one number per fork. */
    private static double[] path(Attribution attribution) {
        return minus(
                half(Samples.medians(attribution.hint())),
                half(Samples.medians(attribution.shared())));
    }

    private static double[] minus(double[] from, double[] subtracted) {
        return IntStream.range(0, Math.min(from.length, subtracted.length))
                .mapToDouble(i -> from[i] - subtracted[i])
                .toArray();
    }

    private double[] self() {
        return Samples.floor(
                results,
                floor -> ofSize(floor.selfNs().getOrDefault(attribution.kernel(), Map.of())));
    }

    /** Returns a time by bytes, between the sizes that were measured; NaN beyond them. */
    private double ofSize(Map<Integer, Double> times) {
        int size = attribution.size();
        var sorted = new TreeMap<>(times);
        var below = sorted.floorEntry(size);
        var above = sorted.ceilingEntry(size);
        if (above == null) {
            return Double.NaN;
        }
        if (below == null || below.getKey().equals(above.getKey())) {
            return above.getValue();
        }
        double part = (size - below.getKey()) / (double) (above.getKey() - below.getKey());
        return below.getValue() + part * (above.getValue() - below.getValue());
    }

    /** Returns the half round trips of all fields. */
    private static Map<String, double[]> halves(Attribution attribution, Pattern pattern) {
        Map<String, double[]> halves = new HashMap<>();
        for (String field : FIELDS) {
            halves.put(field, half(Samples.medians(attribution.find(field, pattern))));
        }
        return halves;
    }

    private static double[] half(double[] roundTrips) {
        return Arrays.stream(roundTrips).map(ns -> ns / 2).toArray();
    }

    /** Returns what is left of the first of these when the others are subtracted. */
    private Quantity rest(Map<String, double[]> samples, String... names) {
        return of(samples, TwoByTwo::rest, names);
    }

    private static double rest(double[] medians) {
        return Arrays.stream(medians).reduce((rest, part) -> rest - part).getAsDouble();
    }

    private Quantity of(
            Map<String, double[]> samples, ToDoubleFunction<double[]> statistic, String... names) {
        double[][] named = Stream.of(names).map(samples::get).toArray(double[][]::new);
        Estimate estimate = Bootstrap.of(results).of(statistic, named);
        return new Quantity(finite(estimate.value()), finite(estimate.lo()), finite(estimate.hi()));
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
