package io.sluice.compare.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Results;
import io.sluice.compare.stats.Bootstrap;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Usable measurements as JMH's result JSON: the score of a fork is its one iteration. Round trips
 * become avgt, streams thrpt.
 */
final class JmhJson {
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private JmhJson() {}

    static void write(Results results, PrintStream out) {
        List<Map<String, Object>> all = new ArrayList<>();
        long seed = results.run() == null ? 0 : results.run().seed();
        for (Measurement measurement : results.measurements()) {
            if (measurement.usable()) {
                boolean time = measurement.forks().get(0).hdr() != null;
                double[] scores =
                        time
                                ? Samples.percentile(measurement, 50)
                                : Samples.messagesPerSecond(measurement);
                if (Arrays.stream(scores).allMatch(Double::isFinite)) {
                    all.add(benchmark(measurement, results, time, scores, new Bootstrap(seed)));
                }
            }
        }
        try {
            out.println(JSON.writeValueAsString(all));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("these results have no JSON", e);
        }
    }

    private static Map<String, Object> benchmark(
            Measurement measurement,
            Results results,
            boolean time,
            double[] scores,
            Bootstrap bootstrap) {
        Factors f = measurement.factors();
        Map<String, Object> benchmark = new LinkedHashMap<>();
        benchmark.put("jmhVersion", "shm-compare");
        benchmark.put("benchmark", "shmcompare." + f.pattern());
        benchmark.put("mode", time ? "avgt" : "thrpt");
        benchmark.put("threads", f.producers() + f.consumers());
        benchmark.put("forks", scores.length);
        if (results.environment() != null) {
            benchmark.put("jdkVersion", String.valueOf(results.environment().jvmVersion()));
            benchmark.put("vmName", String.valueOf(results.environment().jvm()));
        }
        benchmark.put("warmupIterations", 1);
        benchmark.put("measurementIterations", 1);
        Map<String, String> params = new LinkedHashMap<>();
        params.put("mechanism", String.valueOf(f.mechanism()));
        params.put("wait", String.valueOf(f.waiting()));
        params.put("size", String.valueOf(f.size()));
        params.put("placement", String.valueOf(f.placement()));
        params.put("touch", String.valueOf(f.touch()));
        params.put("batch", String.valueOf(f.batch()));
        benchmark.put("params", params);
        benchmark.put("primaryMetric", metric(time, scores, bootstrap.median(scores)));
        benchmark.put("secondaryMetrics", Map.of());
        return benchmark;
    }

    private static Map<String, Object> metric(boolean time, double[] scores, Estimate median) {
        Map<String, Object> metric = new LinkedHashMap<>();
        double lo = median.hasInterval() ? median.lo() : median.value();
        double hi = median.hasInterval() ? median.hi() : median.value();
        metric.put("score", median.value());
        metric.put("scoreError", Math.max(median.value() - lo, hi - median.value()));
        metric.put("scoreConfidence", List.of(lo, hi));
        double[] sorted = scores.clone();
        Arrays.sort(sorted);
        metric.put(
                "scorePercentiles",
                // In order, so that the same results give the same text.
                new TreeMap<>(
                        Map.of(
                                "0.0",
                                sorted[0],
                                "50.0",
                                median.value(),
                                "100.0",
                                sorted[sorted.length - 1])));
        metric.put("scoreUnit", time ? "ns/op" : "ops/s");
        metric.put("rawData", Arrays.stream(scores).mapToObj(List::of).toList());
        return metric;
    }
}
