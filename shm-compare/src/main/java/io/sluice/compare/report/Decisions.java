package io.sluice.compare.report;

import static io.sluice.compare.report.Units.bytes;
import static io.sluice.compare.report.Units.perSecond;
import static io.sluice.compare.report.Units.value;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Summary;
import java.util.Comparator;
import java.util.List;
import java.util.function.DoubleFunction;
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
        for (int size : fixedRate.sizes()) {
            double below = 0;
            for (double rate : fixedRate.rates(size)) {
                paced(table, size, below, rate);
                below = rate;
            }
        }
        model.sizes(Pattern.STREAM).forEach(size -> saturated(table, size));
        if (table.isEmpty()) {
            return section.note(Text.of("choose.none"));
        }
        return section.table(table)
                .note(
                        Text.join(
                                Text.of("choose.rules", Units.times(CHEAP)),
                                Text.when(fixedRate.readings().isEmpty(), "choose.no-rate")));
    }

    private void paced(DataTable table, int size, double below, double rate) {
        List<FixedRate.Reading> all =
                fixedRate.at(size, rate).stream().filter(r -> r.time().isKnown()).toList();
        if (all.isEmpty()) {
            return;
        }
        double least = all.stream().mapToDouble(r -> r.receiver().value()).min().orElseThrow();
        String from = below == 0 ? "up to " : perSecond(below) + " to ";
        table.row(
                from + perSecond(rate) + " a second",
                bytes(size),
                best(all.stream().map(Decisions::choice), true),
                best(
                        all.stream()
                                .filter(r -> r.receiver().value() <= CHEAP * least)
                                .map(Decisions::choice),
                        true));
    }

    private static Choice choice(FixedRate.Reading reading) {
        String time = value(reading.time(), Units::time);
        String cpus = value(reading.receiver(), Units::hundredths);
        return new Choice(reading.row().name(), reading.time(), time + ", " + cpus + " CPUs");
    }

    private void saturated(DataTable table, int size) {
        List<Row> all =
                model.rows(Pattern.STREAM, size).stream()
                        .filter(row -> row.isAt(model.mainPlacement()))
                        .filter(row -> row.summary().messagesPerSecond().isKnown())
                        .toList();
        if (!all.isEmpty()) {
            table.row(
                    "as many as possible",
                    bytes(size),
                    best(choices(all, s -> s.messagesPerSecond(), Units::rate, ""), false),
                    best(choices(all, s -> s.cpuNs(), Units::time, " of CPU a message"), true));
        }
    }

    private static Stream<Choice> choices(
            List<Row> rows,
            Function<Summary, Estimate> number,
            DoubleFunction<String> unit,
            String what) {
        return rows.stream()
                .map(
                        row -> {
                            Estimate estimate = number.apply(row.summary());
                            return new Choice(row.name(), estimate, value(estimate, unit) + what);
                        });
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
