package io.sluice.compare.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Results;
import io.sluice.compare.stats.Bootstrap;
import io.sluice.compare.stats.Estimate;
import java.io.PrintStream;
import java.util.stream.DoubleStream;

/**
 * Usable measurements as JMH's result JSON: the score of a fork is its one iteration. Round trips
 * become avgt, streams thrpt.
 */
final class JmhJson {
    private JmhJson() {}

    static void write(Results results, PrintStream out) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (Measurement measurement : results.measurements()) {
            if (measurement.usable()) {
                boolean time = measurement.forks().getFirst().hdr() != null;
                Metric metric = time ? Metric.P50_NS : Metric.MESSAGES_PER_S;
                double[] scores = metric.samples(measurement);
                if (DoubleStream.of(scores).allMatch(Double::isFinite)) {
                    ObjectNode benchmark = all.addObject();
                    describe(benchmark, measurement, time, results.environment());
                    score(benchmark.putObject("primaryMetric"), scores, time);
                    benchmark.putObject("secondaryMetrics");
                }
            }
        }
        out.println(all.toPrettyString());
    }

    private static void describe(
            ObjectNode benchmark, Measurement measurement, boolean time, Environment e) {
        Factors f = measurement.factors();
        benchmark
                .put("jmhVersion", "shm-compare")
                .put("benchmark", "shmcompare." + f.pattern())
                .put("mode", time ? "avgt" : "thrpt")
                .put("threads", f.producers() + f.consumers())
                .put("forks", measurement.forks().size());
        if (e != null) {
            benchmark
                    .put("jdkVersion", String.valueOf(e.jvmVersion()))
                    .put("vmName", String.valueOf(e.jvm()));
        }
        benchmark.put("warmupIterations", 1).put("measurementIterations", 1);
        benchmark
                .putObject("params")
                .put("mechanism", String.valueOf(f.mechanism()))
                .put("wait", String.valueOf(f.waiting()))
                .put("size", String.valueOf(f.size()))
                .put("placement", String.valueOf(f.placement()))
                .put("touch", String.valueOf(f.touch()))
                .put("batch", String.valueOf(f.batch()));
    }

    private static void score(ObjectNode metric, double[] scores, boolean time) {
        Estimate median = new Bootstrap(0).median(scores);
        double score = median.value();
        double lo = median.hasInterval() ? median.lo() : score;
        double hi = median.hasInterval() ? median.hi() : score;
        var range = DoubleStream.of(scores).summaryStatistics();
        metric.put("score", score).put("scoreError", Math.max(score - lo, hi - score));
        metric.putArray("scoreConfidence").add(lo).add(hi);
        metric.putObject("scorePercentiles")
                .put("0.0", range.getMin())
                .put("100.0", range.getMax())
                .put("50.0", score);
        metric.put("scoreUnit", time ? "ns/op" : "ops/s");
        ArrayNode raw = metric.putArray("rawData");
        DoubleStream.of(scores).forEach(each -> raw.addArray().add(each));
    }
}
