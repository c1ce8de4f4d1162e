package io.sluice.compare.export;

import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Results;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** Raw histograms, for HdrHistogram's own tools. */
final class Histograms {
    private static final double NS_PER_US = 1000;

    private static final Map<String, Function<Fork, String>> KINDS = new LinkedHashMap<>();

    static {
        KINDS.put("", Fork::hdr);
        KINDS.put("/service", Fork::service);
        KINDS.put("/response", Fork::response);
    }

    private Histograms() {}

    /** Writes all forks of a measurement together, as HdrHistogram's plotter reads them. */
    static void distributions(Results results, PrintStream out) {
        for (Measurement measurement : results.measurements()) {
            KINDS.forEach(
                    (kind, text) -> {
                        Histogram all = new Histogram(3);
                        measurement.forks().stream()
                                .map(text)
                                .filter(hdr -> hdr != null)
                                .forEach(hdr -> all.add(Hdr.decode(hdr)));
                        if (all.getTotalCount() > 0) {
                            out.println(
                                    "#["
                                            + measurement.id()
                                            + kind
                                            + ", microseconds, "
                                            + measurement.forks().size()
                                            + " forks together]");
                            all.outputPercentileDistribution(out, 5, NS_PER_US);
                            out.println();
                        }
                    });
        }
    }

    /**
     * Writes one line per fork; the tag is the measurement's id, the time is the fork's position in
     * the run.
     */
    static void log(Results results, PrintStream out) {
        HistogramLogWriter log = new HistogramLogWriter(out);
        log.outputComment("[shm-compare, nanoseconds, tag: measurement]");
        log.outputLogFormatVersion();
        log.outputLegend();
        double second = 0;
        for (Measurement measurement : results.measurements()) {
            for (Fork fork : measurement.forks()) {
                double length = fork.durationNs() / 1e9;
                for (Map.Entry<String, Function<Fork, String>> kind : KINDS.entrySet()) {
                    String hdr = kind.getValue().apply(fork);
                    if (hdr != null) {
                        Histogram histogram = Hdr.decode(hdr);
                        histogram.setTag(tag(measurement.id() + kind.getKey()));
                        log.outputIntervalHistogram(second, second + length, histogram, 1);
                    }
                }
                second += length;
            }
        }
    }

    /** Returns the id as a tag, which may contain neither commas nor white space. */
    private static String tag(String id) {
        return id.replaceAll("[,\\s]", "_");
    }
}
