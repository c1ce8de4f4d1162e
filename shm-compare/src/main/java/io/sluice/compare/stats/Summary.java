package io.sluice.compare.stats;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Measurement;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * A measurement's statistics: each the median over its forks, with a 95 % interval. Computed on
 * demand and never stored, so that they cannot disagree with the forks.
 *
 * @param p50 median round trip, ns
 * @param p90 90th percentile, ns
 * @param p99 99th percentile, ns
 * @param p999 99.9th percentile, ns
 * @param p9999 99.99th percentile, ns
 * @param max the largest round trip of a fork, ns
 * @param mean mean round trip, untimed where that was measured, ns
 * @param messagesPerSecond both directions together
 * @param bytesPerSecond payload bytes, both directions together
 * @param cpuNs CPU time for each message, both ends together
 * @param userNs the part outside the kernel
 * @param systemNs the part inside the kernel
 * @param cpusBusy CPUs kept busy by both ends together
 * @param systemCalls system calls for each message, both ends together
 * @param callsByName the same for each system call by name, medians only
 * @param voluntarySwitches how often an end went to sleep, for each message
 * @param involuntarySwitches how often an end was pre-empted, for each message
 * @param floorRatio how many times the round trip of a cache line the median round trip takes
 */
public record Summary(
        Estimate p50,
        Estimate p90,
        Estimate p99,
        Estimate p999,
        Estimate p9999,
        Estimate max,
        Estimate mean,
        Estimate messagesPerSecond,
        Estimate bytesPerSecond,
        Estimate cpuNs,
        Estimate userNs,
        Estimate systemNs,
        Estimate cpusBusy,
        Estimate systemCalls,
        Map<String, Double> callsByName,
        Estimate voluntarySwitches,
        Estimate involuntarySwitches,
        Estimate floorRatio) {

    /**
     * Computes the summary of a measurement.
     *
     * @param lineRoundTrip the round trips of a cache line between the CPUs of this measurement, as
     *     {@link Samples#lineRoundTrip} returns them
     */
    public static Summary of(Measurement measurement, Bootstrap bootstrap, double[] lineRoundTrip) {
        double[] p50 = Samples.percentile(measurement, 50);
        double[] rate = Samples.messagesPerSecond(measurement);
        int size = measurement.factors().size();
        return new Summary(
                bootstrap.median(p50),
                bootstrap.median(Samples.percentile(measurement, 90)),
                bootstrap.median(Samples.percentile(measurement, 99)),
                bootstrap.median(Samples.percentile(measurement, 99.9)),
                bootstrap.median(Samples.percentile(measurement, 99.99)),
                bootstrap.median(Samples.max(measurement)),
                bootstrap.median(Samples.mean(measurement)),
                bootstrap.median(rate),
                bootstrap.of(medians -> medians[0] * size, rate),
                bootstrap.median(Samples.cpuPerMessage(measurement)),
                counted(measurement, bootstrap, EndCounters::userNs),
                counted(measurement, bootstrap, EndCounters::systemNs),
                bootstrap.median(Samples.cpusBusy(measurement)),
                counted(measurement, bootstrap, EndCounters::allCalls),
                callsByName(measurement, bootstrap),
                counted(measurement, bootstrap, EndCounters::voluntarySwitches),
                counted(measurement, bootstrap, EndCounters::involuntarySwitches),
                bootstrap.ratio(p50, lineRoundTrip));
    }

    private static Estimate counted(
            Measurement measurement, Bootstrap bootstrap, ToDoubleFunction<EndCounters> counter) {
        return bootstrap.median(Samples.perMessage(measurement, counter));
    }

    private static Map<String, Double> callsByName(Measurement measurement, Bootstrap bootstrap) {
        Map<String, Double> calls = new TreeMap<>();
        measurement
                .ends()
                .flatMap(end -> end.systemCalls().keySet().stream())
                .forEach(
                        name -> calls.computeIfAbsent(name, n -> calls(measurement, bootstrap, n)));
        return calls;
    }

    private static double calls(Measurement measurement, Bootstrap bootstrap, String name) {
        return counted(measurement, bootstrap, end -> end.systemCalls().getOrDefault(name, 0L))
                .value();
    }
}
