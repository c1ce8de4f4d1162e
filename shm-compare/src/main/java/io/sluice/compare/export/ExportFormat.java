package io.sluice.compare.export;

import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import java.io.PrintStream;
import java.util.function.BiConsumer;

/** A format that another tool reads. */
public enum ExportFormat {
    /** Comma-separated values (RFC 4180): one line per measurement, all numbers in base units. */
    CSV(Tables::csv),
    /** A table in Markdown, as GitHub reads it. */
    MD(Tables::markdown),
    /** HdrHistogram's percentile distributions, one after the other, in microseconds. */
    HGRM(Histograms::distributions),
    /** HdrHistogram's log: one tagged line per fork. */
    HLOG(Histograms::log),
    /** The JSON of JMH, for its viewers. */
    JMH(JmhJson::write),
    /** The results themselves, as {@code run} writes them. */
    JSON((results, out) -> out.print(ResultsFile.toJson(results)));

    private final BiConsumer<Results, PrintStream> writer;

    ExportFormat(BiConsumer<Results, PrintStream> writer) {
        this.writer = writer;
    }

    /**
     * Writes results.
     *
     * @param results what was measured
     * @param out the stream; not closed
     * @throws IllegalArgumentException if a histogram in the results cannot be decoded
     */
    public void write(Results results, PrintStream out) {
        writer.accept(results, out);
        out.flush();
    }
}
