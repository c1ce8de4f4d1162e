package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.MESSAGES_PER_S;
import static io.sluice.compare.export.Metric.RECEIVER_CPUS;
import static io.sluice.compare.export.Units.bytes;
import static io.sluice.compare.export.Units.perSecond;
import static io.sluice.compare.export.Units.value;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Metric;
import io.sluice.compare.export.Units;
import io.sluice.compare.report.FixedRate.Load;
import io.sluice.compare.report.FixedRate.Reading;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import java.util.Comparator;
import java.util.List;
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

    private static final int NAMED = 2;

    /** What may be chosen, the number that decides, and what is told of it. */
    private record Choice(String name, Estimate number, String words) {}

    Section screen() {
        Section section = new Section("choose", "Which one to use");
        DataTable table =
                new DataTable(
                        Text.of("choose.table"),
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
                .note(Text.join(Text.of("choose.rules", Units.times(CHEAP)), unusual));
    }

    private void paced(DataTable table, Load load, List<Reading> readings) {
        List<Reading> all = readings.stream().filter(r -> r.time().isKnown()).toList();
        if (!all.isEmpty()) {
            double least = all.stream().mapToDouble(r -> r.receiver().value()).min().getAsDouble();
            Stream<Reading> cheap = all.stream().filter(r -> r.receiver().value() <= CHEAP * least);
            table.row(
                    from(load) + perSecond(load.rate()) + " a second",
                    bytes(load.size()),
                    best(all.stream().map(Decisions::quick), true),
                    best(cheap.map(Decisions::quick), true));
        }
    }

    /** Returns "1,000 to ", where that is the next lower rate of the size. */
    private String from(Load load) {
        return fixedRate.loads().keySet().stream()
                .filter(other -> other.size() == load.size() && other.rate() < load.rate())
                .reduce((lower, higher) -> higher)
                .map(lower -> perSecond(lower.rate()) + " to ")
                .orElse("up to ");
    }

    private void saturated(DataTable table, int size) {
        List<Row> all =
                model.rows(Pattern.STREAM, size).stream()
                        .filter(row -> row.isAt(model.mainPlacement))
                        .filter(row -> row.get(MESSAGES_PER_S).isKnown())
                        .toList();
        if (!all.isEmpty()) {
            table.row(
                    "as many as possible",
                    bytes(size),
                    best(all.stream().map(Decisions::fast), false),
                    best(all.stream().map(Decisions::cheap), true));
        }
    }

    private static Choice quick(Reading reading) {
        String cpus = ", " + reading.text(RECEIVER_CPUS) + " CPUs";
        return new Choice(
                reading.name(), reading.time(), value(reading.time(), Units::time) + cpus);
    }

    private static Choice fast(Row row) {
        return choice(row, MESSAGES_PER_S, "");
    }

    private static Choice cheap(Row row) {
        return choice(row, CPU_NS_PER_MESSAGE, " of CPU a message");
    }

    private static Choice choice(Row row, Metric number, String what) {
        return new Choice(row.name(), row.get(number), row.text(number) + what);
    }

    /** Returns the best, its numbers, and those that may be as good. */
    private static String best(Stream<Choice> choices, boolean lowest) {
        Comparator<Choice> low = Comparator.comparingDouble(choice -> choice.number.value());
        List<Choice> sorted =
                choices.filter(choice -> choice.number.isKnown())
                        .sorted(lowest ? low : low.reversed())
                        .toList();
        if (sorted.isEmpty()) {
            return Units.DASH;
        }
        Choice first = sorted.getFirst();
        return sorted.stream()
                .skip(1)
                .filter(choice -> Takeaway.overlap(first.number, choice.number))
                .limit(NAMED)
                .map(choice -> "; or " + choice.name)
                .collect(joining("", first.name + " (" + first.words + ")", ""));
    }
}
