package io.sluice.compare.report;

import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

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
        List<Row> rows = model.rows().stream().filter(Row::hasEnds).toList();
        Section section = new Section("blocks", "What happened inside the blocks");
        return rows.isEmpty()
                ? section
                : section.text(clocks())
                        .note(Text.of("blocks.how"))
                        .table(medians().of(Text.of("blocks.medians"), rows))
                        .table(sums().of(Text.of("blocks.sums"), rows));
    }

    private static DataTable.Columns<Row> medians() {
        return columns()
                .text("CPU of the initiator", Units::time, cpu(Fork.INITIATOR))
                .text("CPU of the responder", Units::time, cpu(Fork.RESPONDER))
                .text(
                        "wake-up interrupts",
                        Units::hundredths,
                        row -> row.median(Samples::rescheduleInterrupts))
                .text(
                        "call interrupts",
                        Units::hundredths,
                        row -> row.median(Samples::functionCallInterrupts))
                .text(
                        "timing added",
                        Units::exactPercent,
                        row -> row.median(Samples::observerEffect))
                .text(
                        "clocks apart",
                        ns -> Units.time(Math.abs(ns)),
                        row -> row.number(Numbers.CLOCK_OFFSET_NS));
    }

    private static DataTable.Columns<Row> sums() {
        return columns()
                .text("changed CPU", row -> known(row, EndCounters::migrations, Units::whole))
                .text("collections", row -> sum(row, EndCounters::collections))
                .text("compiler", row -> sum(row, EndCounters::compilationMs) + "\u00a0ms")
                .text("JVM stopped", row -> known(row, EndCounters::safepointNs, Units::time))
                .text("warmed up", Disturbances::steady)
                .text("GHz", Disturbances::ghz);
    }

    private static DataTable.Columns<Row> columns() {
        return Row.tableBySize().text("Pattern", row -> pattern(row.factors()));
    }

    private static String pattern(Factors f) {
        return f.pattern() + (f.ratePerSecond() == null ? "" : " " + Units.rate(f.ratePerSecond()));
    }

    private static Function<Row, Estimate> cpu(String side) {
        return row -> row.median(m -> Samples.perMessage(m, side, EndCounters::cpuNs));
    }

    private static long sum(Row row, ToLongFunction<EndCounters> counter) {
        return ends(row).mapToLong(counter).sum();
    }

    private static String known(
            Row row, Function<EndCounters, Long> counter, DoubleFunction<String> unit) {
        List<Long> known = ends(row).map(counter).filter(Objects::nonNull).toList();
        return known.isEmpty()
                ? Units.DASH
                : unit.apply(known.stream().mapToLong(Long::longValue).sum());
    }

    private static Stream<EndCounters> ends(Row row) {
        return row.measurement().forks().stream().flatMap(fork -> fork.ends().values().stream());
    }

    /** Returns "3 of 5", of the forks that recorded it. */
    private static String steady(Row row) {
        double[] known = numbers(row, Numbers.STEADY).toArray();
        long steady = DoubleStream.of(known).filter(n -> n > 0).count();
        return known.length == 0 ? Units.DASH : steady + " of " + known.length;
    }

    private static String ghz(Row row) {
        var range =
                DoubleStream.concat(
                                numbers(row, Numbers.GHZ_BEFORE), numbers(row, Numbers.GHZ_AFTER))
                        .summaryStatistics();
        return range.getCount() == 0
                ? Units.DASH
                : String.format(Locale.ROOT, "%.2f to %.2f", range.getMin(), range.getMax());
    }

    private static DoubleStream numbers(Row row, String name) {
        return row.measurement().forks().stream()
                .filter(fork -> fork.numbers().containsKey(name))
                .mapToDouble(fork -> fork.numbers().get(name));
    }

    /**
     * Compares the clocks: one-way times are differences of two, so short ones may be their offset.
     */
    private String clocks() {
        String near =
                model.rows(Pattern.ONEWAY).stream()
                        .filter(Disturbances::tooShort)
                        .map(row -> String.valueOf(row.measurement().id()))
                        .collect(joining(", "));
        return Text.when(!near.isEmpty(), "blocks.clocks", near);
    }

    private static boolean tooShort(Row row) {
        double apart = row.number(Numbers.CLOCK_OFFSET_NS).value();
        double time = row.median(m -> Samples.service(m, 50)).value();
        return time < MIN_OFFSET_RATIO * Math.abs(apart);
    }
}
