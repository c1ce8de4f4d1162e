package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.BYTES_PER_S;
import static io.sluice.compare.export.Metric.CPUS_BUSY;
import static io.sluice.compare.export.Metric.CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.MESSAGES_PER_S;
import static io.sluice.compare.export.Units.bytes;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.StreamPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Messages a second, by mechanism and size. What is compared sends as many messages a call: the
 * batch is part of each name.
 */
record Throughput(ReportModel model) {
    private static final Takeaway MOST =
            new Takeaway("Most messages a second", "Fewest", MESSAGES_PER_S);

    private List<Row> rows() {
        return model.rows(Pattern.STREAM);
    }

    Section screen() {
        Section section = new Section("stream", "Throughput by size");
        if (rows().isEmpty()) {
            return section.note("No streams were measured.");
        }
        List<RowChart.Mark> marks = rows().stream().map(row -> row.mark(MESSAGES_PER_S)).toList();
        RowChart chart = RowChart.spread("throughput", "", MESSAGES_PER_S, marks);
        String sizes = model.sizes(Pattern.STREAM).size() > 1 ? "stream.sizes" : "stream.size";
        String caption = Text.of("stream.caption", Text.of(sizes), Series.MARKS);
        String takeaway = Text.join(MOST.of(rows()), crossovers());
        return section.text(likeWithLike())
                .figure(chart.figure(takeaway, caption, table(), model.scope()));
    }

    private DataTable table() {
        return Row.tableBySize()
                .interval("messages/s", ReportModel.nameOfInterval(rows()), MESSAGES_PER_S)
                .values(BYTES_PER_S, CPU_NS_PER_MESSAGE, CPUS_BUSY)
                .of("Throughput", rows());
    }

    /**
     * Returns the fastest of the kernel and of shared memory that pass as many messages a call, for
     * each size; where there is no such pair, says that there is none.
     */
    String likeWithLike() {
        List<String> pairs = new ArrayList<>();
        boolean unlike = false;
        for (int size : model.sizes(Pattern.STREAM)) {
            List<StreamPair> own = StreamPair.of(model.results, size);
            own.forEach(pair -> pairs.add(words(size, pair)));
            unlike |= own.isEmpty() && model.rows(Pattern.STREAM, size).size() > 1;
        }
        return Text.join(
                Text.when(!pairs.isEmpty(), "stream.pairs", String.join("; ", pairs)),
                Text.when(unlike, "stream.unlike", pairs.isEmpty() ? "" : " of the other sizes"));
    }

    private String words(int size, StreamPair pair) {
        return Stream.of(pair.kernel(), pair.ring())
                .map(model::row)
                .map(row -> row.series().mechanism() + " " + row.text(MESSAGES_PER_S))
                .collect(joining(", ", bytes(size) + ", " + pair.batches() + ": ", ""));
    }

    /** Names the two sizes between which, by the intervals, the better mechanism changes. */
    private String crossovers() {
        List<Integer> sizes =
                model.sizes(Pattern.STREAM).stream().filter(s -> shared(s).isPresent()).toList();
        String found =
                rows().stream()
                        .filter(row -> Series.isKernel(row.factors()))
                        .map(Row::series)
                        .distinct()
                        .flatMap(kernel -> crossovers(kernel, sizes))
                        .collect(joining("; "));
        return found.isEmpty()
                ? Text.when(sizes.size() > 1, "stream.same")
                : Text.of("stream.crossovers", found);
    }

    private Stream<String> crossovers(Series kernel, List<Integer> sizes) {
        List<Integer> clear = sizes.stream().filter(size -> better(kernel, size) != 0).toList();
        return IntStream.range(1, clear.size())
                .filter(i -> better(kernel, clear.get(i)) != better(kernel, clear.get(i - 1)))
                .mapToObj(i -> crossover(kernel, clear.get(i - 1), clear.get(i)));
    }

    private String crossover(Series kernel, int from, int to) {
        String key = "stream.overtakes." + better(kernel, to);
        return Text.of(key, kernel.name(), bytes(from), bytes(to));
    }

    private Optional<Row> shared(int size) {
        return model.row("sluice", Factors.SPIN, Pattern.STREAM, size);
    }

    /** Returns 1 if the kernel is clearly the better one, -1 if shared memory is, or else 0. */
    private int better(Series kernel, int size) {
        Estimate ratio =
                model.rows(Pattern.STREAM, size).stream()
                        .filter(row -> row.series().equals(kernel))
                        .findFirst()
                        .map(row -> model.ratio(row, shared(size).orElseThrow(), MESSAGES_PER_S))
                        .orElse(Estimate.NONE);
        return ratio.above(1 + Verdict.NOISE) ? 1 : ratio.below(1 - Verdict.NOISE) ? -1 : 0;
    }
}
