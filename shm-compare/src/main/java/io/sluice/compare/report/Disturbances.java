package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.CALL_INTERRUPTS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.CLOCK_OFFSET_NS;
import static io.sluice.compare.export.Metric.INITIATOR_CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.OBSERVER_EFFECT;
import static io.sluice.compare.export.Metric.RESPONDER_CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.SERVICE_P50_NS;
import static io.sluice.compare.export.Metric.WAKE_UP_INTERRUPTS_PER_MESSAGE;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
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
record Disturbances(ReportModel model) {
    /** A one-way time shorter than this multiple of the clocks' possible offset is not reliable. */
    private static final double MIN_OFFSET_RATIO = 20;

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
                .texts(
                        INITIATOR_CPU_NS_PER_MESSAGE,
                        RESPONDER_CPU_NS_PER_MESSAGE,
                        WAKE_UP_INTERRUPTS_PER_MESSAGE,
                        CALL_INTERRUPTS_PER_MESSAGE,
                        OBSERVER_EFFECT,
                        CLOCK_OFFSET_NS);
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
        return f.pattern()
                + (f.ratePerSecond() == null ? "" : " " + Units.rate(f.ratePerSecond()))
                + (f.gapNs() == null ? "" : " " + Units.time(f.gapNs()));
    }

    private static long sum(Row row, ToLongFunction<EndCounters> counter) {
        return row.measurement().ends().mapToLong(counter).sum();
    }

    private static String known(
            Row row, Function<EndCounters, Long> counter, DoubleFunction<String> unit) {
        return row.measurement()
                .ends()
                .map(counter)
                .filter(Objects::nonNull)
                .reduce(Long::sum)
                .map(sum -> unit.apply(sum))
                .orElse(Units.DASH);
    }

    /** Returns "3 of 5", of the forks that recorded it. */
    private static String steady(Row row) {
        double[] known = numbers(row, Numbers.STEADY).toArray();
        long steady = DoubleStream.of(known).filter(n -> n > 0).count();
        return known.length == 0 ? Units.DASH : steady + " of " + known.length;
    }

    private static String ghz(Row row) {
        var range =
                Stream.of(Numbers.GHZ_BEFORE, Numbers.GHZ_AFTER)
                        .flatMapToDouble(name -> numbers(row, name))
                        .summaryStatistics();
        return range.getCount() == 0
                ? Units.DASH
                : String.format(Locale.ROOT, "%.2f to %.2f", range.getMin(), range.getMax());
    }

    private static DoubleStream numbers(Row row, String name) {
        return row.forks()
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
        double apart = row.get(CLOCK_OFFSET_NS).value();
        double time = row.get(SERVICE_P50_NS).value();
        return time < MIN_OFFSET_RATIO * Math.abs(apart);
    }
}
