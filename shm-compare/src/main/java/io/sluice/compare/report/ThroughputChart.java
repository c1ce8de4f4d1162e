package io.sluice.compare.report;

import io.sluice.compare.stats.Summary;
import java.util.ArrayList;
import java.util.List;

/** Messages per second when one end sends as fast as possible. */
final class ThroughputChart {
    private ThroughputChart() {}

    static Figure of(ReportModel reportModel, List<ReportModel.ReportRow> reportRows, String id) {
        List<Double> numbers = new ArrayList<>();
        reportRows.forEach(
                reportRow -> numbers.add(reportRow.summary().messagesPerSecond().value()));
        return new Figure(
                chartWidth -> draw(chartWidth, reportModel, reportRows, numbers, id),
                "How many messages pass when one end sends as fast as it can and the other reads every byte. Counted until the"
                        + " last message was read, not until it was written.",
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
                        "Messages a second by mechanism",
                        "One row a mechanism and size. A mark is the median over launches with its "
                                + reportModel.interval
                                + ". Logarithmic"
                                + " axis, higher is better. The numbers are in the table below the chart.");
        double bottom =
                chart.axis(
                        svg,
                        "messages a second, logarithmic scale — higher (further right) is better",
                        Units::rate);
        chart.rows(
                svg,
                "messages, bytes",
                reportRow ->
                        new String[] {
                            Units.value(reportRow.summary().messagesPerSecond(), Units::rate),
                            Units.value(reportRow.summary().bytesPerSecond(), Units::bytesPerSecond)
                        },
                (s, reportRow, y) -> {
                    double x = chart.axis().at(reportRow.summary().messagesPerSecond().value());
                    s.line(chart.left(), y, x, y, "grid");
                    s.mark(
                            reportRow.series(),
                            x,
                            y,
                            reportRow.series().title()
                                    + ", "
                                    + Units.bytes(reportRow.size())
                                    + ": "
                                    + Units.both(
                                            reportRow.summary().messagesPerSecond(), Units::rate));
                    LatencyChart.interval(
                            s, chart.axis(), reportRow.summary().messagesPerSecond(), y);
                });
        return svg.build(bottom, reportModel.scope());
    }

    private static Table table(List<ReportModel.ReportRow> reportRows) {
        Table table =
                new Table(
                        "Throughput, one direction",
                        "Mechanism",
                        "Message",
                        "messages/s",
                        ReportModel.nameOfInterval(reportRows),
                        "payload bytes/s",
                        "may be under way");
        for (ReportModel.ReportRow reportRow : reportRows) {
            Summary s = reportRow.summary();
            long capacity = reportRow.measurement().factors().capacityBytes();
            table.row(
                    reportRow.series().detail(),
                    Units.bytes(reportRow.size()),
                    Units.value(s.messagesPerSecond(), Units::rate),
                    Units.interval(s.messagesPerSecond(), Units::rate),
                    Units.value(s.bytesPerSecond(), Units::bytesPerSecond),
                    capacity > 0 ? Units.bytes(capacity) : Units.DASH);
        }
        return table;
    }
}
