package io.sluice.compare.report;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Launch;
import io.sluice.compare.stats.Percentiles;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** One number for each launch of a cell, of what only some patterns and machines measure. */
final class PerLaunch {
    private PerLaunch() {}

    /**
     * Returns a percentile of one of the histograms; NaN where it is absent or has too few samples.
     */
    static double[] percentile(Cell cell, Function<Launch, String> histogram, double percentile) {
        return each(
                cell,
                launch ->
                        histogram.apply(launch) == null
                                ? Double.NaN
                                : Percentiles.at(Hdr.decode(histogram.apply(launch)), percentile));
    }

    /** Returns one of the numbers of a pattern; NaN where it is absent. */
    static double[] number(Cell cell, String name) {
        return each(cell, launch -> launch.numbers().getOrDefault(name, Double.NaN));
    }

    /** CPU time of all but the ends, for each message in one direction; NaN if not measured. */
    static double[] bystanders(Cell cell) {
        int hops = Factors.RTT.equals(cell.factors().pattern()) ? 2 : 1;
        return each(
                cell,
                launch ->
                        launch.system() == null
                                        || launch.system().otherCpuNs() == null
                                        || launch.system().wallNs() <= 0
                                ? Double.NaN
                                : (double) launch.system().otherCpuNs()
                                        / launch.system().wallNs()
                                        * launch.durationNs()
                                        / (hops * launch.messages()));
    }

    private static double[] each(Cell cell, ToDoubleFunction<Launch> number) {
        return cell.launches().stream().mapToDouble(number).toArray();
    }
}
