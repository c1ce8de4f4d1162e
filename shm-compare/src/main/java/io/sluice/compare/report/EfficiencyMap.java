package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.RECEIVER_CPUS;
import static io.sluice.compare.export.Units.bytes;
import static io.sluice.compare.export.Units.perSecond;
import static java.util.Comparator.comparingDouble;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Units;
import io.sluice.compare.report.FixedRate.Reading;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Time against the receiver's CPU, both at a fixed rate. No mechanism is better in both than one on
 * the marked front (Pareto). Marks have numbers, whose names are below the picture.
 */
final class EfficiencyMap {
    private static final double LEFT = 58;
    private static final double TOP = 27;
    private static final double BOTTOM = 330;
    private static final int LINE = 15;

    /** So many labels stand in a line, the next above it. */
    private static final int LABELS = 5;

    private final ReportModel model;
    private final List<Reading> readings;
    private final List<Reading> front = new ArrayList<>();
    private final String id;

    private EfficiencyMap(ReportModel model, List<Reading> readings, String id) {
        this.model = model;
        this.readings = readings.stream().sorted(comparingDouble(EfficiencyMap::time)).toList();
        this.id = id;
        for (Reading each : this.readings) {
            if (front.isEmpty() || cpu(each) < cpu(front.getLast())) {
                front.add(each);
            }
        }
    }

    /** Returns a map for each size and rate with two mechanisms or more. */
    static Section details(ReportModel model) {
        Section section = new Section("efficiency", "Time and CPU together, at a fixed rate");
        for (List<Reading> load : new FixedRate(model).loads().values()) {
            List<Reading> known = load.stream().filter(r -> time(r) > 0 && cpu(r) > 0).toList();
            if (known.size() > 1) {
                String id = "efficiency-" + section.parts().size();
                section.figure(new EfficiencyMap(model, known, id).figure());
            }
        }
        return section.orNote(Text.of("map.none"));
    }

    private static double time(Reading reading) {
        return reading.time().value();
    }

    private static double cpu(Reading reading) {
        return reading.receiver().value();
    }

    private Figure figure() {
        Reading any = readings.getFirst();
        String title = Text.of("map.title", perSecond(any.rate()), bytes(any.size()));
        String best = front.stream().map(Reading::name).collect(joining("” or “"));
        String time = Text.of(any.isRoundTrip() ? "map.trip" : "map.way");
        DataTable table =
                new DataTable.Columns<Reading>()
                        .text("Mark", r -> String.valueOf(readings.indexOf(r) + 1))
                        .text("Mechanism", Reading::name)
                        .interval("median time", model.interval, Units::time, Reading::time)
                        .interval("receiver, CPUs", "its " + model.interval, RECEIVER_CPUS)
                        .text("on the front", r -> front.contains(r) ? "yes" : "no")
                        .of(title, readings);
        String takeaway = Text.of("map.front", best);
        String picture = Figure.both(width -> draw(width, title));
        String caption = Text.of("map.caption", time, Series.MARKS);
        return new Figure(id, title, takeaway, picture, caption, table);
    }

    private Axis axis(Function<Reading, Estimate> number, double from, double to) {
        return Axis.of(readings.stream().map(number).toList(), from, to);
    }

    private String draw(int width, String title) {
        Svg svg = new Svg(width, id, title, Text.of("map.picture"));
        Axis x = axis(Reading::time, LEFT, width - 12);
        Axis y = axis(Reading::receiver, BOTTOM, TOP);
        for (double tick : y.ticks(30)) {
            svg.line(LEFT, y.at(tick), x.to(), y.at(tick), "grid");
            svg.text(LEFT - 6, y.at(tick) + 4, "end", "tick", Units.tick(Units.hundredths(tick)));
        }
        double last = svg.axis(x, TOP, BOTTOM, Units::time, Text.of("map.axis")) + 8;
        StringBuilder steps = new StringBuilder();
        for (Reading each : front) {
            double at = x.at(time(each));
            steps.append(steps.isEmpty() ? Svg.points("M%s,%s", at, TOP) : Svg.points("H%s", at));
            steps.append(Svg.points("V%s", y.at(cpu(each))));
        }
        svg.path(steps + Svg.points("H%s", x.to()), "front");
        for (Reading each : readings) {
            String time = Units.both(each.time(), Units::time);
            String cpus = each.both(RECEIVER_CPUS);
            String tip = each.name() + ": " + time + ", " + cpus + " CPUs";
            svg.estimate(x, each.row().series(), each.time(), y.at(cpu(each)), 1, tip);
        }
        int columns = svg.isNarrow() ? 1 : 2;
        int perColumn = (readings.size() + columns - 1) / columns;
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < readings.size(); i++) {
            Reading each = readings.get(i);
            String number = String.valueOf(i + 1);
            places.add(place(places, each));
            label(svg, x.at(time(each)), y.at(cpu(each)), places.get(i), number);
            double column = i / perColumn * (width / 2.0);
            double line = last + LINE * (i % perColumn + 1);
            svg.mark(each.row().series(), column + 6, line - 4, 1, each.name());
            String label = number + "  " + Svg.shorten(each.name(), 40);
            svg.text(column + 18, line, "start", "detail", label);
        }
        return svg.build(last + LINE * perColumn + 4, model.scope());
    }

    /** Writes a number beside its mark, after those that stand there, on the side that has room. */
    private static void label(Svg svg, double x, double y, int place, String number) {
        double away = 8 + 14 * (place % LABELS);
        boolean toTheRight = x + 8 + 14 * LABELS < svg.width();
        double up = 7 + LINE * (place / LABELS);
        String anchor = toTheRight ? "start" : "end";
        svg.text(x + (toTheRight ? away : -away), y - up, anchor, "number small", number);
    }

    /** Returns how many labels of earlier marks stand where this one's would. */
    private int place(List<Integer> places, Reading reading) {
        return IntStream.range(0, places.size())
                .filter(i -> isNear(readings.get(i), reading))
                .map(i -> places.get(i) + 1)
                .max()
                .orElse(0);
    }

    private static boolean isNear(Reading a, Reading b) {
        return Math.abs(Math.log(time(a) / time(b))) < 0.4
                && Math.abs(Math.log(cpu(a) / cpu(b))) < 0.25;
    }
}
