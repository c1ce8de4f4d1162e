package io.sluice.compare.report;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Summary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Latency against CPU time of a message. The Pareto front is marked: no mechanism is better in both
 * than one on the front.
 */
final class EfficiencyChart {
    private static final double LEFT = 64;
    private static final double ENTRY = 17;
    private static final double TICK = 50;

    /** Characters of a name that leave room for two times beside it. */
    private static final int NAME = 30;

    private static final double TOP = 16;
    private static final double BOTTOM = 370;

    private EfficiencyChart() {}

    /** Draws rows, all of one size. */
    static Figure of(
            ReportModel reportModel, List<ReportModel.ReportRow> reportRows, int size, String id) {
        List<ReportModel.ReportRow> front = front(reportRows);
        return new Figure(
                        chartWidth -> draw(chartWidth, reportModel, reportRows, front, size, id),
                        "Latency and CPU together, messages of "
                                + Units.bytes(size)
                                + ". Down is cheaper, left is quicker. Whatever lies above and to the right"
                                + " of the stepped line is beaten in both by something on it. "
                                + Series.MARKS
                                + " A spinning reader uses its CPU also while nothing comes, which no"
                                + " chart of cost a message shows.",
                        table(reportRows, front, size))
                .saying(
                        "By their medians, nothing beats “"
                                + front.stream()
                                        .map(reportRow -> reportRow.series().name())
                                        .collect(Collectors.joining("” or “"))
                                + "” in both time and CPU.");
    }

    private static String draw(
            ChartWidth chartWidth,
            ReportModel reportModel,
            List<ReportModel.ReportRow> reportRows,
            List<ReportModel.ReportRow> front,
            int size,
            String id) {
        Axis x = axis(reportRows, LEFT, chartWidth.pick(505, chartWidth.pixels() - 10), true);
        Axis y = axis(reportRows, BOTTOM, TOP, false);
        Svg svg =
                new Svg(
                        chartWidth,
                        id,
                        "Round trip time against CPU time, messages of " + Units.bytes(size),
                        "One mark a mechanism and way to wait: time to the right, CPU time of both"
                                + " ends upwards, both logarithmic, lower is better in both: the"
                                + " best corner is at the bottom left. A stepped line joins those"
                                + " that nothing beats in both. The numbers are in the table below"
                                + " the chart.");
        for (double tick : x.ticks(TICK)) {
            svg.line(x.at(tick), TOP, x.at(tick), BOTTOM, "grid");
            svg.tick(x.at(tick), BOTTOM + 15, Units.tick(Units.time(tick)));
        }
        for (double tick : y.ticks()) {
            svg.line(LEFT, y.at(tick), x.to(), y.at(tick), "grid");
            svg.text(LEFT - 6, y.at(tick) + 4, "end", "tick", Units.tick(Units.time(tick)));
        }
        svg.line(LEFT, BOTTOM, x.to(), BOTTOM, "axis");
        svg.line(LEFT, TOP, LEFT, BOTTOM, "axis");
        svg.path(steps(front, x, y), "front");
        reportRows.forEach(reportRow -> paint(svg, x, y, reportRow));
        double last =
                svg.lines(
                        (x.from() + x.to()) / 2,
                        BOTTOM + 34,
                        "middle",
                        "axis-label",
                        "median round trip → and CPU time a message ↑, both logarithmic — lower is"
                                + " better");
        if (chartWidth.isNarrow()) {
            last = legend(svg, downwards(reportRows), last + 4);
        } else {
            names(svg, x, y, downwards(reportRows));
        }
        return svg.build(last, reportModel.scope());
    }

    static boolean has(ReportModel.ReportRow reportRow) {
        Summary s = reportRow.summary();
        return s.p50().isKnown()
                && s.p50().value() > 0
                && s.cpuNs().isKnown()
                && s.cpuNs().value() > 0;
    }

    /** Returns the Pareto front, the quickest first. */
    static List<ReportModel.ReportRow> front(List<ReportModel.ReportRow> reportRows) {
        List<ReportModel.ReportRow> quickest =
                reportRows.stream()
                        .sorted(
                                Comparator.comparingDouble(EfficiencyChart::time)
                                        .thenComparingDouble(EfficiencyChart::cpu))
                        .toList();
        List<ReportModel.ReportRow> front = new ArrayList<>();
        double cheapest = Double.POSITIVE_INFINITY;
        for (ReportModel.ReportRow reportRow : quickest) {
            if (cpu(reportRow) < cheapest) {
                front.add(reportRow);
                cheapest = cpu(reportRow);
            }
        }
        return front;
    }

    private static double time(ReportModel.ReportRow reportRow) {
        return reportRow.summary().p50().value();
    }

    private static double cpu(ReportModel.ReportRow reportRow) {
        return reportRow.summary().cpuNs().value();
    }

    private static Axis axis(
            List<ReportModel.ReportRow> reportRows, double from, double to, boolean time) {
        List<Double> numbers = new ArrayList<>();
        for (ReportModel.ReportRow reportRow : reportRows) {
            numbers.add(time ? time(reportRow) : cpu(reportRow));
            numbers.add(time ? reportRow.summary().p50().hi() : reportRow.summary().cpuNs().hi());
        }
        return Axis.log(numbers, from, to);
    }

    private static String steps(List<ReportModel.ReportRow> front, Axis x, Axis y) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < front.size(); i++) {
            String at = Svg.number(x.at(time(front.get(i))));
            String to = Svg.number(y.at(cpu(front.get(i))));
            path.append(i == 0 ? "M" + at + "," + Svg.number(TOP) : "H" + at);
            path.append('V').append(to);
        }
        return path.append('H').append(Svg.number(x.to())).toString();
    }

    private static void paint(Svg svg, Axis x, Axis y, ReportModel.ReportRow reportRow) {
        Summary s = reportRow.summary();
        double atX = x.at(time(reportRow));
        double atY = y.at(cpu(reportRow));
        svg.group(reportRow.series().title());
        svg.whisker(x, s.p50(), atY, 13);
        if (s.cpuNs().hasInterval()) {
            double low = y.at(s.cpuNs().lo());
            double high = y.at(s.cpuNs().hi());
            if (low - high >= 13) {
                svg.line(atX, low, atX, high, "whisker");
            }
        }
        svg.mark(
                reportRow.series(),
                atX,
                atY,
                reportRow.series().title()
                        + ": round trip "
                        + Units.value(s.p50(), Units::time)
                        + ", CPU "
                        + Units.value(s.cpuNs(), Units::time)
                        + " a message, "
                        + Units.value(s.cpusBusy(), Units::hundredths)
                        + " CPUs busy");
        svg.end();
    }

    /** Returns the rows in the order of their marks, the most expensive first. */
    private static List<ReportModel.ReportRow> downwards(List<ReportModel.ReportRow> reportRows) {
        return reportRows.stream()
                .sorted(Comparator.comparingDouble(EfficiencyChart::cpu).reversed())
                .toList();
    }

    /** Draws the names below the picture, with the numbers that label the marks. */
    private static double legend(Svg svg, List<ReportModel.ReportRow> reportRows, double above) {
        double y = above + ENTRY;
        svg.text(ChartWidth.NARROW.pixels(), y, "end", "detail", "round trip · CPU");
        for (ReportModel.ReportRow reportRow : reportRows) {
            y += ENTRY;
            svg.entry(reportRow.series(), 0, y, reportRow.series().name(NAME));
            String numbers = Units.time(time(reportRow)) + " · " + Units.time(cpu(reportRow));
            svg.text(ChartWidth.NARROW.pixels(), y, "end", "detail", numbers);
        }
        return y;
    }

    /** Names at the right, in the order of the marks' heights, each with a line to its mark. */
    private static void names(Svg svg, Axis x, Axis y, List<ReportModel.ReportRow> down) {
        double step = Math.min(15, (BOTTOM - TOP) / Math.max(1, down.size()));
        double[] places = new double[down.size()];
        for (int i = 0; i < places.length; i++) {
            double wanted = y.at(cpu(down.get(i)));
            places[i] = i == 0 ? wanted : Math.max(wanted, places[i - 1] + step);
        }
        for (int i = places.length - 1; i >= 0; i--) {
            places[i] = Math.min(places[i], BOTTOM - (places.length - 1 - i) * step);
            ReportModel.ReportRow reportRow = down.get(i);
            svg.line(
                    x.at(time(reportRow)) + 6,
                    y.at(cpu(reportRow)),
                    x.to() + 8,
                    places[i],
                    "leader");
            svg.text(x.to() + 12, places[i] + 4, "start", "detail", reportRow.series().name(32));
        }
    }

    private static Table table(
            List<ReportModel.ReportRow> reportRows, List<ReportModel.ReportRow> front, int size) {
        Table table =
                new Table(
                        "Latency and CPU, messages of " + Units.bytes(size),
                        "Mechanism",
                        "p50 round trip",
                        ReportModel.nameOfInterval(reportRows),
                        "CPU a message",
                        ReportModel.nameOfInterval(reportRows),
                        "CPUs busy",
                        "on the front");
        for (ReportModel.ReportRow reportRow : reportRows) {
            Summary s = reportRow.summary();
            table.row(
                    reportRow.series().detail(),
                    Units.value(s.p50(), Units::time),
                    Units.interval(s.p50(), Units::time),
                    Units.value(s.cpuNs(), Units::time),
                    Units.interval(s.cpuNs(), Units::time),
                    Units.value(s.cpusBusy(), Units::hundredths),
                    front.contains(reportRow) ? "yes" : "no");
        }
        return table;
    }

    /** Renders one chart for each size that has at least two marks. */
    static String section(ReportModel reportModel) {
        Section section = new Section("efficiency", "Latency and CPU together");
        int n = 0;
        int first = reportModel.headline().map(a -> a.size()).orElse(0);
        List<Integer> sizes =
                reportModel.sizes(Pattern.RTT).stream()
                        .sorted(Comparator.comparing(size -> size != first))
                        .toList();
        for (int size : sizes) {
            List<ReportModel.ReportRow> reportRows =
                    reportModel.rows(Pattern.RTT, size).stream()
                            .filter(EfficiencyChart::has)
                            .toList();
            if (reportRows.size() > 1) {
                section.figure(of(reportModel, reportRows, size, "efficiency-" + n), n++ > 0);
            }
        }
        return n > 0
                ? section.toString()
                : section.placeholder(
                        "The map of latency against CPU needs two mechanisms with round trips and"
                                + " CPU times of one size; this run has fewer.");
    }
}
