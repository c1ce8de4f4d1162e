package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Samples;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What happened while the messages of each measurement were exchanged: interrupts, CPU migrations,
 * the JVM's own work, and what the measurement itself did. For readers that doubt a number.
 */
final class Disturbances {
    /** A one-way time shorter than this multiple of the clocks' possible offset is not reliable. */
    private static final double MIN_OFFSET_RATIO = 20;

    private final ReportModel model;

    Disturbances(ReportModel model) {
        this.model = model;
    }

    Section audit() {
        List<Row> rows = model.rows().stream().filter(Disturbances::hasEnds).toList();
        Section section = new Section("blocks", "What happened inside the blocks");
        return rows.isEmpty()
                ? section
                : section.text(clocks())
                        .note(
                                "CPU time and interrupts are for each message in one direction. The"
                                        + " initiator sends first; the responder replies, or only"
                                        + " receives. Interrupts are those of the whole machine: the"
                                        + " kernel of one CPU wakes another (rescheduling), or makes it"
                                        + " call a function. “Timing added” is by how much reading the"
                                        + " clock for each message made the mean longer. “Warmed up”"
                                        + " counts the forks that came to a steady state before they"
                                        + " were measured. “Clocks apart” is how far the ends’ clocks"
                                        + " may differ, estimated from the quickest way there and"
                                        + " back.")
                        .table(
                                columns()
                                        .text(
                                                "CPU of the initiator",
                                                row -> cpu(row, Fork.INITIATOR))
                                        .text(
                                                "CPU of the responder",
                                                row -> cpu(row, Fork.RESPONDER))
                                        .text(
                                                "wake-up interrupts",
                                                row ->
                                                        median(
                                                                Samples.rescheduleInterrupts(
                                                                        row.measurement()),
                                                                Units::hundredths))
                                        .text(
                                                "call interrupts",
                                                row ->
                                                        median(
                                                                Samples.functionCallInterrupts(
                                                                        row.measurement()),
                                                                Units::hundredths))
                                        .text(
                                                "timing added",
                                                row ->
                                                        median(
                                                                Samples.observerEffect(
                                                                        row.measurement()),
                                                                Units::exactPercent))
                                        .text(
                                                "clocks apart",
                                                row ->
                                                        median(
                                                                Samples.number(
                                                                        row.measurement(),
                                                                        Numbers.CLOCK_OFFSET_NS),
                                                                ns -> Units.time(Math.abs(ns))))
                                        .of(
                                                "What happened inside the blocks: medians over"
                                                        + " forks",
                                                rows))
                        .table(
                                columns()
                                        .text("changed CPU", Disturbances::migrations)
                                        .text(
                                                "collections",
                                                row -> sum(row, EndCounters::collections))
                                        .text(
                                                "compiler",
                                                row ->
                                                        sum(row, EndCounters::compilationMs)
                                                                + "\u00a0ms")
                                        .text("JVM stopped", Disturbances::stopped)
                                        .text("warmed up", Disturbances::steady)
                                        .text("GHz", Disturbances::ghz)
                                        .of(
                                                "What else happened in them: sums over all forks,"
                                                        + " and the range of GHz",
                                                rows));
    }

    private static DataTable.Columns<Row> columns() {
        return Row.tableBySize().text("Pattern", row -> pattern(row.measurement().factors()));
    }

    private static boolean hasEnds(Row row) {
        return row.measurement().forks().stream().anyMatch(fork -> !fork.ends().isEmpty());
    }

    private static String pattern(Factors f) {
        return f.pattern() + (f.ratePerSecond() == null ? "" : " " + Units.rate(f.ratePerSecond()));
    }

    private String cpu(Row row, String side) {
        return median(
                Samples.perMessage(row.measurement(), side, end -> (double) end.cpuNs()),
                Units::time);
    }

    private String median(double[] forks, DoubleFunction<String> unit) {
        return Units.value(model.bootstrap.median(forks), unit);
    }

    private static long sum(Row row, ToLongFunction<EndCounters> counter) {
        return ends(row).stream().mapToLong(counter).sum();
    }

    private static String migrations(Row row) {
        List<Long> known =
                ends(row).stream().map(EndCounters::migrations).filter(n -> n != null).toList();
        return known.isEmpty()
                ? Units.DASH
                : Long.toString(known.stream().mapToLong(Long::longValue).sum());
    }

    private static String stopped(Row row) {
        List<Long> known =
                ends(row).stream().map(EndCounters::safepointNs).filter(n -> n != null).toList();
        return known.isEmpty()
                ? Units.DASH
                : Units.time(known.stream().mapToLong(Long::longValue).sum());
    }

    private static List<EndCounters> ends(Row row) {
        return row.measurement().forks().stream()
                .flatMap(fork -> fork.ends().values().stream())
                .toList();
    }

    /** Returns "3 of 5", of the forks that recorded it. */
    private static String steady(Row row) {
        List<Double> known = numbers(row, Numbers.STEADY);
        return known.isEmpty()
                ? Units.DASH
                : known.stream().filter(n -> n > 0).count() + " of " + known.size();
    }

    private static String ghz(Row row) {
        List<Double> all = new ArrayList<>(numbers(row, Numbers.GHZ_BEFORE));
        all.addAll(numbers(row, Numbers.GHZ_AFTER));
        DoubleSummaryStatistics range =
                all.stream().collect(Collectors.summarizingDouble(Double::doubleValue));
        return all.isEmpty()
                ? Units.DASH
                : String.format(Locale.ROOT, "%.2f to %.2f", range.getMin(), range.getMax());
    }

    private static List<Double> numbers(Row row, String name) {
        return row.measurement().forks().stream()
                .filter(fork -> fork.numbers().containsKey(name))
                .map(fork -> fork.numbers().get(name))
                .toList();
    }

    /**
     * Compares the clocks: one-way times are differences of two, so short ones may be their offset.
     */
    private String clocks() {
        List<String> near =
                model.rows(Pattern.ONEWAY).stream()
                        .filter(this::tooShort)
                        .map(row -> String.valueOf(row.measurement().id()))
                        .toList();
        return near.isEmpty()
                ? ""
                : "Read times one way with care: a median of less than 20 times what the clocks of"
                        + " the ends may be apart is partly theirs: "
                        + String.join(", ", near)
                        + ".";
    }

    private boolean tooShort(Row row) {
        double apart =
                model.bootstrap
                        .median(Samples.number(row.measurement(), Numbers.CLOCK_OFFSET_NS))
                        .value();
        double time = model.bootstrap.median(Samples.service(row.measurement(), 50)).value();
        return time < MIN_OFFSET_RATIO * Math.abs(apart);
    }
}
