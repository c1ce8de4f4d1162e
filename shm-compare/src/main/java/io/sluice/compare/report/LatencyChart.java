package io.sluice.compare.report;

import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Measurements;
import io.sluice.compare.stats.Summary;
import java.util.ArrayList;
import java.util.List;

/** Round trips by mechanism: the median with its interval, and how far the tail reaches. */
final class LatencyChart {
    private LatencyChart() {}

    static Figure of(ReportModel reportModel, List<ReportModel.ReportRow> reportRows, String id) {
        List<Double> numbers = new ArrayList<>();
        numbers.add(reportModel.floor.value());
        for (ReportModel.ReportRow reportRow : reportRows) {
            Summary s = reportRow.summary();
            numbers.addAll(
                    List.of(s.p50().value(), s.p50().lo(), s.p99().value(), s.p999().value()));
        }
        return new Figure(
                chartWidth -> draw(chartWidth, reportModel, reportRows, numbers, id),
                "How long a message and its answer take. "
                        + Series.MARKS
                        + " The mark is the median (half of all round trips are faster), with its "
                        + reportModel.interval
                        + " where it is wide enough to be seen; one short line is the 99th percentile, two are"
                        + " the 99.9th. The dashed line is the floor: what the hardware alone needs to pass a cache line there"
                        + " and back between the same two CPUs"
                        + where(reportModel, "; drawn is that of the placement ")
                        + ". Each step to the right multiplies. A dash instead of a"
                        + " percentile: fewer than 100 samples lie beyond it.",
                table(reportRows));
    }

    private static String draw(
            ChartWidth chartWidth,
            ReportModel reportModel,
            List<ReportModel.ReportRow> reportRows,
            List<Double> numbers,
            String id) {
        RowChart chart =
                new RowChart(chartWidth, reportRows, (from, to) -> Axis.log(numbers, from, to));
        Svg svg =
                new Svg(
                        chartWidth,
                        id,
                        "Round trip time by mechanism",
                        "One row a mechanism and size. A mark is the median round trip with its "
                                + reportModel.interval
                                + ", a short line the"
                                + " 99th percentile, a double line the 99.9th. Logarithmic axis, lower is better. The"
                                + " numbers are in the table below the chart.");
        double bottom =
                chart.axis(
                        svg,
                        "round trip time, logarithmic scale — lower (further left) is better",
                        Units::time);
        if (reportModel.floor.isKnown()) {
            chart.reference(
                    svg,
                    reportModel.floor.value(),
                    "cache-line floor "
                            + Units.value(reportModel.floor, Units::time)
                            + where(reportModel, ", "));
        }
        chart.rows(
                svg,
                "median",
                reportRow ->
                        new String[] {
                            Units.value(reportRow.summary().p50(), Units::time),
                            "p99 " + Units.value(reportRow.summary().p99(), Units::time)
                        },
                (s, reportRow, y) -> paint(s, chart.axis(), reportRow, y));
        return svg.build(bottom, reportModel.scope());
    }

    /**
     * Returns the placement whose floor is drawn, if there are several; each has a floor of its
     * own.
     */
    private static String where(ReportModel reportModel, String before) {
        return reportModel.placements().size() > 1
                ? before + Measurements.mainPlacement(reportModel.results)
                : "";
    }

    private static void paint(Svg svg, Axis axis, ReportModel.ReportRow reportRow, double y) {
        Summary s = reportRow.summary();
        double median = axis.at(s.p50().value());
        if (s.p99().isKnown()) {
            double p99 = axis.at(s.p99().value());
            svg.line(median, y, p99, y, "stem " + reportRow.series().color());
            svg.line(p99, y - 7, p99, y + 7, "tail " + reportRow.series().color());
        }
        if (s.p999().isKnown()) {
            double p999 = axis.at(s.p999().value());
            svg.line(
                    axis.at(s.p99().value()),
                    y,
                    p999,
                    y,
                    "stem thin " + reportRow.series().color());
            svg.line(p999 - 2, y - 7, p999 - 2, y + 7, "tail " + reportRow.series().color());
            svg.line(p999 + 2, y - 7, p999 + 2, y + 7, "tail " + reportRow.series().color());
        }
        if (s.p50().isKnown()) {
            svg.mark(
                    reportRow.series(),
                    median,
                    y,
                    reportRow.series().title()
                            + ", "
                            + Units.bytes(reportRow.size())
                            + ": median "
                            + Units.both(s.p50(), Units::time)
                            + ", p99 "
                            + Units.value(s.p99(), Units::time));
            interval(svg, axis, s.p50(), y);
        }
    }

    /** Draws the interval, if it is longer than a mark is wide. */
    static void interval(Svg svg, Axis axis, Estimate estimate, double y) {
        svg.whisker(axis, estimate, y, 13);
    }

    private static Table table(List<ReportModel.ReportRow> reportRows) {
        Table table =
                new Table(
                        "Round trip times (a dash: fewer than 100 samples beyond that percentile)",
                        "Mechanism",
                        "Message",
                        "p50",
                        ReportModel.nameOfInterval(reportRows),
                        "p90",
                        "p99",
                        "p99.9",
                        "p99.99",
                        "max",
                        "mean",
                        "times the floor");
        for (ReportModel.ReportRow reportRow : reportRows) {
            Summary s = reportRow.summary();
            table.row(
                    reportRow.series().detail(),
                    Units.bytes(reportRow.size()),
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
