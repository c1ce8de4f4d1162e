package io.sluice.compare.report;

import io.sluice.compare.result.Measurement;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What is added, step by step, from the floor of the hardware to a blocking pipe. */
final class WaterfallChart {
    private static final int TOP = 26;

    /** One level: where the previous ended, where this one ends, and what it adds. */
    private record Step(
            String name,
            String detail,
            String color,
            Estimate total,
            Estimate added,
            boolean first) {}

    private WaterfallChart() {}

    /** Draws the chart; empty if fewer than two of the levels were measured. */
    static Optional<Figure> of(ReportModel reportModel, Attribution a) {
        List<Step> steps = steps(a);
        return steps.size() < 2
                ? Optional.empty()
                : Optional.of(
                        new Figure(
                                        chartWidth -> draw(chartWidth, reportModel, a, steps),
                                        caption(reportModel, a),
                                        table(reportModel, a, steps))
                                .saying(largest(a, steps)));
    }

    private static String largest(Attribution a, List<Step> steps) {
        Step step =
                steps.stream().max(Comparator.comparingDouble(s -> s.added.value())).orElseThrow();
        double all = steps.get(steps.size() - 1).total.value();
        return "The largest step: "
                + step.name.replace("+ ", "").toLowerCase(Locale.ROOT)
                + ", "
                + Units.value(step.added, Units::time)
                + share(step, all).replace(" · ", " or ")
                + (a.roundTripNs(a.block()).isKnown()
                        ? " of a round trip through a blocking " + a.kernel() + "."
                        : " of the longest round trip that is drawn here.");
    }

    private static List<Step> steps(Attribution a) {
        List<Step> steps = new ArrayList<>();
        Optional<Measurement> none = Optional.empty();
        if (a.floorNs().isKnown()) {
            steps.add(
                    new Step(
                            "Cache-line floor",
                            "the hardware, and the clock",
                            "c-floor",
                            a.floorNs(),
                            a.floorNs(),
                            true));
        }
        Optional<Measurement> before = none;
        boolean hinted = a.roundTripNs(a.hint()).isKnown();
        if (a.roundTripNs(a.shared()).isKnown()) {
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
        if (a.roundTripNs(a.block()).isKnown() && before.isPresent()) {
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

    private static String draw(
            ChartWidth chartWidth, ReportModel reportModel, Attribution a, List<Step> steps) {
        double largest =
                steps.stream()
                        .mapToDouble(s -> s.total.hasInterval() ? s.total.hi() : s.total.value())
                        .max()
                        .orElse(1);
        RowLayout layout = RowLayout.of(chartWidth, 205, 570, 46, 13);
        Axis axis = Axis.linear(largest, layout.left(), layout.right());
        double bottom = TOP + steps.size() * layout.height();
        Svg svg =
                new Svg(
                        chartWidth,
                        "waterfall-" + reportModel.attributions.indexOf(a),
                        "What the kernel adds to a round trip, messages of "
                                + Units.bytes(a.size()),
                        "From top to bottom each bar begins where the one above ends: the floor of the hardware, shared memory,"
                                + " the kernel's system calls and copies, and sleeping until woken. The axis begins at zero,"
                                + " lower is better. The numbers are in the table below the chart.");
        double last =
                layout.axis(
                        svg,
                        axis,
                        TOP - 4,
                        bottom,
                        Units::time,
                        "median round trip time, from zero — lower is better");
        svg.text(
                chartWidth.pixels(),
                TOP - 10,
                "end",
                "tick strong",
                "adds, part of all; total so far");
        double all = steps.get(steps.size() - 1).total.value();
        double end = axis.at(0);
        for (int i = 0; i < steps.size(); i++) {
            end = paint(svg, layout, axis, steps.get(i), TOP + i * layout.height(), end, all);
        }
        return svg.build(last, reportModel.scope());
    }

    private static double paint(
            Svg svg, RowLayout layout, Axis axis, Step step, double y, double before, double all) {
        double middle = layout.middle(y);
        double from = step.first ? axis.at(0) : before;
        double to = axis.at(step.total.value());
        String sign = step.first || step.added.value() < 0 ? "" : "+";
        layout.words(
                svg,
                y,
                step.name,
                step.detail,
                sign + Units.value(step.added, Units::time) + share(step, all),
                step.first ? "" : "to " + Units.value(step.total, Units::time));
        if (!step.first && !layout.format().isNarrow()) {
            double above = middle - layout.height() + layout.reach();
            svg.line(from, above, from, middle - layout.reach(), "leader");
        }
        svg.rect(
                Math.min(from, to),
                middle - layout.reach(),
                Math.max(1.5, Math.abs(to - from)),
                2 * layout.reach(),
                "bar " + step.color);
        svg.whisker(axis, step.total, middle, 3);
        return to;
    }

    private static String share(Step step, double all) {
        return " · " + Units.percent(step.added.value() / all);
    }

    private static String caption(ReportModel reportModel, Attribution a) {
        return "Messages of "
                + Units.bytes(a.size())
                + ", there and back, placement “"
                + a.placement()
                + "”"
                + PlacementSection.inWords(a.placement())
                + ". Each bar begins where the one"
                + " above ends, so its length is what that step adds. The thin line at the end of a bar is the "
                + reportModel.interval
                + " of the total.";
    }

    private static Table table(ReportModel reportModel, Attribution a, List<Step> steps) {
        Table table =
                new Table(
                        "Steps of a round trip, messages of " + Units.bytes(a.size()),
                        "Step",
                        "adds",
                        reportModel.interval,
                        "total",
                        reportModel.interval);
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
