package io.sluice.compare.stats;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.SystemCounters;
import io.sluice.compare.result.Waiting;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * One number for each fork of a measurement. "Per message" is one message in one direction: a round
 * trip is two of them. The ends' resource usage is summed over both.
 */
public final class Samples {
    /**
     * The numbers of each {@link Hdr} that is in use: decoding takes most of the time of a page.
     */
    private static final Map<String, Map<Object, Double>> KNOWN =
            Collections.synchronizedMap(new WeakHashMap<>());

    private Samples() {}

    /** Returns one number for each fork. */
    public static double[] each(Measurement measurement, ToDoubleFunction<Fork> number) {
        return measurement.forks().stream().mapToDouble(number).toArray();
    }

    /** Returns a percentile of the round trips, in nanoseconds; NaN where it is not supported. */
    public static double[] percentile(Measurement measurement, double percentile) {
        return each(measurement, fork -> percentile(fork.hdr(), percentile));
    }

    /** Returns a percentile of an {@link Hdr}, in nanoseconds; NaN where it is not supported. */
    public static double percentile(String hdr, double percentile) {
        return number(hdr, percentile, histogram -> Percentiles.at(histogram, percentile));
    }

    private static double number(String hdr, Object name, Function<Histogram, Double> number) {
        return hdr == null
                ? Double.NaN
                : KNOWN.computeIfAbsent(hdr, key -> new ConcurrentHashMap<>())
                        .computeIfAbsent(name, key -> number.apply(Hdr.decode(hdr)));
    }

    /** Returns the median round trips; none if the measurement is missing or must not be used. */
    static double[] medians(Optional<Measurement> measurement) {
        var usable = measurement.filter(Measurement::usable);
        return usable.map(m -> percentile(m, 50)).orElse(new double[0]);
    }

    /** Returns the largest round trip, in nanoseconds. */
    public static double max(Fork fork) {
        return number(fork.hdr(), "largest", histogram -> (double) histogram.getMaxValue());
    }

    /**
     * Returns the mean without timing each one, or else the mean of those that were timed, in
     * nanoseconds.
     */
    public static double mean(Fork fork) {
        return fork.meanUntimedNs() > 0 ? fork.meanUntimedNs() : timedMean(fork);
    }

    /**
     * Returns by which part timing each round trip made the mean longer: the observer's effect. NaN
     * where there was no block without clock reads.
     */
    public static double observerEffect(Fork fork) {
        double untimed = fork.meanUntimedNs();
        return untimed > 0 ? timedMean(fork) / untimed - 1 : Double.NaN;
    }

    private static double timedMean(Fork fork) {
        return number(fork.hdr(), "mean", Histogram::getMean);
    }

    /** Returns messages per second, both directions together. */
    public static double[] messagesPerSecond(Measurement measurement) {
        return each(measurement, fork -> messagesPerSecond(measurement, fork));
    }

    /** Returns the same of one fork. */
    public static double messagesPerSecond(Measurement measurement, Fork fork) {
        return messages(measurement, fork) * 1e9 / fork.durationNs();
    }

    /**
     * Returns something the ends counted, both sides together, for each message. Where a side has
     * several ends it is what they counted together, for each message that they had together.
     */
    public static double[] perMessage(Measurement m, ToDoubleFunction<EndCounters> counter) {
        return each(m, fork -> perMessage(m, fork, counter));
    }

    /** Returns the same of one fork. */
    public static double perMessage(
            Measurement m, Fork fork, ToDoubleFunction<EndCounters> counter) {
        return fork.ends().isEmpty()
                ? Double.NaN
                : perMessage(m, fork, Fork.INITIATOR, counter)
                        + perMessage(m, fork, Fork.RESPONDER, counter);
    }

    /** Returns something that one side counted, "initiator" or "responder", for each message. */
    public static double perMessage(
            Measurement m, Fork fork, String side, ToDoubleFunction<EndCounters> counter) {
        List<EndCounters> ends = fork.ends(side);
        double messages =
                ends.stream()
                        .mapToLong(e -> e.messages() > 0 ? e.messages() : fork.messages())
                        .map(each -> hops(m) * each)
                        .sum();
        return messages == 0 ? Double.NaN : ends.stream().mapToDouble(counter).sum() / messages;
    }

    /**
     * Returns CPU time for each message, in nanoseconds: of both ends, and of helpers that work for
     * them, a media driver for instance. Times the messages a second, it is {@link #cpusBusy}.
     */
    public static double cpuPerMessage(Measurement measurement, Fork fork) {
        return perMessage(measurement, fork, ofMessages(fork, EndCounters::cpuNs))
                + fork.number(Numbers.HELPER_CPU_NS, 0) / messages(measurement, fork);
    }

    /** Returns a time that ends counted, without what announcing their messages took. */
    public static ToDoubleFunction<EndCounters> ofMessages(
            Fork fork, ToLongFunction<EndCounters> counted) {
        return end -> end.ofMessages(counted.applyAsLong(end), fork.durationNs());
    }

    /**
     * Returns how many CPUs these ends and the helpers of both kept busy while messages flowed; NaN
     * where no end counted. Each end is held against the time that it counted: divided by the
     * sender's, a receiver that spins would keep more than a CPU busy.
     */
    public static double cpusBusy(Fork fork, Collection<EndCounters> ends) {
        return ends.isEmpty()
                ? Double.NaN
                : ends.stream().mapToDouble(end -> end.cpus(fork.durationNs())).sum()
                        + fork.number(Numbers.HELPER_CPU_NS, 0) / fork.durationNs();
    }

    /** Returns what the rest of the machine did, for each message; NaN where it is not known. */
    public static double ofMachine(
            Measurement m, Fork fork, Function<SystemCounters, Long> counter) {
        return Optional.ofNullable(fork.system())
                .map(counter)
                .map(counted -> (double) counted / messages(m, fork))
                .orElse(Double.NaN);
    }

    /**
     * Returns the standard error of the share of time that both ends spent in the kernel, 0 to 1,
     * where the kernel samples it at ticks of the given rate: user and system time are then no more
     * than samples, though their sum is exact.
     */
    public static double[] kernelShareError(Measurement measurement, double ticksPerSecond) {
        return each(
                measurement,
                fork -> {
                    double cpu = fork.sum(EndCounters::cpuNs);
                    double share = fork.sum(EndCounters::systemNs) / cpu;
                    return Math.sqrt(share * (1 - share) / (cpu / 1e9 * ticksPerSecond));
                });
    }

    /**
     * Returns the round trip of a cache line between the CPUs of one placement, in nanoseconds: as
     * it was beside the round trips there whose ends spin, because a host may move its CPUs between
     * two blocks; or else beside the other blocks there; or else, for the run's main placement
     * only, before and after the measurements. None where the ends have no CPU each: a line then
     * does not move, or over an unknown distance.
     *
     * @param placement where the ends ran
     */
    public static double[] lineRoundTrip(Results results, String placement) {
        if (Measurements.hasNoFloor(placement)) {
            return new double[0];
        }
        Predicate<Measurement> spins = m -> Waiting.SPIN.equals(m.factors().waiting());
        Predicate<Measurement> isRtt = m -> m.factors().pattern() == Pattern.RTT;
        double[] lines = lines(results, placement, isRtt.and(spins).and(Measurement::usable));
        if (lines.length == 0) {
            lines = lines(results, placement, Measurement::usable);
        }
        return lines.length > 0 || !Objects.equals(placement, Measurements.mainPlacement(results))
                ? lines
                : floor(results, FloorReading::lineRoundTripNs);
    }

    /** Returns the round trips of a cache line beside some of a placement's measurements. */
    static double[] lines(Results results, String placement, Predicate<Measurement> counts) {
        return results.measurements().stream()
                .filter(measurement -> Objects.equals(measurement.factors().placement(), placement))
                .filter(counts)
                .flatMapToDouble(measurement -> Arrays.stream(lines(measurement)))
                .toArray();
    }

    /** Returns the round trips of a cache line beside the forks of a measurement, where known. */
    static double[] lines(Measurement measurement) {
        return measurement.forks().stream()
                .mapToDouble(Fork::lineRoundTripNs)
                .filter(ns -> ns > 0)
                .toArray();
    }

    /**
     * Divides a fork's median round trip by that of a line between its own two CPUs; NaN where that
     * is not known.
     */
    public static double timesItsFloor(Fork fork) {
        double line = fork.lineRoundTripNs();
        return line > 0 ? percentile(fork.hdr(), 50) / line : Double.NaN;
    }

    /** Returns a number of the floor as it was before and after the measurements, where known. */
    static double[] floor(Results results, ToDoubleFunction<FloorReading> number) {
        return Stream.of(results.floorBefore(), results.floorAfter())
                .filter(Objects::nonNull)
                .mapToDouble(number)
                .filter(ns -> ns > 0)
                .toArray();
    }

    /** Returns the messages of a fork, both directions together. */
    private static long messages(Measurement measurement, Fork fork) {
        return hops(measurement) * fork.messages();
    }

    private static int hops(Measurement measurement) {
        return measurement.factors().pattern().hasReply() ? 2 : 1;
    }
}
