package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.MAX_NS;
import static io.sluice.compare.export.Metric.MEAN_NS;
import static io.sluice.compare.export.Metric.P50_NS;
import static io.sluice.compare.export.Metric.P90_NS;
import static io.sluice.compare.export.Metric.P9999_NS;
import static io.sluice.compare.export.Metric.P999_NS;
import static io.sluice.compare.export.Metric.P99_NS;
import static io.sluice.compare.export.Metric.TIMES_ITS_FLOOR;
import static io.sluice.compare.export.Units.bytes;
import static java.util.Comparator.comparingDouble;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Fork;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.MergedHistogram;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Round trips: all mechanisms on one axis, and the whole distributions. */
record Latency(ReportModel model) {
    private static final Takeaway SHORTEST = new Takeaway("Shortest median", "Longest", P50_NS);
    private static final Takeaway STEADIEST =
            new Takeaway(
                    "Shortest 99th percentile by its median over forks",
                    "Longest of those that have one",
                    P99_NS);
    private static final double LAST_NINE = 5;

    Section screen() {
        Section section = new Section("latency", "Round trips");
        model.headline()
                .filter(a -> !model.rows(a).isEmpty())
                .ifPresent(a -> section.figure(rows(a, "round-trips", "latency.caption")));
        return section.orNote("No round trips were measured.");
    }

    Section details() {
        Section section = new Section("percentiles", Text.of("latency.details"));
        for (int i = 0; i < model.attributions.size(); i++) {
            Attribution a = model.attributions.get(i);
            List<Row> rows = model.rows(a);
            if (model.headline().orElseThrow() != a && !rows.isEmpty()) {
                section.figure(rows(a, "round-trips-" + i, "latency.likewise"));
            }
            Curves curves = curves(rows, a, "percentiles-" + i);
            if (!curves.isEmpty()) {
                String takeaway = STEADIEST.of(rows);
                section.figure(curves.figure(takeaway, distributions(rows), model.scope()));
            }
        }
        return section;
    }

    private Figure rows(Attribution a, String id, String text) {
        List<Row> rows =
                model.rows(a).stream().sorted(comparingDouble(r -> r.get(P50_NS).value())).toList();
        RowChart chart =
                new RowChart(
                        id,
                        Text.of("latency.title", bytes(a.size()), a.placement()),
                        "round trip time, logarithmic scale — lower is better",
                        "median; times its own floor",
                        Units::time,
                        Axis.log(rows.stream().flatMap(Latency::numbers).toList(), 0, 1),
                        rows.stream().map(Latency::line).toList());
        String interval = ReportModel.nameOfInterval(rows);
        String caption = Text.of(text, interval, Series.MARKS);
        return chart.figure(SHORTEST.of(rows), caption, table(rows, a, interval), model.scope());
    }

    /** Returns what the axis must reach. */
    private static Stream<Double> numbers(Row row) {
        Estimate p50 = row.get(P50_NS);
        double p99 = row.get(P99_NS).value();
        double p999 = row.get(P999_NS).value();
        Stream<Double> times = Stream.of(p50.value(), p50.lo(), p50.hi(), p99, p999);
        return Stream.concat(times, row.forks().map(Fork::lineRoundTripNs));
    }

    private static RowChart.ChartLine line(Row row) {
        return RowChart.ChartLine.of(
                row.series(),
                row.text(P50_NS),
                row.get(TIMES_ITS_FLOOR).isKnown() ? "× " + row.text(TIMES_ITS_FLOOR) : "",
                (svg, axis, y) -> paint(svg, axis, row, y));
    }

    private static void paint(Svg svg, Axis axis, Row row, double y) {
        Estimate p50 = row.get(P50_NS);
        Estimate p99 = row.get(P99_NS);
        Estimate p999 = row.get(P999_NS);
        Stream<String> floors =
                row.forks()
                        .filter(fork -> fork.lineRoundTripNs() > 0)
                        .map(f -> Svg.points("M%s,%sv14", axis.at(f.lineRoundTripNs()), y - 7));
        svg.path(floors.collect(joining()), "floor");
        if (!p50.isKnown()) {
            return;
        }
        String color = row.series().color();
        if (p99.isKnown()) {
            svg.line(axis.at(p50.value()), y, axis.at(p99.value()), y, "stem " + color);
        }
        if (p999.isKnown()) {
            double x = axis.at(p999.value());
            svg.line(x, y - 5, x, y + 5, "tail " + color);
        }
        String tails = Text.of("latency.tip", row.text(P99_NS), row.text(P999_NS));
        String tip = row.name() + ": p50 " + row.both(P50_NS) + tails;
        svg.estimate(axis, row.series(), p50, y, 1, tip);
    }

    private static DataTable table(List<Row> rows, Attribution a, String interval) {
        return Row.table()
                .interval("p50", interval, P50_NS)
                .values(P90_NS, P99_NS, P999_NS, P9999_NS, MAX_NS, MEAN_NS, TIMES_ITS_FLOOR)
                .of(Text.of("latency.table", bytes(a.size()), a.placement()), rows);
    }

    private static DataTable distributions(List<Row> rows) {
        Map<Row, MergedHistogram> merged = new IdentityHashMap<>();
        rows.forEach(row -> merged.put(row, new MergedHistogram(row.measurement())));
        DataTable.Columns<Row> columns = Row.table();
        for (double percentile : new double[] {50, 99, 99.9, 99.99}) {
            columns.text(
                    Units.tick(String.valueOf(percentile)) + "\u00a0%",
                    row -> Units.both(merged.get(row).at(percentile), Units::time));
        }
        return columns.value("median, times its own floor", TIMES_ITS_FLOOR)
                .of("Percentiles of all forks together, with the range over forks", rows);
    }

    private static Curves curves(List<Row> rows, Attribution a, String id) {
        List<Curves.Curve> curves =
                rows.stream()
                        .map(row -> new Curves.Curve(row.series(), 0, points(row)))
                        .filter(curve -> curve.points().size() > 1)
                        .toList();
        return Curves.CurveKind.PERCENTILES.of(id, curves, bytes(a.size()), a.placement());
    }

    /** Returns the percentiles as long as samples support them. */
    private static List<Curves.Point> points(Row row) {
        MergedHistogram merged = new MergedHistogram(row.measurement());
        return Stream.iterate(0.0, nines -> nines <= LAST_NINE, nines -> nines + 0.1)
                .map(nines -> new Curves.Point(nines, merged.at(100 * (1 - Math.pow(10, -nines)))))
                .takeWhile(point -> point.y().isKnown())
                .toList();
    }
}
