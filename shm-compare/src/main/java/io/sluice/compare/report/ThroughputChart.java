package io.sluice.compare.report;

import io.sluice.compare.stats.Summary;
import java.util.ArrayList;
import java.util.List;

/** Messages per second when one end sends as fast as possible. */
final class ThroughputChart {
    private ThroughputChart() {}

    static Figure of(Measured measured, List<Measured.Row> rows, String id) {
        List<Double> numbers = new ArrayList<>();
        rows.forEach(row -> numbers.add(row.summary().messagesPerSecond().value()));
        return new Figure(
                format -> draw(format, measured, rows, numbers, id),
                "How many messages pass when one end sends as fast as it can and the other reads every byte. Counted until the"
                        + " last message was read, not until it was written.",
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
                        "Messages a second by mechanism",
                        "One row a mechanism and size. A mark is the median over launches with its 95 % interval. Logarithmic"
                                + " axis, higher is better. The numbers are in the table below the chart.");
        double bottom =
                chart.axis(
                        svg,
                        "messages a second, logarithmic scale — higher (further right) is better",
                        Units::rate);
        chart.rows(
                svg,
                "messages, bytes",
                row ->
                        new String[] {
                            Units.value(row.summary().messagesPerSecond(), Units::rate),
                            Units.value(row.summary().bytesPerSecond(), Units::bytesPerSecond)
                        },
                (s, row, y) -> {
                    double x = chart.axis().at(row.summary().messagesPerSecond().value());
                    s.line(chart.left(), y, x, y, "grid");
                    s.mark(
                            row.series(),
                            x,
                            y,
                            row.series().title()
                                    + ", "
                                    + Units.bytes(row.size())
                                    + ": "
                                    + Units.both(row.summary().messagesPerSecond(), Units::rate));
                    LatencyChart.interval(s, chart.axis(), row.summary().messagesPerSecond(), y);
                });
        return svg.build(bottom, measured.scope());
    }

    private static Table table(List<Measured.Row> rows) {
        Table table =
                new Table(
                        "Throughput, one direction",
                        "Mechanism",
                        "Message",
                        "messages/s",
                        "95 % interval",
                        "payload bytes/s",
                        "may be under way");
        for (Measured.Row row : rows) {
            Summary s = row.summary();
            long capacity = row.cell().factors().capacityBytes();
            table.row(
                    row.series().detail(),
                    Units.bytes(row.size()),
                    Units.value(s.messagesPerSecond(), Units::rate),
                    Units.interval(s.messagesPerSecond(), Units::rate),
                    Units.value(s.bytesPerSecond(), Units::bytesPerSecond),
                    capacity > 0 ? Units.bytes(capacity) : Units.DASH);
        }
        return table;
    }
}
