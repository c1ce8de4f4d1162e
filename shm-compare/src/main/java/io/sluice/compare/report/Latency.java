package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Fork;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.MergedHistogram;
import io.sluice.compare.stats.Summary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Round trips: all mechanisms on one axis, and the whole distributions. */
final class Latency {
    private static final Takeaway SHORTEST =
            new Takeaway(
                    "Shortest median", "Longest", true, row -> row.summary().p50(), Units::time);
    private static final Takeaway STEADIEST =
            new Takeaway(
                    "Shortest 99th percentile",
                    "Longest of those that have one",
                    true,
                    row -> row.summary().p99(),
                    Units::time);
    private static final double LAST_NINE = 5;

    private final ReportModel model;

    Latency(ReportModel model) {
        this.model = model;
    }

    Section screen() {
        Section section = new Section("latency", "Round trips");
        List<Row> rows = model.headline().map(model::rows).orElse(List.of());
        return rows.isEmpty()
                ? section.note("No round trips were measured.")
                : section.figure(rows(rows, "round-trips", model.headline().get()));
    }

    Section details() {
        Section section =
                new Section(
                        "percentiles", "The whole distributions, and other sizes and placements");
        for (int i = 0; i < model.attributions.size(); i++) {
            Attribution a = model.attributions.get(i);
            List<Row> rows = model.rows(a);
            if (!model.headline().get().equals(a) && !rows.isEmpty()) {
                section.figure(rows(rows, "round-trips-" + i, a));
            }
            Curves curves = curves(rows, a, "percentiles-" + i);
            if (!curves.isEmpty()) {
                section.figure(
                        curves.figure(
                                        "Read at 99 %: one round trip in a hundred takes longer"
                                                + " than this. All forks together; the band is the"
                                                + " range over single forks. A curve ends where fewer"
                                                + " than 100 samples lie beyond it. There is no line of"
                                                + " a common floor: each fork had its own, and the last"
                                                + " column holds each against it.",
                                        distributions(rows), model.scope())
                                .saying(STEADIEST.of(rows)));
            }
        }
        return section;
    }

    private Figure rows(List<Row> unsorted, String id, Attribution a) {
        List<Row> rows =
                unsorted.stream()
                        .sorted(
                                Comparator.comparingDouble(
                                        r ->
                                                r.summary().p50().isKnown()
                                                        ? r.summary().p50().value()
                                                        : Double.MAX_VALUE))
                        .toList();
        List<Double> numbers = new ArrayList<>();
        for (Row row : rows) {
            Summary s = row.summary();
            Stream.of(
                            s.p50().value(),
                            s.p50().lo(),
                            s.p50().hi(),
                            s.p99().value(),
                            s.p999().value())
                    .forEach(numbers::add);
            row.measurement().forks().forEach(fork -> numbers.add(fork.lineRoundTripNs()));
        }
        String title = "Round trip time by mechanism, messages of " + Units.bytes(a.size());
        RowChart chart =
                new RowChart(
                        id,
                        title,
                        "round trip time, logarithmic scale — lower is better",
                        "median; times its own floor",
                        Units::time,
                        Axis.log(numbers, 0, 1),
                        rows.stream().map(Latency::line).toList());
        return chart.figure(
                SHORTEST.of(rows),
                "The mark is the median over forks, the thin line the "
                        + ReportModel.nameOfInterval(rows)
                        + "; the pale line reaches to the 99th percentile, the stroke stands at the"
                        + " 99.9th. Each small vertical stroke at the left is the floor of one"
                        + " fork, a cache line there and back between its own two CPUs right after"
                        + " its messages: no message of that fork can be quicker. "
                        + Series.MARKS,
                table(rows, a),
                model.scope());
    }

    private static RowChart.Line line(Row row) {
        return RowChart.Line.of(
                row.series(),
                Units.value(row.summary().p50(), Units::time),
                row.overFloor().isKnown() ? "× " + Units.value(row.overFloor(), Units::times) : "",
                (svg, axis, y) -> paint(svg, axis, row, y));
    }

    private static void paint(Svg svg, Axis axis, Row row, double y) {
        Summary s = row.summary();
        StringBuilder floors = new StringBuilder();
        for (Fork fork : row.measurement().forks()) {
            if (fork.lineRoundTripNs() > 0) {
                double x = axis.at(fork.lineRoundTripNs());
                floors.append(Svg.points("M%s,%sv14", x, y - 7));
            }
        }
        svg.path(floors.toString(), "floor");
        if (!s.p50().isKnown()) {
            return;
        }
        double at = axis.at(s.p50().value());
        if (s.p99().isKnown()) {
            svg.line(at, y, axis.at(s.p99().value()), y, "stem " + row.series().color());
        }
        if (s.p999().isKnown()) {
            double x = axis.at(s.p999().value());
            svg.line(x, y - 5, x, y + 5, "tail " + row.series().color());
        }
        svg.estimate(
                axis,
                row.series(),
                s.p50(),
                y,
                1,
                row.name()
                        + ": p50 "
                        + Units.both(s.p50(), Units::time)
                        + ", p99 "
                        + Units.value(s.p99(), Units::time)
                        + ", p99.9 "
                        + Units.value(s.p999(), Units::time));
    }

    private DataTable table(List<Row> rows, Attribution a) {
        return Row.table()
                .interval(
                        "p50",
                        ReportModel.nameOfInterval(rows),
                        Units::time,
                        r -> r.summary().p50())
                .value("p90", Units::time, r -> r.summary().p90())
                .value("p99", Units::time, r -> r.summary().p99())
                .value("p99.9", Units::time, r -> r.summary().p999())
                .value("p99.99", Units::time, r -> r.summary().p9999())
                .value("largest", Units::time, r -> r.summary().max())
                .value("mean", Units::time, r -> r.summary().mean())
                .value("times its own floor", Units::times, Row::overFloor)
                .of(
                        "Round trips, messages of "
                                + Units.bytes(a.size())
                                + ", placement “"
                                + a.placement()
                                + "”",
                        rows);
    }

    private static DataTable distributions(List<Row> rows) {
        DataTable.Columns<Row> columns = Row.table();
        for (double percentile : new double[] {50, 99, 99.9, 99.99}) {
            columns.text(
                    Units.tick(String.valueOf(percentile)) + "\u00a0%",
                    row ->
                            Units.both(
                                    MergedHistogram.of(row.measurement()).at(percentile),
                                    Units::time));
        }
        return columns.value("median, times its own floor", Units::times, Row::overFloor)
                .of("Percentiles of all forks together, with the range over forks", rows);
    }

    private Curves curves(List<Row> rows, Attribution a, String id) {
        List<Curves.Curve> curves = new ArrayList<>();
        for (Row row : rows) {
            MergedHistogram merged = MergedHistogram.of(row.measurement());
            List<Curves.Point> points = new ArrayList<>();
            for (double nines = 0; merged.count() > 0 && nines <= LAST_NINE; nines += 0.1) {
                Estimate value = merged.at(100 * (1 - Math.pow(10, -nines)));
                if (!value.isKnown()) {
                    break;
                }
                points.add(new Curves.Point(nines, value));
            }
            if (points.size() > 1) {
                curves.add(new Curves.Curve(row.series(), 0, points));
            }
        }
        return new Curves(
                id,
                "How bad the bad ones are, messages of "
                        + Units.bytes(a.size())
                        + ", placement “"
                        + a.placement()
                        + "”",
                new Curves.Scale("round trips that are not slower", "nines", false),
                new Curves.Scale("round trip time — lower is better", "time", true),
                curves);
    }
}
