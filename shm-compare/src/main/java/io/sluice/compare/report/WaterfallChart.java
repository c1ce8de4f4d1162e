package io.sluice.compare.report;

import io.sluice.compare.result.Cell;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is added, step by step, from the floor of the hardware to a blocking pipe. */
final class WaterfallChart {
    private static final double LEFT = 205;
    private static final double RIGHT = 570;
    private static final int TOP = 26;
    private static final int ROW = 46;

    /** One level: where the previous ended, where this one ends, and what it adds. */
    private record Step(
            String name,
            String detail,
            String color,
            Estimate total,
            Estimate added,
            boolean first) {}

    private WaterfallChart() {}

    /** Empty if fewer than two of the levels were measured. */
    static Optional<Figure> of(Measured measured, Attribution a) {
        List<Step> steps = steps(a);
        return steps.size() < 2 ? Optional.empty() : Optional.of(chart(measured, a, steps));
    }

    private static List<Step> steps(Attribution a) {
        List<Step> steps = new ArrayList<>();
        Optional<Cell> none = Optional.empty();
        if (a.floorNs().known()) {
            steps.add(
                    new Step(
                            "Cache-line floor",
                            "the hardware alone",
                            "c-floor",
                            a.floorNs(),
                            a.floorNs(),
                            true));
        }
        Optional<Cell> before = none;
        boolean hinted = a.roundTripNs(a.hint()).known();
        if (a.roundTripNs(a.shared()).known()) {
            Estimate added = steps.isEmpty() ? a.roundTripNs(a.shared()) : a.overFloor();
            steps.add(
                    new Step(
                            "Shared memory",
                            "sluice, spinning",
                            "c0",
                            a.roundTripNs(a.shared()),
                            added,
                            steps.isEmpty()));
            before = a.shared();
        }
        if (hinted && before.isPresent()) {
            steps.add(
                    new Step(
                            "+ the kernel’s path",
                            "system calls and copies",
                            "c2",
                            a.roundTripNs(a.hint()),
                            a.step(before, a.hint()),
                            false));
            before = a.hint();
        }
        if (a.roundTripNs(a.block()).known() && before.isPresent()) {
            String name = hinted ? "+ sleeping, being woken" : "+ kernel and sleeping";
            String detail = "= a blocking " + a.kernel();
            steps.add(
                    new Step(
                            name,
                            detail,
                            "c1",
                            a.roundTripNs(a.block()),
                            a.step(before, a.block()),
                            false));
        }
        return steps;
    }

    private static Figure chart(Measured measured, Attribution a, List<Step> steps) {
        double largest =
                steps.stream()
                        .mapToDouble(s -> s.total.hasInterval() ? s.total.hi() : s.total.value())
                        .max()
                        .orElse(1);
        Axis axis = Axis.linear(largest, LEFT, RIGHT);
        double bottom = TOP + steps.size() * ROW;
        Svg svg =
                new Svg(
                        "waterfall-" + measured.attributions.indexOf(a),
                        (int) bottom + 44,
                        "What the kernel adds to a round trip, messages of "
                                + Units.bytes(a.size()),
                        "From top to bottom each bar begins where the one above ends: the floor of the hardware, shared memory,"
                                + " the kernel's system calls and copies, and sleeping until woken. The axis begins at zero,"
                                + " lower is better. The numbers are in the table below the chart.");
        for (double tick : axis.ticks()) {
            svg.line(axis.at(tick), TOP - 4, axis.at(tick), bottom, "grid");
            svg.text(axis.at(tick), bottom + 15, "middle", "tick", Units.tick(Units.time(tick)));
        }
        svg.line(LEFT, bottom, RIGHT, bottom, "axis");
        svg.text(
                (LEFT + RIGHT) / 2,
                bottom + 34,
                "middle",
                "axis-label",
                "median round trip time, from zero — lower is better");
        svg.text(Svg.WIDTH, TOP - 10, "end", "tick strong", "adds, part of all; total so far");
        double all = steps.get(steps.size() - 1).total.value();
        double end = axis.at(0);
        for (int i = 0; i < steps.size(); i++) {
            end = paint(svg, axis, steps.get(i), TOP + i * ROW, end, all);
        }
        return new Figure(svg.build(measured.scope()), caption(a), table(a, steps));
    }

    private static double paint(
            Svg svg, Axis axis, Step step, double y, double before, double all) {
        double middle = y + ROW / 2.0;
        double from = step.first ? axis.at(0) : before;
        double to = axis.at(step.total.value());
        svg.text(0, middle - 2, "start", "name", step.name);
        svg.text(0, middle + 13, "start", "detail", step.detail);
        if (!step.first) {
            svg.line(from, y - 10, from, y + 10, "leader");
        }
        svg.rect(
                Math.min(from, to),
                middle - 13,
                Math.max(1.5, Math.abs(to - from)),
                26,
                "bar " + step.color);
        if (step.total.hasInterval()) {
            svg.whisker(axis.at(step.total.lo()), axis.at(step.total.hi()), middle, 3);
        }
        String sign = step.first || step.added.value() < 0 ? "" : "+";
        svg.text(
                Svg.WIDTH,
                middle - 2,
                "end",
                "number",
                sign + Units.value(step.added, Units::time) + share(step, all));
        svg.text(
                Svg.WIDTH,
                middle + 13,
                "end",
                "detail",
                step.first ? "" : "to " + Units.value(step.total, Units::time));
        return to;
    }

    private static String share(Step step, double all) {
        return " · " + Units.percent(step.added.value() / all);
    }

    private static String caption(Attribution a) {
        return "Messages of "
                + Units.bytes(a.size())
                + ", there and back, placement “"
                + a.placement()
                + "”. Each bar begins where the one"
                + " above ends, so its length is what that step adds. The thin line at the end of a bar is the 95 % interval of"
                + " the total.";
    }

    private static Table table(Attribution a, List<Step> steps) {
        Table table =
                new Table(
                        "Steps of a round trip, messages of " + Units.bytes(a.size()),
                        "Step",
                        "adds",
                        "95 % interval",
                        "total",
                        "95 % interval");
        for (Step step : steps) {
            table.row(
                    step.name,
                    Units.value(step.added, Units::time),
                    Units.interval(step.added, Units::time),
                    Units.value(step.total, Units::time),
                    Units.interval(step.total, Units::time));
        }
        return table;
    }
}
