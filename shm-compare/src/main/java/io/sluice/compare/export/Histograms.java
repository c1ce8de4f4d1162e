package io.sluice.compare.export;

import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Results;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/** Raw histograms, for HdrHistogram's own tools. */
final class Histograms {
    private static final double NS_PER_US = 1000;

    private static final List<Kind> KINDS =
            List.of(
                    new Kind("", Fork::hdr),
                    new Kind("/service", Fork::service),
                    new Kind("/response", Fork::response));

    private record Kind(String suffix, Function<Fork, String> hdr) {
        Stream<Histogram> of(Fork fork) {
            return Stream.ofNullable(hdr.apply(fork)).map(Hdr::decode);
        }
    }

    private Histograms() {}

    /** Writes all forks of a measurement together, as HdrHistogram's plotter reads them. */
    static void distributions(Results results, PrintStream out) {
        for (Measurement measurement : results.measurements()) {
            for (Kind kind : KINDS) {
                Histogram all = new Histogram(3);
                measurement.forks().stream().flatMap(kind::of).forEach(all::add);
                if (all.getTotalCount() > 0) {
                    out.printf(
                            "#[%s%s, microseconds, %s forks together]%n",
                            measurement.id(), kind.suffix, measurement.forks().size());
                    all.outputPercentileDistribution(out, 5, NS_PER_US);
                    out.println();
                }
            }
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
                double end = second + fork.durationNs() / 1e9;
                for (Kind kind : KINDS) {
                    for (Histogram histogram : kind.of(fork).toList()) {
                        histogram.setTag(tag(measurement.id() + kind.suffix));
                        log.outputIntervalHistogram(second, end, histogram, 1);
                    }
                }
                second = end;
            }
        }
    }

    /** Returns the id as a tag, which may contain neither commas nor white space. */
    private static String tag(String id) {
        return id.replaceAll("[,\\s]", "_");
    }
}
