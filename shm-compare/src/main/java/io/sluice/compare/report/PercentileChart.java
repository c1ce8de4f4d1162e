package io.sluice.compare.report;

import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.MergedHistogram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The whole distribution of round trips of one size, on an axis that gives each additional nine the
 * same width.
 */
final class PercentileChart {
    private static final double[] LABELLED = {50, 90, 99, 99.9, 99.99, 99.999};
    private static final double LEFT = 56;
    private static final double ENTRY = 18;
    private static final double TOP = 14;
    private static final double BOTTOM = 330;
    private static final double STEP = 0.05;
    private static final int MOST = 8;

    private record PercentilePoint(double nines, Estimate value) {}

    private record Curve(Series series, MergedHistogram merged, List<PercentilePoint> points) {
        PercentilePoint last() {
            return points.get(points.size() - 1);
        }
    }

    private PercentileChart() {}

    /**
     * Splits the rows into pictures, of the largest number of curves that remain distinguishable.
     */
    static List<List<ReportModel.ReportRow>> pictures(List<ReportModel.ReportRow> reportRows) {
        List<List<ReportModel.ReportRow>> pictures = new ArrayList<>();
        for (int from = 0; from < reportRows.size(); from += MOST) {
            pictures.add(reportRows.subList(from, Math.min(reportRows.size(), from + MOST)));
        }
        return pictures;
    }

    static Figure of(
            ReportModel reportModel,
            Attribution group,
            List<ReportModel.ReportRow> reportRows,
            String id) {
        int size = group.size();
        List<Curve> curves = new ArrayList<>();
        for (ReportModel.ReportRow reportRow : reportRows) {
            MergedHistogram merged = MergedHistogram.of(reportRow.measurement());
            List<PercentilePoint> percentilePoints = points(merged);
            if (percentilePoints.size() > 1) {
                curves.add(new Curve(reportRow.series(), merged, percentilePoints));
            }
        }
        List<Double> numbers = new ArrayList<>(List.of(group.floorNs().value()));
        curves.forEach(
                c -> c.points.forEach(p -> numbers.addAll(List.of(p.value.lo(), p.value.hi()))));
        return new Figure(
                chartWidth -> draw(chartWidth, reportModel, group, curves, numbers, id),
                "How bad the bad ones are, messages of "
                        + Units.bytes(size)
                        + ", placement “"
                        + group.placement()
                        + "”. Read at 99 %: one round trip in a hundred"
                        + " takes longer than this. All launches together; the band is the range over single launches. A curve"
                        + " ends where fewer than 100 samples lie beyond it. Below the dashed line nothing can be: it is"
                        + " shaded.",
                table(curves, size));
    }

    private static String draw(
            ChartWidth chartWidth,
            ReportModel reportModel,
            Attribution group,
            List<Curve> curves,
            List<Double> numbers,
            String id) {
        int size = group.size();
        Axis y = Axis.log(numbers, BOTTOM, TOP);
        double most = curves.stream().mapToDouble(c -> c.last().nines).max().orElse(2);
        Axis x = new Axis(0, most, LEFT, chartWidth.pick(478, chartWidth.pixels() - 10), false);
        Svg svg =
                new Svg(
                        chartWidth,
                        id,
                        "Percentiles of the round trip, messages of " + Units.bytes(size),
                        "One curve a mechanism, from the fastest round trips at the left to the rarest slow ones at the right."
                                + " The band around a curve is the range over the launches. Both axes are logarithmic, lower is"
                                + " better. The numbers are in the table below the chart.");
        double last = frame(svg, x, y, group.floorNs());
        curves.forEach(curve -> paint(svg, x, y, curve));
        if (chartWidth.isNarrow()) {
            last += 4;
            for (Curve curve : downwards(y, curves)) {
                last += ENTRY;
                PercentilePoint end = curve.last();
                svg.mark(curve.series, x.at(end.nines), y.at(end.value.value()));
                svg.entry(curve.series, 0, last, curve.series.name(42));
            }
        } else {
            ends(svg, x, y, curves);
        }
        return svg.build(last, reportModel.scope());
    }

    private static List<PercentilePoint> points(MergedHistogram merged) {
        List<PercentilePoint> percentilePoints = new ArrayList<>();
        for (int i = 0; i * STEP <= 7; i++) {
            Estimate value = merged.at(percentile(i * STEP));
            if (!value.isKnown()) {
                break;
            }
            percentilePoints.add(new PercentilePoint(i * STEP, value));
        }
        return percentilePoints;
    }

    private static double percentile(double nines) {
        return 100 * (1 - Math.pow(10, -nines));
    }

    private static double frame(Svg svg, Axis x, Axis y, Estimate lines) {
        if (lines.isKnown()) {
            double floor = y.at(lines.value());
            svg.rect(LEFT, floor, x.to() - LEFT, BOTTOM - floor, "below");
        }
        for (double tick : y.ticks()) {
            svg.line(LEFT, y.at(tick), x.to(), y.at(tick), "grid");
            svg.text(LEFT - 6, y.at(tick) + 4, "end", "tick", Units.tick(Units.time(tick)));
        }
        for (double percentile : LABELLED) {
            double nines = -Math.log10(1 - percentile / 100);
            if (nines <= x.max() + 1e-6) {
                svg.line(x.at(nines), TOP, x.at(nines), BOTTOM, "grid");
                svg.tick(x.at(nines), BOTTOM + 15, label(percentile));
            }
        }
        svg.line(LEFT, BOTTOM, x.to(), BOTTOM, "axis");
        if (lines.isKnown()) {
            double floor = y.at(lines.value());
            svg.line(LEFT, floor, x.to(), floor, "reference");
            svg.text(
                    x.to() - 4,
                    floor - 5,
                    "end",
                    "tick strong",
                    "cache-line floor " + Units.value(lines, Units::time));
        }
        return svg.lines(
                (x.from() + x.to()) / 2,
                BOTTOM + 34,
                "middle",
                "axis-label",
                "percentile (each nine the same width); round trip time upwards, logarithmic — lower is better");
    }

    private static String label(double percentile) {
        String text = String.valueOf(percentile);
        return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text) + "\u00a0%";
    }

    private static void paint(Svg svg, Axis x, Axis y, Curve curve) {
        StringBuilder line = new StringBuilder();
        StringBuilder upper = new StringBuilder();
        StringBuilder lower = new StringBuilder();
        for (PercentilePoint p : curve.points) {
            String at = Svg.number(x.at(p.nines)) + ",";
            line.append(line.isEmpty() ? "M" : "L")
                    .append(at)
                    .append(Svg.number(y.at(p.value.value())));
            upper.append(upper.isEmpty() ? "M" : "L")
                    .append(at)
                    .append(Svg.number(y.at(p.value.hi())));
            lower.insert(0, "L" + at + Svg.number(y.at(p.value.lo())));
        }
        svg.group(curve.series.title());
        svg.path(upper.append(lower).append('z').toString(), "band " + curve.series.color());
        svg.path(line.toString(), "curve " + curve.series.style());
        svg.end();
    }

    /** Sorts curves by their ends, the slowest first. */
    private static List<Curve> downwards(Axis y, List<Curve> curves) {
        return curves.stream()
                .sorted(Comparator.comparingDouble(c -> y.at(c.last().value.value())))
                .toList();
    }

    /** Names at the ends of the curves, moved apart where they would overlap. */
    private static void ends(Svg svg, Axis x, Axis y, List<Curve> curves) {
        List<Curve> down = downwards(y, curves);
        double right = x.to();
        double[] places = new double[down.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = y.at(down.get(i).last().value.value());
            places[i] = i == 0 ? places[i] : Math.max(places[i], places[i - 1] + 18);
        }
        double over = places.length == 0 ? 0 : Math.max(0, places[places.length - 1] - BOTTOM + 4);
        for (int i = places.length - 1; i >= 0; i--) {
            places[i] =
                    Math.min(places[i], BOTTOM - 4 - (places.length - 1 - i) * (over > 0 ? 18 : 0));
            Curve curve = down.get(i);
            double end = x.at(curve.last().nines);
            svg.line(end, y.at(curve.last().value.value()), right + 14, places[i], "leader");
            svg.mark(curve.series, right + 20, places[i]);
            svg.text(right + 32, places[i] + 4, "start", "detail strong", curve.series.name(32));
        }
    }

    private static Table table(List<Curve> curves, int size) {
        Table table =
                new Table(
                        "Percentiles of all launches together, with the range over launches, messages of "
                                + Units.bytes(size),
                        "Mechanism",
                        "50 %",
                        "90 %",
                        "99 %",
                        "99.9 %",
                        "99.99 %");
        for (Curve curve : curves) {
            String[] row = new String[6];
            row[0] = curve.series.detail();
            for (int i = 1; i < row.length; i++) {
                row[i] = Units.both(curve.merged.at(LABELLED[i - 1]), Units::time);
            }
            table.row(row);
        }
        return table;
    }
}
