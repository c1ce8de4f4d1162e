package io.sluice.compare.report;

import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import io.sluice.compare.stats.StreamPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Messages a second, by mechanism and size. What is compared sends as many messages a call: the
 * batch is part of each name.
 */
final class Throughput {
    private static final Takeaway MOST =
            new Takeaway(
                    "Most messages a second",
                    "Fewest",
                    false,
                    row -> row.summary().messagesPerSecond(),
                    Units::rate);

    private final ReportModel model;
    private final List<Row> rows;

    Throughput(ReportModel model) {
        this.model = model;
        rows = model.rows(Pattern.STREAM);
    }

    Section screen() {
        Section section = new Section("stream", "Throughput by size");
        if (rows.isEmpty()) {
            return section.note("No streams were measured.");
        }
        List<RowChart.Mark> marks =
                rows.stream().map(row -> row.mark(row.summary().messagesPerSecond())).toList();
        RowChart chart =
                RowChart.spread(
                        "throughput",
                        "Messages a second in one direction, as fast as both ends can",
                        "messages a second, logarithmic scale — higher is better",
                        Units::rate,
                        false,
                        marks);
        return section.text(likeWithLike(model).strip())
                .figure(
                        chart.figure(
                                MOST.of(rows) + crossovers(),
                                "The clock stops when the last message was received. “256 a call”"
                                        + " means that a call may carry up to 256 messages; one a call"
                                        + " is what the kernel’s plain interfaces do."
                                        + (marks.stream()
                                                                .map(RowChart.Mark::variant)
                                                                .distinct()
                                                                .count()
                                                        > 1
                                                ? " The larger mark is the larger message."
                                                : " One size was measured: --sizes 64,4096 measures"
                                                        + " two.")
                                        + " "
                                        + Series.MARKS,
                                table(),
                                model.scope()));
    }

    private DataTable table() {
        return Row.tableBySize()
                .interval(
                        "messages/s",
                        ReportModel.nameOfInterval(rows),
                        Units::rate,
                        r -> r.summary().messagesPerSecond())
                .value("payload", Units::bytesPerSecond, r -> r.summary().bytesPerSecond())
                .value("CPU a message", Units::time, r -> r.summary().cpuNs())
                .value("CPUs busy", Units::hundredths, r -> r.summary().cpusBusy())
                .of("Throughput", rows);
    }

    /**
     * Returns the fastest of the kernel and of shared memory that pass as many messages a call, for
     * each size; where there is no such pair, says that there is none.
     */
    static String likeWithLike(ReportModel model) {
        List<String> pairs = new ArrayList<>();
        boolean unlike = false;
        for (int size : model.sizes(Pattern.STREAM)) {
            List<StreamPair> own = StreamPair.of(model.results, size);
            own.forEach(pair -> pairs.add(words(model, size, pair)));
            unlike |= own.isEmpty() && model.rows(Pattern.STREAM, size).size() > 1;
        }
        return Text.join(
                Text.when(!pairs.isEmpty(), "stream.pairs", String.join("; ", pairs)),
                Text.when(unlike, "stream.unlike", pairs.isEmpty() ? "" : " of the other sizes"));
    }

    private static String words(ReportModel model, int size, StreamPair pair) {
        return Stream.of(pair.kernel(), pair.ring())
                .map(measurement -> model.row(measurement).orElseThrow())
                .map(
                        row ->
                                row.series().mechanism()
                                        + " "
                                        + Units.value(
                                                row.summary().messagesPerSecond(), Units::rate))
                .collect(joining(", ", Units.bytes(size) + ", " + pair.batches() + ": ", ""));
    }

    /** Names the two sizes between which, by the intervals, the better mechanism changes. */
    private String crossovers() {
        List<String> found = new ArrayList<>();
        List<Integer> sizes =
                model.sizes(Pattern.STREAM).stream()
                        .filter(size -> shared(size).isPresent())
                        .toList();
        if (sizes.size() < 2) {
            return "";
        }
        List<Series> others =
                rows.stream()
                        .filter(row -> Series.isKernel(row.measurement().factors()))
                        .map(Row::series)
                        .distinct()
                        .toList();
        for (Series other : others) {
            int sign = 0;
            int before = 0;
            for (int size : sizes) {
                int now = better(other, size);
                if (now != 0 && sign != 0 && now != sign) {
                    found.add(
                            (now > 0
                                            ? other.name() + " overtakes shared memory"
                                            : "shared memory overtakes " + other.name())
                                    + " between "
                                    + Units.bytes(before)
                                    + " and "
                                    + Units.bytes(size));
                }
                sign = now != 0 ? now : sign;
                before = now != 0 ? size : before;
            }
        }
        return found.isEmpty()
                ? " No crossover is shown: at no size measured here does the better one of a kernel"
                        + " mechanism and spinning shared memory change."
                : " Crossovers: " + String.join("; ", found) + ".";
    }

    private Optional<Row> shared(int size) {
        return model.row("sluice", Factors.SPIN, Pattern.STREAM, size);
    }

    private int better(Series series, int size) {
        Optional<Measurement> other =
                model.rows(Pattern.STREAM, size).stream()
                        .filter(row -> row.series().equals(series))
                        .map(Row::measurement)
                        .findFirst();
        if (other.isEmpty()) {
            return 0;
        }
        Estimate ratio =
                model.bootstrap.ratio(
                        Samples.messagesPerSecond(other.get()),
                        Samples.messagesPerSecond(shared(size).orElseThrow().measurement()));
        return ratio.above(1 + Verdict.NOISE) ? 1 : ratio.below(1 - Verdict.NOISE) ? -1 : 0;
    }
}
