package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.MESSAGES_PER_S;
import static io.sluice.compare.export.Metric.RECEIVER_CPUS;
import static io.sluice.compare.export.Units.bytes;
import static io.sluice.compare.export.Units.perSecond;
import static java.util.Comparator.comparingDouble;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Metric;
import io.sluice.compare.export.Metric.MetricValues;
import io.sluice.compare.export.Units;
import io.sluice.compare.report.FixedRate.Load;
import io.sluice.compare.report.FixedRate.Reading;
import io.sluice.compare.result.Pattern;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What to use: message rate, CPUs to spare and size lead to a mechanism, by rules that the page
 * states. From numbers at a fixed rate where there are any; only the last lines are of streams.
 */
record Decisions(ReportModel model, FixedRate fixedRate) {
    /**
     * Those that use up to this much more CPU than the least are as good; the quickest is taken.
     */
    private static final double CHEAP = 1.5;

    /** So many that may be as good as the best are named; others are counted. */
    private static final int NAMED = 2;

    Section screen() {
        Section section = new Section("choose", "Which one to use");
        DataTable table =
                new DataTable(
                        Text.of("choose.table", model.scope()),
                        "Messages",
                        "size",
                        "a CPU to spare for the receiver",
                        "a busy machine, no CPU to spare");
        fixedRate.loads().forEach((load, readings) -> paced(table, load, readings));
        model.sizes(Pattern.STREAM).forEach(size -> saturated(table, size));
        if (table.isEmpty()) {
            return section.note(Text.of("choose.none"));
        }
        String unusual = Text.when(fixedRate.readings().isEmpty(), "choose.no-rate");
        return section.table(table)
                .note(
                        Text.join(
                                Text.of("choose.rules", Units.times(CHEAP), model.interval),
                                unusual));
    }

    private void paced(DataTable table, Load load, List<Reading> readings) {
        List<Reading> all = readings.stream().filter(r -> r.time().isKnown()).toList();
        if (!all.isEmpty()) {
            Reading least =
                    all.stream().min(comparingDouble(r -> r.receiver().value())).orElseThrow();
            Stream<Reading> cheap = all.stream().filter(r -> isCheap(r, least));
            boolean spinning = all.stream().anyMatch(r -> r.row().factors().waiting().usesItsCpu());
            String key = all.getFirst().isRoundTrip() ? "choose.paused" : "choose.rate";
            table.row(
                    Text.of(key, perSecond(load.rate())),
                    bytes(load.size()),
                    best(all.stream(), all.getFirst().times(), Decisions::cpus)
                            + Text.when(!spinning, "choose.none-spins"),
                    best(cheap, all.getFirst().times(), Decisions::cpus));
        }
    }

    /** Tests whether a receiver may use as little as the least, or up to a multiple of it. */
    private static boolean isCheap(Reading reading, Reading least) {
        return reading.receiver().value() <= CHEAP * least.receiver().value()
                || Takeaway.overlap(reading.receiver(), least.receiver());
    }

    private void saturated(DataTable table, int size) {
        List<Row> all =
                model.rows(Pattern.STREAM, size).stream()
                        .filter(row -> row.isAt(model.mainPlacement))
                        .filter(row -> row.get(MESSAGES_PER_S).isKnown())
                        .toList();
        if (!all.isEmpty()) {
            Stream<Row> sleeping =
                    all.stream().filter(row -> !row.factors().waiting().usesItsCpu());
            table.row(
                    "as many as possible",
                    bytes(size),
                    best(all.stream(), MESSAGES_PER_S, row -> ""),
                    best(sleeping, CPU_NS_PER_MESSAGE, row -> " of CPU a message"));
        }
    }

    private static String cpus(Reading reading) {
        String way = Text.of(reading.isRoundTrip() ? "choose.trip" : "choose.way");
        return " " + way + ", " + reading.text(RECEIVER_CPUS) + " CPUs";
    }

    /** Returns the best, its numbers, and those that may be as good. */
    private static <V extends MetricValues> String best(
            Stream<V> choices, Metric number, Function<V, String> words) {
        Comparator<V> low = comparingDouble(each -> each.get(number).value());
        List<V> sorted =
                choices.filter(each -> each.get(number).isKnown())
                        .sorted(number.isHigherBetter() ? low.reversed() : low)
                        .toList();
        if (sorted.isEmpty()) {
            return Units.DASH;
        }
        V first = sorted.getFirst();
        String best = first.name() + " (" + first.text(number) + words.apply(first) + ")";
        List<String> asGood =
                sorted.stream()
                        .skip(1)
                        .filter(each -> Takeaway.overlap(first.get(number), each.get(number)))
                        .map(each -> "; or " + each.name())
                        .toList();
        int others = asGood.size() - NAMED;
        return asGood.stream()
                .limit(NAMED)
                .collect(joining("", best, others > 0 ? "; or " + others + " more" : ""));
    }
}
