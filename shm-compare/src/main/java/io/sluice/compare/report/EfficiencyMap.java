package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Time against the receiver's CPU, both at a fixed rate. No mechanism is better in both than one on
 * the marked front (Pareto). Marks have numbers, whose names are below the picture.
 */
final class EfficiencyMap {
    private static final double LEFT = 58;
    private static final double TOP = 12;
    private static final double BOTTOM = 330;

    private final ReportModel model;
    private final List<FixedRate.Reading> readings;
    private final List<FixedRate.Reading> front;
    private final String id;

    private EfficiencyMap(ReportModel model, List<FixedRate.Reading> readings, String id) {
        this.model = model;
        this.readings =
                readings.stream().sorted(Comparator.comparingDouble(EfficiencyMap::time)).toList();
        this.id = id;
        front = new ArrayList<>();
        for (FixedRate.Reading each : this.readings) {
            if (front.isEmpty() || cpu(each) < cpu(front.get(front.size() - 1))) {
                front.add(each);
            }
        }
    }

    /** Returns a map for each size and rate with two mechanisms or more. */
    static Section details(ReportModel model, FixedRate fixedRate) {
        Section section = new Section("efficiency", "Time and CPU together, at a fixed rate");
        for (int size :
                fixedRate.readings().stream().map(FixedRate.Reading::size).distinct().toList()) {
            for (double rate : fixedRate.rates(size)) {
                List<FixedRate.Reading> known =
                        fixedRate.at(size, rate).stream()
                                .filter(r -> r.time().isKnown() && time(r) > 0 && cpu(r) > 0)
                                .toList();
                if (known.size() > 1) {
                    section.figure(
                            new EfficiencyMap(model, known, "efficiency-" + section.parts().size())
                                    .figure());
                }
            }
        }
        return section.isEmpty()
                ? section.note(
                        "The map of time against CPU needs two mechanisms with messages of one size"
                                + " at one fixed rate; this run has fewer.")
                : section;
    }

    private static double time(FixedRate.Reading reading) {
        return reading.time().value();
    }

    private static double cpu(FixedRate.Reading reading) {
        return reading.receiver().value();
    }

    private Figure figure() {
        FixedRate.Reading any = readings.get(0);
        String title =
                "Time against the receiver’s CPU at "
                        + Units.perSecond(any.rate())
                        + " a second"
                        + ", messages of "
                        + Units.bytes(any.size());
        return new Figure(
                id,
                title,
                "By their medians at this rate, nothing beats “"
                        + front.stream()
                                .map(r -> r.row().name())
                                .collect(Collectors.joining("” or “"))
                        + "” in both time and CPU.",
                Figure.both(width -> draw(width, title)),
                "Down is cheaper, left is quicker. Whatever lies above and to the right of the"
                        + " stepped line is beaten in both by something on it. The time is "
                        + (any.isRoundTrip()
                                ? "that of a round trip. "
                                : "one way, from when a message was due. ")
                        + Series.MARKS,
                new DataTable.Columns<FixedRate.Reading>()
                        .text("Mark", r -> String.valueOf(readings.indexOf(r) + 1))
                        .text("Mechanism", r -> r.row().name())
                        .interval(
                                "median time", model.interval, Units::time, FixedRate.Reading::time)
                        .interval(
                                "receiver, CPUs",
                                "its " + model.interval,
                                Units::hundredths,
                                FixedRate.Reading::receiver)
                        .text("on the front", r -> front.contains(r) ? "yes" : "no")
                        .of(title, readings));
    }

    private static Axis axis(
            List<FixedRate.Reading> readings,
            java.util.function.Function<FixedRate.Reading, Estimate> of,
            double from,
            double to) {
        List<Double> numbers = new ArrayList<>();
        readings.forEach(
                r ->
                        numbers.addAll(
                                List.of(of.apply(r).value(), of.apply(r).lo(), of.apply(r).hi())));
        return Axis.log(numbers, from, to);
    }

    private String draw(int width, String title) {
        Svg svg =
                new Svg(
                        width,
                        id,
                        title,
                        "One numbered mark a mechanism: time to the right, CPU upwards, both"
                                + " logarithmic.");
        Axis x = axis(readings, FixedRate.Reading::time, LEFT, width - 12);
        Axis y = axis(readings, FixedRate.Reading::receiver, BOTTOM, TOP);
        for (double tick : y.ticks(30)) {
            svg.line(LEFT, y.at(tick), x.to(), y.at(tick), "grid");
            svg.text(LEFT - 6, y.at(tick) + 4, "end", "tick", Units.tick(Units.hundredths(tick)));
        }
        double last =
                svg.axis(
                        x,
                        TOP,
                        BOTTOM,
                        Units::time,
                        "median time → and CPUs of the receiver ↑, both logarithmic — lower is"
                                + " better");
        StringBuilder steps = new StringBuilder();
        for (FixedRate.Reading each : front) {
            double at = x.at(time(each));
            steps.append(steps.isEmpty() ? Svg.points("M%s,%s", at, TOP) : Svg.points("H%s", at));
            steps.append(Svg.points("V%s", y.at(cpu(each))));
        }
        svg.path(steps + Svg.points("H%s", x.to()), "front");
        for (FixedRate.Reading each : readings) {
            svg.estimate(
                    x,
                    each.row().series(),
                    each.time(),
                    y.at(cpu(each)),
                    1,
                    each.row().name()
                            + ": "
                            + Units.both(each.time(), Units::time)
                            + ", "
                            + Units.both(each.receiver(), Units::hundredths)
                            + " CPUs");
        }
        last += 8;
        int columns = svg.isNarrow() ? 1 : 2;
        int perColumn = (readings.size() + columns - 1) / columns;
        double[] taken = new double[readings.size()];
        for (int i = 0; i < readings.size(); i++) {
            taken[i] = label(taken, i, x.at(time(readings.get(i))), y.at(cpu(readings.get(i))));
            svg.text(
                    x.at(time(readings.get(i))) + 8 + 14 * taken[i],
                    y.at(cpu(readings.get(i))) - 7,
                    "start",
                    "number small",
                    String.valueOf(i + 1));
            double column = (i / perColumn) * (width / 2.0);
            double line = last + 15 * (i % perColumn + 1);
            svg.mark(
                    readings.get(i).row().series(),
                    column + 6,
                    line - 4,
                    1,
                    readings.get(i).row().name());
            svg.text(
                    column + 18,
                    line,
                    "start",
                    "detail",
                    (i + 1) + "  " + Svg.shorten(readings.get(i).row().name(), 40));
        }
        return svg.build(last + 15 * perColumn + 4, model.scope());
    }

    /** Returns how many labels of earlier marks stand where this one's would. */
    private double label(double[] taken, int i, double x, double y) {
        double places = 0;
        for (int k = 0; k < i; k++) {
            FixedRate.Reading other = readings.get(k);
            if (other != readings.get(i) && near(readings.get(i), other)) {
                places = Math.max(places, taken[k] + 1);
            }
        }
        return places;
    }

    private static boolean near(FixedRate.Reading a, FixedRate.Reading b) {
        return Math.abs(Math.log(time(a) / time(b))) < 0.4
                && Math.abs(Math.log(cpu(a) / cpu(b))) < 0.25;
    }
}
