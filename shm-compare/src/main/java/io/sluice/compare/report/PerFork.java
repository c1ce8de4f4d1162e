package io.sluice.compare.report;

import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Percentiles;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** One number for each launch of a cell, of what only some patterns and machines measure. */
final class PerFork {
    private PerFork() {}

    /**
     * Returns a percentile of one of the histograms; NaN where it is absent or has too few samples.
     */
    static double[] percentile(
            Measurement measurement, Function<Fork, String> histogram, double percentile) {
        return each(
                measurement,
                fork ->
                        histogram.apply(fork) == null
                                ? Double.NaN
                                : Percentiles.at(Hdr.decode(histogram.apply(fork)), percentile));
    }

    /** Returns one of the numbers of a pattern; NaN where it is absent. */
    static double[] number(Measurement measurement, String name) {
        return each(measurement, fork -> fork.numbers().getOrDefault(name, Double.NaN));
    }

    /**
     * Returns the CPU time of all but the ends, for each message in one direction; NaN if not
     * measured.
     */
    static double[] otherCpu(Measurement measurement) {
        int hops = measurement.factors().pattern() == Pattern.RTT ? 2 : 1;
        return each(
                measurement,
                fork ->
                        fork.system() == null
                                        || fork.system().otherCpuNs() == null
                                        || fork.system().wallNs() <= 0
                                ? Double.NaN
                                : (double) fork.system().otherCpuNs()
                                        / fork.system().wallNs()
                                        * fork.durationNs()
                                        / (hops * fork.messages()));
    }

    private static double[] each(Measurement measurement, ToDoubleFunction<Fork> number) {
        return measurement.launches().stream().mapToDouble(number).toArray();
    }
}
