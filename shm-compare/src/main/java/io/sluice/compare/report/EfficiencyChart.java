package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
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

    /** All rows are of one size. */
    static Figure of(Measured measured, List<Measured.Row> rows, int size, String id) {
        List<Measured.Row> front = front(rows);
        return new Figure(
                        format -> draw(format, measured, rows, front, size, id),
                        "Latency and CPU together, messages of "
                                + Units.bytes(size)
                                + ". Down is cheaper, left is quicker. Whatever lies above and to the right"
                                + " of the stepped line is beaten in both by something on it. "
                                + Series.MARKS
                                + " A spinning reader uses its CPU also while nothing comes, which no"
                                + " chart of cost a message shows.",
                        table(rows, front, size))
                .saying(
                        "By their medians, nothing beats “"
                                + front.stream()
                                        .map(row -> row.series().name())
                                        .collect(Collectors.joining("” or “"))
                                + "” in both time and CPU.");
    }

    private static String draw(
            Format format,
            Measured measured,
            List<Measured.Row> rows,
            List<Measured.Row> front,
            int size,
            String id) {
        Axis x = axis(rows, LEFT, format.pick(505, format.width() - 10), true);
        Axis y = axis(rows, BOTTOM, TOP, false);
        Svg svg =
                new Svg(
                        format,
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
        rows.forEach(row -> paint(svg, x, y, row));
        double last =
                svg.lines(
                        (x.from() + x.to()) / 2,
                        BOTTOM + 34,
                        "middle",
                        "axis-label",
                        "median round trip → and CPU time a message ↑, both logarithmic — lower is"
                                + " better");
        if (format.isNarrow()) {
            last = legend(svg, downwards(rows), last + 4);
        } else {
            names(svg, x, y, downwards(rows));
        }
        return svg.build(last, measured.scope());
    }

    static boolean has(Measured.Row row) {
        Summary s = row.summary();
        return s.p50().known() && s.p50().value() > 0 && s.cpuNs().known() && s.cpuNs().value() > 0;
    }

    /** Returns the Pareto front, the quickest first. */
    static List<Measured.Row> front(List<Measured.Row> rows) {
        List<Measured.Row> quickest =
                rows.stream()
                        .sorted(
                                Comparator.comparingDouble(EfficiencyChart::time)
                                        .thenComparingDouble(EfficiencyChart::cpu))
                        .toList();
        List<Measured.Row> front = new ArrayList<>();
        double cheapest = Double.POSITIVE_INFINITY;
        for (Measured.Row row : quickest) {
            if (cpu(row) < cheapest) {
                front.add(row);
                cheapest = cpu(row);
            }
        }
        return front;
    }

    private static double time(Measured.Row row) {
        return row.summary().p50().value();
    }

    private static double cpu(Measured.Row row) {
        return row.summary().cpuNs().value();
    }

    private static Axis axis(List<Measured.Row> rows, double from, double to, boolean time) {
        List<Double> numbers = new ArrayList<>();
        for (Measured.Row row : rows) {
            numbers.add(time ? time(row) : cpu(row));
            numbers.add(time ? row.summary().p50().hi() : row.summary().cpuNs().hi());
        }
        return Axis.log(numbers, from, to);
    }

    private static String steps(List<Measured.Row> front, Axis x, Axis y) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < front.size(); i++) {
            String at = Svg.number(x.at(time(front.get(i))));
            String to = Svg.number(y.at(cpu(front.get(i))));
            path.append(i == 0 ? "M" + at + "," + Svg.number(TOP) : "H" + at);
            path.append('V').append(to);
        }
        return path.append('H').append(Svg.number(x.to())).toString();
    }

    private static void paint(Svg svg, Axis x, Axis y, Measured.Row row) {
        Summary s = row.summary();
        double atX = x.at(time(row));
        double atY = y.at(cpu(row));
        svg.group(row.series().title());
        if (s.p50().hasInterval()) {
            svg.whisker(x.at(s.p50().lo()), x.at(s.p50().hi()), atY, 13);
        }
        if (s.cpuNs().hasInterval()) {
            double low = y.at(s.cpuNs().lo());
            double high = y.at(s.cpuNs().hi());
            if (low - high >= 13) {
                svg.line(atX, low, atX, high, "whisker");
            }
        }
        svg.mark(
                row.series(),
                atX,
                atY,
                row.series().title()
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
    private static List<Measured.Row> downwards(List<Measured.Row> rows) {
        return rows.stream()
                .sorted(Comparator.comparingDouble(EfficiencyChart::cpu).reversed())
                .toList();
    }

    /** Draws the names below the picture, with the numbers that label the marks. */
    private static double legend(Svg svg, List<Measured.Row> rows, double above) {
        double y = above + ENTRY;
        svg.text(Format.NARROW.width(), y, "end", "detail", "round trip · CPU");
        for (Measured.Row row : rows) {
            y += ENTRY;
            svg.entry(row.series(), 0, y, row.series().name(NAME));
            String numbers = Units.time(time(row)) + " · " + Units.time(cpu(row));
            svg.text(Format.NARROW.width(), y, "end", "detail", numbers);
        }
        return y;
    }

    /** Names at the right, in the order of the marks' heights, each with a line to its mark. */
    private static void names(Svg svg, Axis x, Axis y, List<Measured.Row> down) {
        double step = Math.min(15, (BOTTOM - TOP) / Math.max(1, down.size()));
        double[] places = new double[down.size()];
        for (int i = 0; i < places.length; i++) {
            double wanted = y.at(cpu(down.get(i)));
            places[i] = i == 0 ? wanted : Math.max(wanted, places[i - 1] + step);
        }
        for (int i = places.length - 1; i >= 0; i--) {
            places[i] = Math.min(places[i], BOTTOM - (places.length - 1 - i) * step);
            Measured.Row row = down.get(i);
            svg.line(x.at(time(row)) + 6, y.at(cpu(row)), x.to() + 8, places[i], "leader");
            svg.text(x.to() + 12, places[i] + 4, "start", "detail", row.series().name(32));
        }
    }

    private static Table table(List<Measured.Row> rows, List<Measured.Row> front, int size) {
        Table table =
                new Table(
                        "Latency and CPU, messages of " + Units.bytes(size),
                        "Mechanism",
                        "p50 round trip",
                        "95 % interval",
                        "CPU a message",
                        "95 % interval",
                        "CPUs busy",
                        "on the front");
        for (Measured.Row row : rows) {
            Summary s = row.summary();
            table.row(
                    row.series().detail(),
                    Units.value(s.p50(), Units::time),
                    Units.interval(s.p50(), Units::time),
                    Units.value(s.cpuNs(), Units::time),
                    Units.interval(s.cpuNs(), Units::time),
                    Units.value(s.cpusBusy(), Units::hundredths),
                    front.contains(row) ? "yes" : "no");
        }
        return table;
    }

    /** Renders one chart for each size that has at least two marks. */
    static String section(Measured measured) {
        Section section = new Section("efficiency", "Latency and CPU together");
        int n = 0;
        int first = measured.headline().map(a -> a.size()).orElse(0);
        List<Integer> sizes =
                measured.sizes(Factors.RTT).stream()
                        .sorted(Comparator.comparing(size -> size != first))
                        .toList();
        for (int size : sizes) {
            List<Measured.Row> rows =
                    measured.rows(Factors.RTT, size).stream().filter(EfficiencyChart::has).toList();
            if (rows.size() > 1) {
                section.figure(of(measured, rows, size, "efficiency-" + n), n++ > 0);
            }
        }
        return n > 0
                ? section.toString()
                : section.nothing(
                        "The map of latency against CPU needs two mechanisms with round trips and"
                                + " CPU times of one size; this run has fewer.");
    }
}
