package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.BYTES_PER_S;
import static io.sluice.compare.export.Metric.CPUS_BUSY;
import static io.sluice.compare.export.Metric.CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.MESSAGES_PER_S;
import static io.sluice.compare.export.Units.bytes;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.StreamPair;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
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
                .text("capacity", Row::capacity)
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
        Collection<List<Row>> kernels =
                rows().stream()
                        .filter(row -> Series.isKernel(row.factors()))
                        .filter(row -> model.shared(row).isPresent())
                        .collect(groupingBy(Row::series, LinkedHashMap::new, toList()))
                        .values();
        String found = kernels.stream().flatMap(this::crossovers).collect(joining("; "));
        return found.isEmpty()
                ? Text.when(
                        kernels.stream().anyMatch(sizes -> sizes.size() > 1),
                        "stream.same",
                        model.interval)
                : Text.of("stream.crossovers", found);
    }

    private Stream<String> crossovers(List<Row> sizes) {
        List<Row> clear = sizes.stream().filter(row -> better(row) != 0).toList();
        return IntStream.range(1, clear.size())
                .filter(i -> better(clear.get(i)) != better(clear.get(i - 1)))
                .mapToObj(i -> crossover(clear.get(i - 1), clear.get(i)));
    }

    private String crossover(Row from, Row to) {
        String key = "stream.overtakes." + better(to);
        return Text.of(key, to.name(), bytes(from.size()), bytes(to.size()));
    }

    /** Returns 1 if the kernel is clearly the better one, -1 if shared memory is, or else 0. */
    private int better(Row kernel) {
        Estimate ratio = model.ratio(kernel, model.shared(kernel).orElseThrow(), MESSAGES_PER_S);
        return ratio.above(1 + Verdict.NOISE) ? 1 : ratio.below(1 - Verdict.NOISE) ? -1 : 0;
    }
}
