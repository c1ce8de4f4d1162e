package io.sluice.compare.stats;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Floor;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Launch;
import io.sluice.compare.result.Results;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * One number for each launch of a cell. "Per message" is one message in one direction: a round trip
 * is two of them. What the ends used is added up over both.
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

    /** Returns messages a second, both directions together. */
    public static double[] messagesPerSecond(Cell cell) {
        return each(cell, launch -> hops(cell) * launch.messages() * 1e9 / launch.durationNs());
    }

    /** Returns something the ends counted, both together, for each message. */
    public static double[] perMessage(Cell cell, ToDoubleFunction<EndCounters> counter) {
        return each(
                cell,
                launch ->
                        launch.ends().isEmpty()
                                ? Double.NaN
                                : launch.ends().values().stream()
                                        .mapToDouble(
                                                end ->
                                                        counter.applyAsDouble(end)
                                                                / covered(cell, launch, end))
                                        .sum());
    }

    /** Returns how many CPUs both ends together kept busy while messages flowed. */
    public static double[] cpusBusy(Cell cell) {
        double[] cpu = perMessage(cell, EndCounters::cpuNs);
        double[] rate = messagesPerSecond(cell);
        for (int i = 0; i < cpu.length; i++) {
            cpu[i] *= rate[i] / 1e9;
        }
        return cpu;
    }

    /**
     * Returns the round trip of a cache line, in nanoseconds: as it was in the very launches of
     * shared memory's round trips, because a host may move its CPUs between two launches; or else
     * before and after the cells, as far as it was measured.
     */
    public static double[] lineRoundTrip(Results results) {
        double[] beside =
                results.cells().stream()
                        .filter(Cell::usable)
                        .filter(cell -> Factors.SPIN.equals(cell.factors().waiting()))
                        .filter(cell -> Factors.RTT.equals(cell.factors().pattern()))
                        .flatMap(cell -> cell.launches().stream())
                        .mapToDouble(Launch::lineRoundTripNs)
                        .filter(ns -> ns > 0)
                        .toArray();
        if (beside.length > 0) {
            return beside;
        }
        return Stream.of(results.floorBefore(), results.floorAfter())
                .filter(Objects::nonNull)
                .mapToDouble(Floor::lineRoundTripNs)
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
        return Factors.RTT.equals(cell.factors().pattern()) ? 2 : 1;
    }
}
