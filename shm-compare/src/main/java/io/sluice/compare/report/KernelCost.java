package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Decomposition;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Quantity;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Measurements;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What the kernel costs: two factors, kernel or shared memory, sleeping or spinning, and the steps
 * between them.
 */
final class KernelCost {
    private static final List<String[]> PARTS =
            List.of(
                    new String[] {
                        Decomposition.LINE, "The line", "one cache line, one way", "c-floor"
                    },
                    new String[] {
                        Decomposition.SHARED_PATH, "Sharing", "writing, reading in place", "c0"
                    },
                    new String[] {
                        Decomposition.ENTRY, "Entering", "in and out of the kernel, twice", "c3"
                    },
                    new String[] {
                        Decomposition.COPYING, "Copying", "in and out of the kernel", "c5"
                    },
                    new String[] {
                        Decomposition.OBJECT, "The object", "locks, pages, accounting", "c2"
                    },
                    new String[] {
                        Decomposition.COHERENCE, "Moving it", "its state, from CPU to CPU", "c7"
                    },
                    new String[] {Decomposition.WAKE, "Waking", "sleeping until woken", "c1"});

    private final ReportModel model;

    /** A bar: where it begins and ends, and what it adds. */
    private record Step(
            String name, String detail, String color, double from, Estimate total, Estimate added) {
        boolean isFirst() {
            return from == 0;
        }
    }

    KernelCost(ReportModel model) {
        this.model = model;
    }

    /** Returns the headline's table and steps. */
    Section screen() {
        Section section = new Section("kernel", "What the kernel costs");
        Optional<Attribution> headline = model.headline();
        if (headline.isEmpty()) {
            return section.note("No round trips were measured, so there is nothing to take apart.");
        }
        Attribution a = headline.get();
        List<Decomposition> own = decompositions(a);
        own.forEach(d -> section.text(inWords(d)));
        section.table(twoByTwo(a));
        waterfall(a).ifPresent(section::figure);
        if (futex(a).isEmpty()) {
            section.note(
                    "The fourth field, shared memory with a reader that sleeps, was not measured in"
                            + " this run. Without it it is not known whether being woken costs the same"
                            + " in both worlds, so “waiting” here means waiting in the kernel’s "
                            + Series.noun(a.kernel())
                            + ". --mechanisms sluice measures it where this version can.");
        }
        return section;
    }

    /** Returns the parts of the headline, and all of the others. */
    Section details() {
        Section section =
                new Section("parts", "The parts of the kernel’s time, other sizes and mechanisms");
        Optional<Attribution> headline = model.headline();
        for (Attribution a : model.attributions) {
            if (headline.orElseThrow() != a) {
                waterfall(a).ifPresent(section::figure);
                section.table(twoByTwo(a));
            }
            section.table(beside(a));
        }
        List<Decomposition> all =
                model.decompositions.stream()
                        .sorted(
                                Comparator.comparing(
                                        d -> headline.filter(a -> isOf(d, a)).isEmpty()))
                        .toList();
        for (Decomposition d : all) {
            parts(d, "parts-" + section.parts().size()).ifPresent(section::figure);
            if (headline.filter(a -> isOf(d, a)).isEmpty()) {
                section.text(inWords(d));
            }
            d.remarks().forEach(remark -> section.note(sentence(remark)));
        }
        return section;
    }

    private static boolean isOf(Decomposition d, Attribution a) {
        return a.size() == d.size()
                && Objects.equals(a.placement(), d.placement())
                && Objects.equals(a.kernel(), d.kernel());
    }

    private List<Decomposition> decompositions(Attribution a) {
        return model.decompositions.stream().filter(d -> isOf(d, a)).toList();
    }

    private DataTable twoByTwo(Attribution a) {
        Optional<Measurement> futex = futex(a);
        return new DataTable(
                        "Median round trip, messages of "
                                + Units.bytes(a.size())
                                + ", "
                                + a.placement()
                                + ", with the "
                                + model.interval
                                + " of each",
                        "",
                        "the reader sleeps",
                        "neither end sleeps",
                        "difference: waiting")
                .row(
                        "the kernel copies (" + Series.noun(a.kernel()) + ")",
                        field(a, a.block()),
                        field(a, a.hint()),
                        waiting(a.block(), a.step(a.hint(), a.block())))
                .row(
                        "memory is shared",
                        field(a, futex),
                        field(a, a.shared()),
                        waiting(futex, a.step(a.shared(), futex)))
                .row(
                        "difference: the kernel’s path",
                        both(a.step(futex, a.block())),
                        both(a.step(a.shared(), a.hint())),
                        null);
    }

    /** Returns what waiting adds; not if the reader often did not sleep (V03). */
    private static Object waiting(Optional<Measurement> sleeping, Estimate added) {
        return sleeping.isPresent() && sleeping.get().flags().contains("V03")
                ? "no number: the reader did not sleep each time"
                : both(added);
    }

    private static DataTable.Field both(Estimate estimate) {
        return new DataTable.Field(Units.both(estimate, Units::time), estimate.value());
    }

    private static Object field(Attribution a, Optional<Measurement> measurement) {
        Estimate time = a.roundTripNs(measurement);
        return time.isKnown() ? both(time) : Verdict.unusableReason(measurement);
    }

    /** Returns shared memory with a reader that sleeps on a futex. */
    private Optional<Measurement> futex(Attribution a) {
        return Measurements.find(
                model.results, "sluice", Factors.FUTEX, Pattern.RTT, a.size(), a.placement());
    }

    /** Measurements of general interest that differ in more than one factor of the table. */
    private DataTable beside(Attribution a) {
        DataTable table =
                new DataTable(
                        "Beside these four: what changes more than one thing, messages of "
                                + Units.bytes(a.size())
                                + ", "
                                + a.placement(),
                        "Mechanism",
                        "what else is in it",
                        "median round trip");
        for (Row row : model.rows(a)) {
            String mechanism = row.measurement().factors().mechanism();
            if ((a.kernel() + ".nonblock").equals(mechanism)) {
                table.row(
                        row.name(),
                        "asks the kernel again and again: lock contention included",
                        both(row.summary().p50()));
            } else if ("sluice.offer".equals(mechanism)) {
                table.row(
                        row.name(), "one copy, into the shared memory", both(row.summary().p50()));
            }
        }
        return table;
    }

    private List<Step> steps(Attribution a) {
        List<Step> steps = new ArrayList<>();
        Estimate shared = a.roundTripNs(a.shared());
        Estimate hinted = a.roundTripNs(a.hint());
        Estimate block = a.roundTripNs(a.block());
        if (a.floorNs().isKnown()) {
            steps.add(
                    new Step(
                            "Cache-line floor",
                            "the hardware, and the clock",
                            "c-floor",
                            0,
                            a.floorNs(),
                            a.floorNs()));
        }
        if (shared.isKnown()) {
            double from = steps.isEmpty() ? 0 : a.floorNs().value();
            steps.add(
                    new Step(
                            "Shared memory",
                            "spinning",
                            "c0",
                            from,
                            shared,
                            from == 0 ? shared : a.overFloor()));
            if (hinted.isKnown()) {
                steps.add(
                        new Step(
                                "+ the kernel’s path",
                                "system calls and copies",
                                "c2",
                                shared.value(),
                                hinted,
                                a.step(a.shared(), a.hint())));
            }
            if (block.isKnown()) {
                steps.add(
                        new Step(
                                hinted.isKnown()
                                        ? "+ sleeping, being woken"
                                        : "+ kernel and sleeping",
                                "= a blocking " + Series.noun(a.kernel()),
                                "c1",
                                hinted.isKnown() ? hinted.value() : shared.value(),
                                block,
                                a.step(hinted.isKnown() ? a.hint() : a.shared(), a.block())));
            }
        }
        return steps;
    }

    private Optional<Figure> waterfall(Attribution a) {
        List<Step> steps = steps(a);
        if (steps.size() < 2) {
            return Optional.empty();
        }
        double all = steps.get(steps.size() - 1).total.value();
        String id = "waterfall-" + model.attributions.indexOf(a);
        String title = "What the kernel adds to a round trip, messages of " + Units.bytes(a.size());
        RowChart chart =
                bars(
                        id,
                        title,
                        "median round trip time, from zero — lower is better",
                        "adds, part of all; total so far",
                        steps,
                        all);
        DataTable table =
                new DataTable.Columns<Step>()
                        .text("Step", Step::name)
                        .interval("adds", model.interval, Units::time, Step::added)
                        .interval("total", "its " + model.interval, Units::time, Step::total)
                        .of("Steps of a round trip, messages of " + Units.bytes(a.size()), steps);
        return Optional.of(
                new Figure(
                        id,
                        title,
                        largest(a, steps, all),
                        chart.draw(model.scope()),
                        "Placement “"
                                + a.placement()
                                + "”"
                                + Placements.inWords(a.placement())
                                + ". Each bar begins where the one above ends, so its length is"
                                + " what that step adds. The thin line at its end is the "
                                + model.interval
                                + " of the total.",
                        table));
    }

    private static RowChart bars(
            String id, String title, String label, String head, List<Step> steps, double all) {
        double most =
                steps.stream()
                        .mapToDouble(s -> s.total.hasInterval() ? s.total.hi() : s.total.value())
                        .max()
                        .orElse(1);
        return new RowChart(
                id,
                title,
                label,
                head,
                Units::time,
                Axis.linear(most, 0, 1),
                steps.stream().map(step -> bar(step, all)).toList());
    }

    private static RowChart.Line bar(Step step, double all) {
        return new RowChart.Line(
                step.name,
                step.detail,
                (all == 0 || step.isFirst() || step.added.value() < 0 ? "" : "+")
                        + Units.value(step.added, Units::time)
                        + (all == 0 ? "" : " · " + Units.percent(step.added.value() / all)),
                all == 0 || step.isFirst() ? "" : "to " + Units.value(step.total, Units::time),
                (svg, axis, y) -> {
                    double from = axis.at(step.from);
                    double to = axis.at(step.total.value());
                    double width = Math.max(1.5, Math.abs(to - from));
                    svg.rect(Math.min(from, to), y - 8, width, 16, "bar " + step.color);
                    svg.whisker(axis, step.total, y, 3);
                });
    }

    private static String largest(Attribution a, List<Step> steps, double all) {
        Step step =
                steps.stream().max(Comparator.comparingDouble(s -> s.added.value())).orElseThrow();
        return "The largest step: "
                + step.name.replace("+ ", "").toLowerCase(Locale.ROOT)
                + ", "
                + Units.value(step.added, Units::time)
                + " or "
                + Units.percent(step.added.value() / all)
                + (a.roundTripNs(a.block()).isKnown()
                        ? " of a round trip through a blocking " + Series.noun(a.kernel()) + "."
                        : " of the longest round trip that is drawn here.");
    }

    static Estimate estimate(Quantity quantity) {
        return quantity == null || quantity.value() == null
                ? Estimate.NONE
                : new Estimate(
                        quantity.value(),
                        quantity.lo() == null ? Double.NaN : quantity.lo(),
                        quantity.hi() == null ? Double.NaN : quantity.hi());
    }

    /** Returns the parts that a blocking half round trip is made of. */
    private Optional<Figure> parts(Decomposition d, String id) {
        List<Step> known =
                PARTS.stream()
                        .map(
                                p ->
                                        new Step(
                                                p[1],
                                                p[2],
                                                p[3],
                                                0,
                                                estimate(d.parts().get(p[0])),
                                                estimate(d.parts().get(p[0]))))
                        .filter(step -> step.added.isKnown())
                        .toList();
        if (known.size() < 2) {
            return Optional.empty();
        }
        String title =
                "Parts of half a round trip through a blocking "
                        + Series.noun(d.kernel())
                        + ", messages of "
                        + Units.bytes(d.size());
        Step most =
                known.stream().max(Comparator.comparingDouble(s -> s.added.value())).orElseThrow();
        return Optional.of(
                new Figure(
                        id,
                        title,
                        "The largest part: "
                                + most.name.toLowerCase(Locale.ROOT)
                                + " ("
                                + most.detail
                                + "), "
                                + Units.both(most.added, Units::time)
                                + ".",
                        bars(
                                        id,
                                        title,
                                        "time of half a round trip, from zero — lower is better",
                                        "",
                                        known,
                                        0)
                                .draw(model.scope()),
                        "Placement “"
                                + d.placement()
                                + "”. A half round trip is no latency, it stands here only to be"
                                + " added up. A bar of no length is a part that cannot be told from"
                                + " nothing, or came out negative: see the table.",
                        new DataTable.Columns<Step>()
                                .text("Part", Step::name)
                                .text("what it is", Step::detail)
                                .interval("time", model.interval, Units::time, Step::added)
                                .of(title, known)));
    }

    private static String sentence(String remark) {
        return remark.isEmpty()
                ? remark
                : remark.substring(0, 1).toUpperCase(Locale.ROOT)
                        + remark.substring(1)
                        + (remark.endsWith(".") ? "" : ".");
    }

    /** Returns what the four measurements show, as far as the intervals support it. */
    static String inWords(Decomposition d) {
        Estimate interaction = estimate(d.interaction());
        boolean paused =
                d.remarks().stream()
                        .anyMatch(r -> r.contains("messages after a pause, in both rows"));
        String where =
                "A wake-up costs "
                        + Units.both(estimate(d.wakeK()), Units::time)
                        + " through the kernel’s "
                        + Series.noun(d.kernel())
                        + " and "
                        + Units.both(estimate(d.wakeS()), Units::time)
                        + " through a futex beside shared memory"
                        + (paused
                                ? " (both after a pause, because in ping-pong not every receiver"
                                        + " slept)"
                                : "")
                        + "; the kernel’s path without any sleeping takes "
                        + Units.both(estimate(d.dataPath()), Units::time)
                        + " one way (messages of "
                        + Units.bytes(d.size())
                        + ", "
                        + d.placement()
                        + "). ";
        if (!interaction.hasInterval()) {
            return where + "Whether the two costs simply add up cannot be said from this run.";
        }
        String difference = "; the difference is " + Units.both(interaction, Units::time) + ".";
        if (interaction.below(0)) {
            return where + "Waking through the kernel’s own object is the cheaper way" + difference;
        }
        return interaction.above(0)
                ? where + "Waking through a futex is the cheaper way" + difference
                : where + "No difference is shown between the two ways of waking" + difference;
    }
}
