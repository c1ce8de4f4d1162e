package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What to use: message rate, CPUs to spare and size lead to a mechanism, by rules that the page
 * states. From numbers at a fixed rate where there are any; only the last lines are of streams.
 */
final class Decisions {
    /**
     * Those that use up to this much more CPU than the least are as good; the quickest is taken.
     */
    private static final double CHEAP = 1.5;

    private static final int NAMED = 2;

    private final ReportModel model;
    private final FixedRate fixedRate;

    Decisions(ReportModel model, FixedRate fixedRate) {
        this.model = model;
        this.fixedRate = fixedRate;
    }

    Section screen() {
        Section section = new Section("choose", "Which one to use");
        DataTable table =
                new DataTable(
                        "By message rate, CPUs and size; the CPU in parentheses is what the"
                                + " receiver keeps busy",
                        "Messages",
                        "size",
                        "a CPU to spare for the receiver",
                        "a busy machine, no CPU to spare");
        fixedRate.readings().stream()
                .map(FixedRate.Reading::size)
                .distinct()
                .forEach(
                        size -> {
                            double below = 0;
                            for (double rate : fixedRate.rates(size)) {
                                paced(table, size, below, rate);
                                below = rate;
                            }
                        });
        List<Row> streams =
                model.rows(Pattern.STREAM).stream()
                        .filter(
                                row ->
                                        Objects.equals(
                                                row.measurement().factors().placement(),
                                                model.mainPlacement()))
                        .toList();
        streams.stream().map(Row::size).distinct().forEach(size -> saturated(table, streams, size));
        if (table.isEmpty()) {
            return section.note(
                    "Neither streams nor messages at a fixed rate were measured: there is nothing"
                            + " to choose from.");
        }
        return section.table(table)
                .note(
                        "With a CPU to spare: the shortest median time. On a busy machine: of those"
                                + " whose receiver uses at most "
                                + Units.times(CHEAP)
                                + " times the least CPU, the quickest. For as many messages as"
                                + " possible: the most a second, and on a busy machine the least"
                                + " CPU a message. Mechanisms whose intervals overlap with the"
                                + " first are named after “or”."
                                + (fixedRate.readings().isEmpty()
                                        ? " No message was sent at a fixed rate in this run, so it"
                                                + " says nothing about the usual case."
                                        : ""));
    }

    private void paced(DataTable table, int size, double below, double rate) {
        List<FixedRate.Reading> all =
                fixedRate.at(size, rate).stream().filter(r -> r.time().isKnown()).toList();
        if (all.isEmpty()) {
            return;
        }
        double least = all.stream().mapToDouble(r -> r.receiver().value()).min().orElseThrow();
        List<FixedRate.Reading> cheap =
                all.stream().filter(r -> r.receiver().value() <= CHEAP * least).toList();
        table.row(
                (below == 0 ? "up to " : Units.perSecond(below) + " to ")
                        + Units.perSecond(rate)
                        + " a second",
                Units.bytes(size),
                best(all, FixedRate.Reading::time, true, r -> r.row().name(), this::paced),
                best(cheap, FixedRate.Reading::time, true, r -> r.row().name(), this::paced));
    }

    private String paced(FixedRate.Reading reading) {
        return Units.value(reading.time(), Units::time)
                + ", "
                + Units.value(reading.receiver(), Units::hundredths)
                + " CPUs";
    }

    private void saturated(DataTable table, List<Row> streams, int size) {
        List<Row> all =
                streams.stream()
                        .filter(r -> r.size() == size && r.summary().messagesPerSecond().isKnown())
                        .toList();
        if (!all.isEmpty()) {
            table.row(
                    "as many as possible",
                    Units.bytes(size),
                    best(
                            all,
                            r -> r.summary().messagesPerSecond(),
                            false,
                            Row::name,
                            r -> value(r.summary().messagesPerSecond(), Units::rate)),
                    best(
                            all.stream().filter(r -> r.summary().cpuNs().isKnown()).toList(),
                            r -> r.summary().cpuNs(),
                            true,
                            Row::name,
                            r -> value(r.summary().cpuNs(), Units::time) + " of CPU a message"));
        }
    }

    private static String value(Estimate estimate, DoubleFunction<String> unit) {
        return Units.value(estimate, unit);
    }

    /** Returns the best, its numbers, and those that may be as good. */
    private static <R> String best(
            List<R> all,
            Function<R, Estimate> number,
            boolean lowest,
            Function<R, String> name,
            Function<R, String> words) {
        List<R> sorted =
                all.stream()
                        .sorted(
                                Comparator.comparingDouble(
                                        r -> (lowest ? 1 : -1) * number.apply(r).value()))
                        .toList();
        if (sorted.isEmpty()) {
            return Units.DASH;
        }
        R first = sorted.get(0);
        List<String> equal = new ArrayList<>();
        sorted.stream()
                .skip(1)
                .filter(r -> Takeaway.overlap(number.apply(first), number.apply(r)))
                .limit(NAMED)
                .forEach(r -> equal.add(name.apply(r)));
        return name.apply(first)
                + " ("
                + words.apply(first)
                + ")"
                + equal.stream().map(other -> "; or " + other).collect(Collectors.joining());
    }
}
