package io.sluice.compare.report;

import static io.sluice.compare.report.Units.bytes;
import static io.sluice.compare.report.Units.percent;
import static io.sluice.compare.report.Units.value;
import static java.util.Comparator.comparing;

import io.sluice.compare.export.DataTable.Columns;
import io.sluice.compare.result.Decomposition;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The steps and the parts of the time that the kernel takes, as bars. */
record KernelSteps(ReportModel model) {
    /** A part of half a round trip, and the color of its bar. */
    private record Part(String id, String color) {}

    private static final List<Part> PARTS =
            List.of(
                    new Part(Decomposition.LINE, "c-floor"),
                    new Part(Decomposition.SHARED_PATH, "c0"),
                    new Part(Decomposition.ENTRY, "c3"),
                    new Part(Decomposition.COPYING, "c5"),
                    new Part(Decomposition.OBJECT, "c2"),
                    new Part(Decomposition.COHERENCE, "c7"),
                    new Part(Decomposition.WAKE, "c1"));

    /** A bar: where it begins and ends, and what it adds. */
    private record Step(
            String name, String detail, String color, double from, Estimate total, Estimate added) {
        double ns() {
            return added.value();
        }

        String time() {
            return value(added, Units::time);
        }

        /** Returns the name for use within a sentence. */
        String noun() {
            return name.replace("+ ", "").toLowerCase(Locale.ROOT);
        }

        RowChart.Line line(String number) {
            String sum = from == 0 ? "" : "to " + value(total, Units::time);
            return new RowChart.Line(name, detail, number, sum, this::paint);
        }

        private void paint(Svg svg, Axis axis, double y) {
            double begin = axis.at(from);
            double end = axis.at(total.value());
            double width = Math.max(1.5, Math.abs(end - begin));
            svg.rect(Math.min(begin, end), y - 8, width, 16, "bar " + color);
            svg.whisker(axis, total, y, 3);
        }
    }

    private static List<Step> steps(Attribution a) {
        List<Step> steps = new ArrayList<>();
        Estimate shared = a.roundTripNs(a.shared());
        add(steps, "floor", "c-floor", a.floorNs(), a.floorNs());
        add(steps, "memory", "c0", shared, steps.isEmpty() ? shared : a.overFloor());
        if (shared.isKnown()) {
            Estimate path = a.step(a.shared(), a.hint());
            add(steps, "path", "c2", a.roundTripNs(a.hint()), path);
            String last = path.isKnown() ? "sleeping" : "kernel";
            Estimate added = a.step(path.isKnown() ? a.hint() : a.shared(), a.block());
            add(steps, last, "c1", a.roundTripNs(a.block()), added, Series.noun(a.kernel()));
        }
        return steps;
    }

    /** Adds a step that begins where the last one ends, if it was measured. */
    private static void add(
            List<Step> steps,
            String id,
            String color,
            Estimate total,
            Estimate added,
            Object... values) {
        if (total.isKnown()) {
            double from = steps.isEmpty() ? 0 : steps.getLast().total.value();
            String detail = Text.of("step." + id + ".detail", values);
            steps.add(new Step(Text.of("step." + id), detail, color, from, total, added));
        }
    }

    /** Returns what each step adds to a round trip. */
    Optional<Figure> waterfall(Attribution a) {
        List<Step> steps = steps(a);
        if (steps.size() < 2) {
            return Optional.empty();
        }
        double all = steps.getLast().total.value();
        Step most = most(steps);
        String size = bytes(a.size());
        String whole = a.roundTripNs(a.block()).isKnown() ? "blocking" : "longest";
        String share = percent(most.ns() / all);
        String kernel = Series.noun(a.kernel());
        String place = Placements.inWords(a.placement());
        return Optional.of(
                chart(
                                "waterfall-" + model.attributions.indexOf(a),
                                "What the kernel adds to a round trip, messages of " + size,
                                "median round trip time, from zero — lower is better",
                                "adds, part of all; total so far",
                                steps,
                                step ->
                                        (step.from == 0 || step.ns() < 0 ? "" : "+")
                                                + step.time()
                                                + " · "
                                                + percent(step.ns() / all))
                        .figure(
                                Text.of(
                                        "step.most." + whole,
                                        most.noun(),
                                        most.time(),
                                        share,
                                        kernel),
                                Text.of("step.caption", a.placement(), place, model.interval),
                                new Columns<Step>()
                                        .text("Step", Step::name)
                                        .interval("adds", model.interval, Units::time, Step::added)
                                        .interval(
                                                "total",
                                                "its " + model.interval,
                                                Units::time,
                                                Step::total)
                                        .of(Text.of("step.table", size), steps),
                                model.scope()));
    }

    /** Returns the parts that a blocking half round trip is made of. */
    Optional<Figure> parts(Decomposition d, String id) {
        List<Step> known = new ArrayList<>();
        for (Part part : PARTS) {
            Estimate time = Estimate.of(d.parts().get(part.id));
            if (time.isKnown()) {
                String detail = Text.of("part." + part.id + ".detail");
                known.add(new Step(Text.of("part." + part.id), detail, part.color, 0, time, time));
            }
        }
        if (known.size() < 2) {
            return Optional.empty();
        }
        Step most = most(known);
        String title = Text.of("part.title", Series.noun(d.kernel()), bytes(d.size()));
        String label = "time of half a round trip, from zero — lower is better";
        String time = Units.both(most.added, Units::time);
        return Optional.of(
                chart(id, title, label, "", known, Step::time)
                        .figure(
                                Text.of("part.most", most.noun(), most.detail, time),
                                Text.of("part.caption", d.placement()),
                                new Columns<Step>()
                                        .text("Part", Step::name)
                                        .text("what it is", Step::detail)
                                        .interval("time", model.interval, Units::time, Step::added)
                                        .of(title, known),
                                model.scope()));
    }

    private static Step most(List<Step> steps) {
        return steps.stream().max(comparing(Step::ns)).orElseThrow();
    }

    private static RowChart chart(
            String id,
            String title,
            String label,
            String head,
            List<Step> steps,
            Function<Step, String> number) {
        double end =
                steps.stream()
                        .map(Step::total)
                        .mapToDouble(total -> total.hasInterval() ? total.hi() : total.value())
                        .max()
                        .orElse(1);
        List<RowChart.Line> lines =
                steps.stream().map(step -> step.line(number.apply(step))).toList();
        return new RowChart(id, title, label, head, Units::time, Axis.linear(end, 0, 1), lines);
    }
}
