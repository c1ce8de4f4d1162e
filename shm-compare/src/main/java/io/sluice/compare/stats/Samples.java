package io.sluice.compare.stats;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.SystemCounters;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * One number for each fork of a measurement. "Per message" is one message in one direction: a round
 * trip is two of them. The ends' resource usage is summed over both.
 */
public final class Samples {
    private Samples() {}

    /** Returns a percentile of the round trips, in nanoseconds; NaN where it is not supported. */
    public static double[] percentile(Measurement measurement, double percentile) {
        return histograms(measurement, fork -> Percentiles.at(Hdr.decode(fork.hdr()), percentile));
    }

    /** Returns the largest round trip, in nanoseconds. */
    public static double[] max(Measurement measurement) {
        return histograms(measurement, fork -> Hdr.decode(fork.hdr()).getMaxValue());
    }

    /**
     * Returns the mean without timing each one, or else the mean of those that were timed, in
     * nanoseconds.
     */
    public static double[] mean(Measurement measurement) {
        return each(
                measurement,
                fork ->
                        fork.meanUntimedNs() > 0
                                ? fork.meanUntimedNs()
                                : fork.hdr() == null
                                        ? Double.NaN
                                        : Hdr.decode(fork.hdr()).getMean());
    }

    /** Returns messages per second, both directions together. */
    public static double[] messagesPerSecond(Measurement measurement) {
        return each(
                measurement, fork -> hops(measurement) * fork.messages() * 1e9 / fork.durationNs());
    }

    /**
     * Returns something the ends counted, both sides together, for each message. Where a side has
     * several ends it is what they counted together, for each message that they had together.
     */
    public static double[] perMessage(
            Measurement measurement, ToDoubleFunction<EndCounters> counter) {
        return each(
                measurement,
                fork ->
                        fork.ends().isEmpty()
                                ? Double.NaN
                                : side(measurement, fork, Fork.INITIATOR, counter)
                                        + side(measurement, fork, Fork.RESPONDER, counter));
    }

    /** Returns something that one side counted, "initiator" or "responder", for each message. */
    public static double[] perMessage(
            Measurement measurement, String side, ToDoubleFunction<EndCounters> counter) {
        return each(measurement, fork -> side(measurement, fork, side, counter));
    }

    /**
     * Returns CPU time for each message, in nanoseconds: of both ends, and of helpers that work for
     * them, a media driver for instance.
     */
    public static double[] cpuPerMessage(Measurement measurement) {
        double[] cpu = perMessage(measurement, EndCounters::cpuNs);
        double[] helpers =
                each(
                        measurement,
                        fork ->
                                fork.numbers().getOrDefault(Numbers.HELPER_CPU_NS, 0.0)
                                        / (hops(measurement) * fork.messages()));
        for (int i = 0; i < cpu.length; i++) {
            cpu[i] += helpers[i];
        }
        return cpu;
    }

    private static double side(
            Measurement measurement,
            Fork fork,
            String side,
            ToDoubleFunction<EndCounters> counter) {
        double counted = 0;
        double messages = 0;
        for (Map.Entry<String, EndCounters> end : fork.ends().entrySet()) {
            if (end.getKey().equals(side) || end.getKey().startsWith(side + ".")) {
                counted += counter.applyAsDouble(end.getValue());
                messages += coveredMessages(measurement, fork, end.getValue());
            }
        }
        return messages == 0 ? 0 : counted / messages;
    }

    /**
     * Returns CPU time of all but the ends' own threads, in nanoseconds for each message: drivers,
     * kernel threads, agents, compilers. Counted in ticks of 10 ms. NaN where it is not known.
     */
    public static double[] otherCpuNs(Measurement measurement) {
        return each(
                measurement,
                fork ->
                        fork.system() == null || fork.system().otherCpuNs() == null
                                ? Double.NaN
                                : (double) fork.system().otherCpuNs()
                                        / (hops(measurement) * fork.messages()));
    }

    /** Returns interrupts by which one CPU woke another, for each message; NaN if not known. */
    public static double[] rescheduleInterrupts(Measurement measurement) {
        return interrupts(measurement, SystemCounters::rescheduleInterrupts);
    }

    /** Returns interrupts by which one CPU made another call a function, for each message. */
    public static double[] functionCallInterrupts(Measurement measurement) {
        return interrupts(measurement, SystemCounters::functionCallInterrupts);
    }

    private static double[] interrupts(
            Measurement measurement, Function<SystemCounters, Long> counter) {
        return each(
                measurement,
                fork ->
                        fork.system() == null || counter.apply(fork.system()) == null
                                ? Double.NaN
                                : (double) counter.apply(fork.system())
                                        / (hops(measurement) * fork.messages()));
    }

    /** Returns a percentile of the service time, in nanoseconds; NaN where it is not supported. */
    public static double[] service(Measurement measurement, double percentile) {
        return each(measurement, fork -> percentile(fork.service(), percentile));
    }

    /** Returns a percentile of the response time, in nanoseconds; NaN where it is not supported. */
    public static double[] response(Measurement measurement, double percentile) {
        return each(measurement, fork -> percentile(fork.response(), percentile));
    }

    private static double percentile(String hdr, double percentile) {
        return hdr == null ? Double.NaN : Percentiles.at(Hdr.decode(hdr), percentile);
    }

    /** Returns one of the extra numbers of a pattern; NaN where a fork does not have it. */
    public static double[] number(Measurement measurement, String name) {
        return each(measurement, fork -> fork.numbers().getOrDefault(name, Double.NaN));
    }

    /**
     * Returns by which part timing each round trip made the mean longer: the observer's effect. NaN
     * where there was no block without clock reads.
     */
    public static double[] observerEffect(Measurement measurement) {
        return histograms(
                measurement,
                fork ->
                        fork.meanUntimedNs() > 0
                                ? Hdr.decode(fork.hdr()).getMean() / fork.meanUntimedNs() - 1
                                : Double.NaN);
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
                    double cpu = 0;
                    double system = 0;
                    for (EndCounters end : fork.ends().values()) {
                        cpu += end.cpuNs();
                        system += end.systemNs();
                    }
                    double share = system / cpu;
                    return Math.sqrt(share * (1 - share) / (cpu / 1e9 * ticksPerSecond));
                });
    }

    /** Returns how many CPUs both ends and their helpers kept busy while messages flowed. */
    public static double[] cpusBusy(Measurement measurement) {
        double[] cpu = cpuPerMessage(measurement);
        double[] rate = messagesPerSecond(measurement);
        for (int i = 0; i < cpu.length; i++) {
            cpu[i] *= rate[i] / 1e9;
        }
        return cpu;
    }

    /**
     * Returns the round trip of a cache line between the CPUs of one placement, in nanoseconds: as
     * it was in the very forks of shared memory's round trips there, because a host may move its
     * CPUs between two forks; or else in the other forks there; or else, for the run's main
     * placement only, before and after the measurements. None where the ends have no CPU each: a
     * line then does not move, or over an unknown distance.
     *
     * @param placement where the ends ran
     */
    public static double[] lineRoundTrip(Results results, String placement) {
        if (Measurements.hasNoFloor(placement)) {
            return new double[0];
        }
        double[] beside =
                lines(
                        results,
                        placement,
                        f -> Factors.SPIN.equals(f.waiting()) && f.pattern() == Pattern.RTT);
        if (beside.length == 0) {
            beside = lines(results, placement, f -> true);
        }
        if (beside.length > 0 || !Objects.equals(placement, Measurements.mainPlacement(results))) {
            return beside;
        }
        return Stream.of(results.floorBefore(), results.floorAfter())
                .filter(Objects::nonNull)
                .mapToDouble(FloorReading::lineRoundTripNs)
                .filter(ns -> ns > 0)
                .toArray();
    }

    private static double[] lines(Results results, String placement, Predicate<Factors> counts) {
        return results.measurements().stream()
                .filter(Measurement::usable)
                .filter(measurement -> Objects.equals(measurement.factors().placement(), placement))
                .filter(measurement -> counts.test(measurement.factors()))
                .flatMap(measurement -> measurement.forks().stream())
                .mapToDouble(Fork::lineRoundTripNs)
                .filter(ns -> ns > 0)
                .toArray();
    }

    private static double[] each(Measurement measurement, ToDoubleFunction<Fork> number) {
        return measurement.forks().stream().mapToDouble(number).toArray();
    }

    private static double[] histograms(Measurement measurement, ToDoubleFunction<Fork> number) {
        return each(
                measurement, fork -> fork.hdr() == null ? Double.NaN : number.applyAsDouble(fork));
    }

    private static double coveredMessages(Measurement measurement, Fork fork, EndCounters end) {
        return hops(measurement) * (end.messages() > 0 ? end.messages() : fork.messages());
    }

    private static int hops(Measurement measurement) {
        Pattern pattern = measurement.factors().pattern();
        return pattern == Pattern.RTT || pattern == Pattern.GAP || pattern == Pattern.OVERSUB
                ? 2
                : 1;
    }
}
