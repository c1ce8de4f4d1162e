package io.sluice.compare.report;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Launch;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.stats.Samples;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What happened while the messages of each cell were exchanged: interrupts, CPU migrations, the
 * JVM's own work, and what the measurement itself did. For readers who doubt a number.
 */
final class InsideBlocks {
    /** A one-way time shorter than this multiple of the clocks' possible offset is not reliable. */
    private static final double CLOCKS = 20;

    private final Measured measured;

    InsideBlocks(Measured measured) {
        this.measured = measured;
    }

    String render() {
        Table table =
                new Table(
                        "What happened inside the blocks: medians over launches",
                        "Mechanism",
                        "Message",
                        "Pattern",
                        "CPU of the initiator",
                        "CPU of the responder",
                        "wake-up interrupts",
                        "call interrupts",
                        "timing added",
                        "clocks apart");
        Table java =
                new Table(
                        "What else happened in them: sums over all launches, and the range of GHz",
                        "Mechanism",
                        "Message",
                        "Pattern",
                        "changed CPU",
                        "collections",
                        "compiler",
                        "warmed up",
                        "GHz");
        for (Measured.Row row : measured.rows()) {
            if (hasEnds(row)) {
                ends(table, row);
                java(java, row);
            }
        }
        if (table.isEmpty()) {
            return "";
        }
        String warning = clocks();
        Html html = new Html().open("details", "class", "more");
        html.element("summary", "What happened inside the blocks");
        html.element(
                "p",
                "CPU time and interrupts are for each message in one direction. The initiator sends"
                        + " first; the responder replies, or only receives. Interrupts are those of"
                        + " the whole machine: the kernel of one CPU wakes another (rescheduling), or"
                        + " makes it call a function. “Timing added” is by how much reading the clock"
                        + " for each message made the mean longer. “Warmed up” counts the launches"
                        + " that came to a steady state before they were measured. “Clocks apart” is"
                        + " how far the ends’ clocks may differ, estimated from the quickest way there"
                        + " and back.",
                "class",
                "aside");
        html.raw(table.render()).raw(java.render()).close("details");
        return (warning.isEmpty() ? "" : new Html().element("p", warning).toString())
                + html.toString();
    }

    private static boolean hasEnds(Measured.Row row) {
        return row.cell().launches().stream().anyMatch(launch -> !launch.ends().isEmpty());
    }

    private void ends(Table table, Measured.Row row) {
        table.row(
                row.series().detail(),
                Units.bytes(row.size()),
                pattern(row.cell().factors()),
                cpu(row, Launch.INITIATOR),
                cpu(row, Launch.RESPONDER),
                median(Samples.rescheduleInterrupts(row.cell()), Units::hundredths),
                median(Samples.functionCallInterrupts(row.cell()), Units::hundredths),
                median(Samples.observerEffect(row.cell()), Units::exactPercent),
                median(Samples.number(row.cell(), Numbers.CLOCK_OFFSET_NS), InsideBlocks::offset));
    }

    private static void java(Table table, Measured.Row row) {
        table.row(
                row.series().detail(),
                Units.bytes(row.size()),
                pattern(row.cell().factors()),
                migrations(row),
                Long.toString(sum(row, EndCounters::collections)),
                sum(row, EndCounters::compilationMs) + "\u00a0ms",
                steady(row),
                ghz(row));
    }

    private static String pattern(Factors f) {
        return f.pattern() + (f.ratePerSecond() == null ? "" : " " + Units.rate(f.ratePerSecond()));
    }

    private String cpu(Measured.Row row, String side) {
        return median(
                Samples.perMessage(row.cell(), side, end -> (double) end.cpuNs()), Units::time);
    }

    private String median(double[] launches, DoubleFunction<String> unit) {
        return Units.value(measured.bootstrap.median(launches), unit);
    }

    private static String offset(double ns) {
        return Units.time(Math.abs(ns));
    }

    private static long sum(Measured.Row row, ToLongFunction<EndCounters> counter) {
        return ends(row).stream().mapToLong(counter).sum();
    }

    private static String migrations(Measured.Row row) {
        List<Long> known =
                ends(row).stream().map(EndCounters::migrations).filter(n -> n != null).toList();
        return known.isEmpty()
                ? Units.DASH
                : Long.toString(known.stream().mapToLong(Long::longValue).sum());
    }

    private static List<EndCounters> ends(Measured.Row row) {
        return row.cell().launches().stream()
                .flatMap(launch -> launch.ends().values().stream())
                .toList();
    }

    /** "3 of 5", of the launches that recorded it. */
    private static String steady(Measured.Row row) {
        List<Double> known = numbers(row, Numbers.STEADY);
        return known.isEmpty()
                ? Units.DASH
                : known.stream().filter(n -> n > 0).count() + " of " + known.size();
    }

    private static String ghz(Measured.Row row) {
        List<Double> all = new ArrayList<>(numbers(row, Numbers.GHZ_BEFORE));
        all.addAll(numbers(row, Numbers.GHZ_AFTER));
        DoubleSummaryStatistics range =
                all.stream().collect(Collectors.summarizingDouble(Double::doubleValue));
        return all.isEmpty()
                ? Units.DASH
                : String.format(Locale.ROOT, "%.2f to %.2f", range.getMin(), range.getMax());
    }

    private static List<Double> numbers(Measured.Row row, String name) {
        return row.cell().launches().stream()
                .filter(launch -> launch.numbers().containsKey(name))
                .map(launch -> launch.numbers().get(name))
                .toList();
    }

    /** One-way times are differences of two clocks: short ones may be the clocks' offset. */
    private String clocks() {
        List<String> near =
                measured.rows(Factors.ONEWAY).stream()
                        .filter(this::tooShort)
                        .map(row -> String.valueOf(row.cell().id()))
                        .toList();
        return near.isEmpty()
                ? ""
                : "Read times one way with care: a median of less than 20 times what the clocks of"
                        + " the ends may be apart is partly theirs: "
                        + String.join(", ", near)
                        + ".";
    }

    private boolean tooShort(Measured.Row row) {
        double apart =
                measured.bootstrap
                        .median(Samples.number(row.cell(), Numbers.CLOCK_OFFSET_NS))
                        .value();
        double time = measured.bootstrap.median(Samples.service(row.cell(), 50)).value();
        return time < CLOCKS * Math.abs(apart);
    }
}
