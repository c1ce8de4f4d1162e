package io.sluice.compare.stats;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Floor;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Launch;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.SystemCounters;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * One number for each launch of a cell. "Per message" is one message in one direction: a round trip
 * is two of them. The ends' resource usage is summed over both.
 */
public final class Samples {
    private Samples() {}

    /** Returns a percentile of the round trips, in nanoseconds; NaN where it is not supported. */
    public static double[] percentile(Cell cell, double percentile) {
        return histograms(cell, launch -> Percentiles.at(Hdr.decode(launch.hdr()), percentile));
    }

    /** Returns the largest round trip, in nanoseconds. */
    public static double[] max(Cell cell) {
        return histograms(cell, launch -> Hdr.decode(launch.hdr()).getMaxValue());
    }

    /**
     * Returns the mean without timing each one, or else the mean of those that were timed, in
     * nanoseconds.
     */
    public static double[] mean(Cell cell) {
        return each(
                cell,
                launch ->
                        launch.meanUntimedNs() > 0
                                ? launch.meanUntimedNs()
                                : launch.hdr() == null
                                        ? Double.NaN
                                        : Hdr.decode(launch.hdr()).getMean());
    }

    /** Returns messages per second, both directions together. */
    public static double[] messagesPerSecond(Cell cell) {
        return each(cell, launch -> hops(cell) * launch.messages() * 1e9 / launch.durationNs());
    }

    /**
     * Returns something the ends counted, both sides together, for each message. Where a side has
     * several ends it is what they counted together, for each message that they had together.
     */
    public static double[] perMessage(Cell cell, ToDoubleFunction<EndCounters> counter) {
        return each(
                cell,
                launch ->
                        launch.ends().isEmpty()
                                ? Double.NaN
                                : side(cell, launch, Launch.INITIATOR, counter)
                                        + side(cell, launch, Launch.RESPONDER, counter));
    }

    /** Returns something that one side counted, "initiator" or "responder", for each message. */
    public static double[] perMessage(
            Cell cell, String side, ToDoubleFunction<EndCounters> counter) {
        return each(cell, launch -> side(cell, launch, side, counter));
    }

    /**
     * Returns CPU time for each message, in nanoseconds: of both ends, and of helpers that work for
     * them, a media driver for instance.
     */
    public static double[] cpuPerMessage(Cell cell) {
        double[] cpu = perMessage(cell, EndCounters::cpuNs);
        double[] helpers =
                each(
                        cell,
                        launch ->
                                launch.numbers().getOrDefault(Numbers.HELPER_CPU_NS, 0.0)
                                        / (hops(cell) * launch.messages()));
        for (int i = 0; i < cpu.length; i++) {
            cpu[i] += helpers[i];
        }
        return cpu;
    }

    private static double side(
            Cell cell, Launch launch, String side, ToDoubleFunction<EndCounters> counter) {
        double counted = 0;
        double messages = 0;
        for (Map.Entry<String, EndCounters> end : launch.ends().entrySet()) {
            if (end.getKey().equals(side) || end.getKey().startsWith(side + ".")) {
                counted += counter.applyAsDouble(end.getValue());
                messages += covered(cell, launch, end.getValue());
            }
        }
        return messages == 0 ? 0 : counted / messages;
    }

    /**
     * Returns CPU time of all but the ends' own threads, in nanoseconds for each message: drivers,
     * kernel threads, agents, compilers. Counted in ticks of 10 ms. NaN where it is not known.
     */
    public static double[] bystanderNs(Cell cell) {
        return each(
                cell,
                launch ->
                        launch.system() == null || launch.system().otherCpuNs() == null
                                ? Double.NaN
                                : (double) launch.system().otherCpuNs()
                                        / (hops(cell) * launch.messages()));
    }

    /** Returns interrupts by which one CPU woke another, for each message; NaN if not known. */
    public static double[] rescheduleInterrupts(Cell cell) {
        return interrupts(cell, SystemCounters::rescheduleInterrupts);
    }

    /** Returns interrupts by which one CPU made another call a function, for each message. */
    public static double[] functionCallInterrupts(Cell cell) {
        return interrupts(cell, SystemCounters::functionCallInterrupts);
    }

    private static double[] interrupts(Cell cell, Function<SystemCounters, Long> counter) {
        return each(
                cell,
                launch ->
                        launch.system() == null || counter.apply(launch.system()) == null
                                ? Double.NaN
                                : (double) counter.apply(launch.system())
                                        / (hops(cell) * launch.messages()));
    }

    /** Returns a percentile of the service time, in nanoseconds; NaN where it is not supported. */
    public static double[] service(Cell cell, double percentile) {
        return each(cell, launch -> percentile(launch.service(), percentile));
    }

    /** Returns a percentile of the response time, in nanoseconds; NaN where it is not supported. */
    public static double[] response(Cell cell, double percentile) {
        return each(cell, launch -> percentile(launch.response(), percentile));
    }

    private static double percentile(String hdr, double percentile) {
        return hdr == null ? Double.NaN : Percentiles.at(Hdr.decode(hdr), percentile);
    }

    /** Returns one of the extra numbers of a pattern; NaN where a launch does not have it. */
    public static double[] number(Cell cell, String name) {
        return each(cell, launch -> launch.numbers().getOrDefault(name, Double.NaN));
    }

    /**
     * Returns by which part timing each round trip made the mean longer: the observer's effect. NaN
     * where there was no block without clock reads.
     */
    public static double[] observerEffect(Cell cell) {
        return histograms(
                cell,
                launch ->
                        launch.meanUntimedNs() > 0
                                ? Hdr.decode(launch.hdr()).getMean() / launch.meanUntimedNs() - 1
                                : Double.NaN);
    }

    /**
     * Returns the standard error of the share of time that both ends spent in the kernel, 0 to 1,
     * where the kernel samples it at ticks of the given rate: user and system time are then no more
     * than samples, though their sum is exact.
     */
    public static double[] kernelShareError(Cell cell, double ticksPerSecond) {
        return each(
                cell,
                launch -> {
                    double cpu = 0;
                    double system = 0;
                    for (EndCounters end : launch.ends().values()) {
                        cpu += end.cpuNs();
                        system += end.systemNs();
                    }
                    double share = system / cpu;
                    return Math.sqrt(share * (1 - share) / (cpu / 1e9 * ticksPerSecond));
                });
    }

    /** Returns how many CPUs both ends and their helpers kept busy while messages flowed. */
    public static double[] cpusBusy(Cell cell) {
        double[] cpu = cpuPerMessage(cell);
        double[] rate = messagesPerSecond(cell);
        for (int i = 0; i < cpu.length; i++) {
            cpu[i] *= rate[i] / 1e9;
        }
        return cpu;
    }

    /**
     * Returns the round trip of a cache line between the CPUs of one placement, in nanoseconds: as
     * it was in the very launches of shared memory's round trips there, because a host may move its
     * CPUs between two launches; or else in the other launches there; or else, for the run's main
     * placement only, before and after the cells. None where the ends have no CPU each: a line then
     * does not move, or over an unknown distance.
     *
     * @param placement where the ends ran
     */
    public static double[] lineRoundTrip(Results results, String placement) {
        if (Cells.withoutFloor(placement)) {
            return new double[0];
        }
        double[] beside =
                lines(
                        results,
                        placement,
                        f -> Factors.SPIN.equals(f.waiting()) && Factors.RTT.equals(f.pattern()));
        if (beside.length == 0) {
            beside = lines(results, placement, f -> true);
        }
        if (beside.length > 0 || !Objects.equals(placement, Cells.mainPlacement(results))) {
            return beside;
        }
        return Stream.of(results.floorBefore(), results.floorAfter())
                .filter(Objects::nonNull)
                .mapToDouble(Floor::lineRoundTripNs)
                .filter(ns -> ns > 0)
                .toArray();
    }

    private static double[] lines(Results results, String placement, Predicate<Factors> counts) {
        return results.cells().stream()
                .filter(Cell::usable)
                .filter(cell -> Objects.equals(cell.factors().placement(), placement))
                .filter(cell -> counts.test(cell.factors()))
                .flatMap(cell -> cell.launches().stream())
                .mapToDouble(Launch::lineRoundTripNs)
                .filter(ns -> ns > 0)
                .toArray();
    }

    private static double[] each(Cell cell, ToDoubleFunction<Launch> number) {
        return cell.launches().stream().mapToDouble(number).toArray();
    }

    private static double[] histograms(Cell cell, ToDoubleFunction<Launch> number) {
        return each(
                cell, launch -> launch.hdr() == null ? Double.NaN : number.applyAsDouble(launch));
    }

    private static double covered(Cell cell, Launch launch, EndCounters end) {
        return hops(cell) * (end.messages() > 0 ? end.messages() : launch.messages());
    }

    private static int hops(Cell cell) {
        String pattern = cell.factors().pattern();
        return Factors.RTT.equals(pattern)
                        || Factors.GAP.equals(pattern)
                        || Factors.OVERSUB.equals(pattern)
                ? 2
                : 1;
    }
}
