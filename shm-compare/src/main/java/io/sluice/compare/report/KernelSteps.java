package io.sluice.compare.report;

import static io.sluice.compare.export.Units.bytes;
import static io.sluice.compare.export.Units.percent;
import static io.sluice.compare.export.Units.value;
import static io.sluice.compare.report.Series.noun;
import static java.util.Comparator.comparing;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Decomposition;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.TwoByTwo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The steps and the parts of the time that the kernel takes, as bars. */
record KernelSteps(ReportModel model) {
    /** A part of half a round trip, and the color of its bar. */
    private record Part(String id, String color) {
        Step step(Estimate time) {
            return new Step("part." + id, "", color, 0, time, time);
        }
    }

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
            String key, String kernel, String color, double from, Estimate total, Estimate added) {
        String name() {
            return Text.of(key);
        }

        String detail() {
            return Text.of(key + ".detail", kernel);
        }

        double ns() {
            return added.value();
        }

        String time() {
            return value(added, Units::time);
        }

        /** Returns what it adds. */
        String more() {
            return (from == 0 || ns() < 0 ? "" : "+") + time();
        }

        String share(double all) {
            return percent(ns() / all);
        }

        /** Returns the name for use within a sentence. */
        String noun() {
            return name().replace("+ ", "").toLowerCase(Locale.ROOT);
        }

        RowChart.ChartLine line(String number) {
            String sum = from == 0 ? "" : "to " + value(total, Units::time);
            return new RowChart.ChartLine(name(), detail(), number, sum, this::paint);
        }

        private void paint(Svg svg, Axis axis, double y) {
            double begin = axis.at(from);
            double end = axis.at(total.value());
            double width = Math.max(1.5, Math.abs(end - begin));
            svg.rect(Math.min(begin, end), y - 8, width, 16, "bar " + color);
            svg.whisker(axis, total, y, 3);
        }
    }

    /** Returns what each step adds to a round trip. */
    Optional<Figure> waterfall(Attribution a) {
        List<Step> steps = steps(a);
        if (steps.size() < 2) {
            return Optional.empty();
        }
        String size = bytes(a.size());
        String place = Placements.inWords(a.placement());
        Step most = most(steps);
        double all = steps.getLast().total.value();
        String whole = "step.most." + (a.roundTripNs(a.block()).isKnown() ? "blocking" : "longest");
        DataTable table =
                new DataTable.Columns<Step>()
                        .text("Step", Step::name)
                        .interval("adds", model.interval, Units::time, Step::added)
                        .interval("total", "its " + model.interval, Units::time, Step::total)
                        .of(Text.of("step.table", size), steps);
        String id = "waterfall-" + model.attributions.indexOf(a);
        String title = Text.of("step.title", size);
        String takeaway =
                Text.of(whole, most.noun(), most.time(), most.share(all), noun(a.kernel()));
        String caption = Text.of("step.caption", a.placement(), place, model.interval);
        return Optional.of(
                chart(id, title, "step", steps, step -> step.more() + " · " + step.share(all))
                        .figure(takeaway, caption, table, model.scope()));
    }

    private static List<Step> steps(Attribution a) {
        List<Step> steps = new ArrayList<>();
        Estimate shared = a.roundTripNs(a.shared());
        add(steps, a, "floor", "c-floor", a.floorNs(), a.floorNs());
        add(steps, a, "memory", "c0", shared, steps.isEmpty() ? shared : a.overFloor());
        if (shared.isKnown()) {
            Estimate path = a.step(a.shared(), a.hint());
            add(steps, a, "path", "c2", a.roundTripNs(a.hint()), path);
            boolean mixed = a.block().filter(TwoByTwo::isMixed).isPresent();
            String last = path.isKnown() ? mixed ? "waiting" : "sleeping" : "kernel";
            Estimate added = a.step(path.isKnown() ? a.hint() : a.shared(), a.block());
            add(steps, a, last, "c1", a.roundTripNs(a.block()), added);
        }
        return steps;
    }

    /** Adds a step that begins where the last one ends, if it was measured. */
    private static void add(
            List<Step> steps,
            Attribution a,
            String id,
            String color,
            Estimate total,
            Estimate added) {
        if (total.isKnown()) {
            double from = steps.isEmpty() ? 0 : steps.getLast().total.value();
            steps.add(new Step("step." + id, noun(a.kernel()), color, from, total, added));
        }
    }

    /** Returns the parts that a blocking half round trip is made of. */
    Optional<Figure> parts(Decomposition d, String id) {
        List<Step> known =
                PARTS.stream()
                        .map(part -> part.step(Estimate.of(d.parts().get(part.id))))
                        .filter(step -> step.added.isKnown())
                        .toList();
        if (known.size() < 2) {
            return Optional.empty();
        }
        Step most = most(known);
        String time = Units.both(most.added, Units::time);
        String title = Text.of("part.title", noun(d.kernel()), bytes(d.size()));
        DataTable table =
                new DataTable.Columns<Step>()
                        .text("Part", Step::name)
                        .text("what it is", Step::detail)
                        .interval("time", model.interval, Units::time, Step::added)
                        .of(title, known);
        String takeaway = Text.of("part.most", most.noun(), most.detail(), time);
        String caption = Text.of("part.caption", d.placement());
        return Optional.of(
                chart(id, title, "part", known, Step::time)
                        .figure(takeaway, caption, table, model.scope()));
    }

    private static Step most(List<Step> steps) {
        return steps.stream().max(comparing(Step::ns)).orElseThrow();
    }

    private static RowChart chart(
            String id, String title, String key, List<Step> steps, Function<Step, String> number) {
        double end =
                steps.stream()
                        .map(Step::total)
                        .mapToDouble(total -> total.hasInterval() ? total.hi() : total.value())
                        .max()
                        .orElseThrow();
        return new RowChart(
                id,
                title,
                Text.of(key + ".axis"),
                Text.of(key + ".head"),
                Units::time,
                Axis.linear(end, 0, 1),
                steps.stream().map(step -> step.line(number.apply(step))).toList());
    }
}
