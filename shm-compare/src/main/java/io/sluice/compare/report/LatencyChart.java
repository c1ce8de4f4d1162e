package io.sluice.compare.report;

import io.sluice.compare.stats.Cells;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Summary;
import java.util.ArrayList;
import java.util.List;

/** Round trips by mechanism: the median with its interval, and how far the tail reaches. */
final class LatencyChart {
    private LatencyChart() {}

    static Figure of(Measured measured, List<Measured.Row> rows, String id) {
        List<Double> numbers = new ArrayList<>();
        numbers.add(measured.floor.value());
        for (Measured.Row row : rows) {
            Summary s = row.summary();
            numbers.addAll(
                    List.of(s.p50().value(), s.p50().lo(), s.p99().value(), s.p999().value()));
        }
        return new Figure(
                format -> draw(format, measured, rows, numbers, id),
                "How long a message and its answer take. "
                        + Series.MARKS
                        + " The mark is the median (half of all round trips are faster), with its"
                        + " 95 % interval where it is wide enough to be seen; one short line is the 99th percentile, two are"
                        + " the 99.9th. The dashed line is the floor: what the hardware alone needs to pass a cache line there"
                        + " and back between the same two CPUs"
                        + where(measured, "; drawn is that of the placement ")
                        + ". Each step to the right multiplies. A dash instead of a"
                        + " percentile: fewer than 100 samples lie beyond it.",
                table(rows));
    }

    private static String draw(
            Format format,
            Measured measured,
            List<Measured.Row> rows,
            List<Double> numbers,
            String id) {
        RowChart chart = new RowChart(format, rows, (from, to) -> Axis.log(numbers, from, to));
        Svg svg =
                new Svg(
                        format,
                        id,
                        "Round trip time by mechanism",
                        "One row a mechanism and size. A mark is the median round trip with its 95 % interval, a short line the"
                                + " 99th percentile, a double line the 99.9th. Logarithmic axis, lower is better. The"
                                + " numbers are in the table below the chart.");
        double bottom =
                chart.axis(
                        svg,
                        "round trip time, logarithmic scale — lower (further left) is better",
                        Units::time);
        if (measured.floor.known()) {
            chart.reference(
                    svg,
                    measured.floor.value(),
                    "cache-line floor "
                            + Units.value(measured.floor, Units::time)
                            + where(measured, ", "));
        }
        chart.rows(
                svg,
                "median",
                row ->
                        new String[] {
                            Units.value(row.summary().p50(), Units::time),
                            "p99 " + Units.value(row.summary().p99(), Units::time)
                        },
                (s, row, y) -> paint(s, chart.axis(), row, y));
        return svg.build(bottom, measured.scope());
    }

    /**
     * Returns the placement whose floor is drawn, if there are several; each has a floor of its
     * own.
     */
    private static String where(Measured measured, String before) {
        return measured.placements().size() > 1
                ? before + Cells.mainPlacement(measured.results)
                : "";
    }

    private static void paint(Svg svg, Axis axis, Measured.Row row, double y) {
        Summary s = row.summary();
        double median = axis.at(s.p50().value());
        if (s.p99().known()) {
            double p99 = axis.at(s.p99().value());
            svg.line(median, y, p99, y, "stem " + row.series().color());
            svg.line(p99, y - 7, p99, y + 7, "tail " + row.series().color());
        }
        if (s.p999().known()) {
            double p999 = axis.at(s.p999().value());
            svg.line(axis.at(s.p99().value()), y, p999, y, "stem thin " + row.series().color());
            svg.line(p999 - 2, y - 7, p999 - 2, y + 7, "tail " + row.series().color());
            svg.line(p999 + 2, y - 7, p999 + 2, y + 7, "tail " + row.series().color());
        }
        if (s.p50().known()) {
            svg.mark(
                    row.series(),
                    median,
                    y,
                    row.series().title()
                            + ", "
                            + Units.bytes(row.size())
                            + ": median "
                            + Units.both(s.p50(), Units::time)
                            + ", p99 "
                            + Units.value(s.p99(), Units::time));
            interval(svg, axis, s.p50(), y);
        }
    }

    /** The interval, if it is longer than a mark is wide. */
    static void interval(Svg svg, Axis axis, Estimate estimate, double y) {
        if (estimate.hasInterval()) {
            svg.whisker(axis.at(estimate.lo()), axis.at(estimate.hi()), y, 13);
        }
    }

    private static Table table(List<Measured.Row> rows) {
        Table table =
                new Table(
                        "Round trip times (a dash: fewer than 100 samples beyond that percentile)",
                        "Mechanism",
                        "Message",
                        "p50",
                        "95 % interval",
                        "p90",
                        "p99",
                        "p99.9",
                        "p99.99",
                        "max",
                        "mean",
                        "times the floor");
        for (Measured.Row row : rows) {
            Summary s = row.summary();
            table.row(
                    row.series().detail(),
                    Units.bytes(row.size()),
                    Units.value(s.p50(), Units::time),
                    Units.interval(s.p50(), Units::time),
                    Units.value(s.p90(), Units::time),
                    Units.value(s.p99(), Units::time),
                    Units.value(s.p999(), Units::time),
                    Units.value(s.p9999(), Units::time),
                    Units.value(s.max(), Units::time),
                    Units.value(s.mean(), Units::time),
                    Units.value(s.floorRatio(), Units::times));
        }
        return table;
    }
}
