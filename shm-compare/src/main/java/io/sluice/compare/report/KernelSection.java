package io.sluice.compare.report;

import io.sluice.compare.result.Decomposition;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Measurements;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What the kernel costs: two factors, kernel or shared memory, sleeping or spinning, and the steps
 * between them.
 */
final class KernelSection {
    private final ReportModel reportModel;

    KernelSection(ReportModel reportModel) {
        this.reportModel = reportModel;
    }

    String render() {
        Html html =
                new Html()
                        .open("section", "aria-labelledby", "kernel")
                        .element("h2", "What the kernel costs", "id", "kernel");
        html.element(
                "p",
                "Comparing a pipe that sleeps with memory that spins changes two things at once: what carries the message, and"
                        + " how the reader waits. Here they are changed one at a time. In between stands a hinted pipe: the"
                        + " kernel carries the message as ever, but the reader learns from a flag in shared memory that a read"
                        + " will not block, so neither end sleeps or is woken.");
        reportModel.headline().ifPresent(shown -> html.raw(steps(shown)));
        decompositions(html, true);
        Html others = new Html();
        reportModel.attributions.stream()
                .filter(each -> reportModel.headline().orElseThrow() != each)
                .forEach(each -> others.raw(steps(each)));
        decompositions(others, false);
        if (!others.toString().isEmpty()) {
            html.open("details", "class", "more")
                    .element("summary", "Other sizes, placements and kernel mechanisms")
                    .raw(others.toString())
                    .close("details");
        }
        if (reportModel.attributions.isEmpty()) {
            html.element("p", "No round trips were measured, so there is nothing to take apart.");
        }
        if (!sleepingShared()) {
            html.element(
                    "p",
                    "The fourth field, shared memory with a reader that sleeps, was not measured in this run. Without it"
                            + " it is not known whether being woken costs the same in both worlds, so “waiting” above means"
                            + " waiting in the kernel’s "
                            + kernel()
                            + ". --mechanisms sluice measures it where this version can.",
                    "class",
                    "aside");
        }
        return html.close("section").toString();
    }

    private String kernel() {
        return reportModel.headline().map(Attribution::kernel).orElse("pipe");
    }

    private Table twoByTwo(Attribution a) {
        Table table =
                new Table(
                        "Median round trip, messages of "
                                + Units.bytes(a.size())
                                + ", "
                                + a.placement()
                                + ", with the "
                                + reportModel.interval
                                + " of each",
                        "",
                        "the reader sleeps",
                        "neither end sleeps",
                        "difference");
        table.row(
                "the kernel copies (" + a.kernel() + ")",
                field(a, a.block()),
                field(a, a.hint()),
                "waiting: " + Units.both(a.step(a.hint(), a.block()), Units::time));
        Optional<Measurement> futex = futex(a);
        table.row(
                "memory is shared (sluice)",
                field(a, futex),
                field(a, a.shared()),
                "waiting: " + Units.both(a.step(a.shared(), futex), Units::time));
        table.row(
                "difference",
                "kernel’s path: " + Units.both(a.step(futex, a.block()), Units::time),
                "kernel’s path: " + Units.both(a.step(a.shared(), a.hint()), Units::time),
                Units.DASH);
        return table;
    }

    /** Returns shared memory with a reader that sleeps on a futex. */
    private Optional<Measurement> futex(Attribution a) {
        return Measurements.find(
                reportModel.results, "sluice", Factors.FUTEX, Pattern.RTT, a.size(), a.placement());
    }

    private boolean sleepingShared() {
        return reportModel.attributions.stream().anyMatch(a -> futex(a).isPresent());
    }

    private String steps(Attribution attribution) {
        String chart = WaterfallChart.of(reportModel, attribution).map(Figure::render).orElse("");
        Table beside = beside(attribution);
        return chart + twoByTwo(attribution).render() + (beside.isEmpty() ? "" : beside.render());
    }

    /** Cells of general interest that differ in more than the one factor of the table above. */
    private Table beside(Attribution a) {
        Table table =
                new Table(
                        "Beside these four: what changes more than one thing, messages of "
                                + Units.bytes(a.size())
                                + ", "
                                + a.placement(),
                        "Mechanism",
                        "what else is in it",
                        "median round trip");
        for (Measurement measurement : reportModel.results.cells()) {
            Factors f = measurement.factors();
            if (measurement.usable()
                    && f.pattern() == Pattern.RTT
                    && Measurements.hasDefaultFactors(f)
                    && f.size() == a.size()
                    && Objects.equals(f.placement(), a.placement())) {
                String what =
                        (a.kernel() + ".nonblock").equals(f.mechanism())
                                ? "asks the kernel again and again: lock contention included"
                                : "sluice.offer".equals(f.mechanism())
                                        ? "one copy, into the shared memory"
                                        : "";
                if (!what.isEmpty()) {
                    table.row(
                            f.mechanism() + " · " + Series.wait(f),
                            what,
                            field(a, Optional.of(measurement)));
                }
            }
        }
        return table;
    }

    /** Appends the headline's parts, or all others. */
    private void decompositions(Html html, boolean headline) {
        List<Decomposition> all = reportModel.results.attribution();
        for (int i = 0; i < all.size(); i++) {
            Decomposition d = all.get(i);
            if (isHeadline(d) != headline) {
                continue;
            }
            PartsChart.of(reportModel, d, "parts-" + i).ifPresent(f -> html.raw(f.render()));
            html.element("p", inWords(d));
            d.remarks().forEach(remark -> html.element("p", sentence(remark), "class", "aside"));
        }
    }

    private static String sentence(String remark) {
        return remark.isEmpty()
                ? remark
                : remark.substring(0, 1).toUpperCase(Locale.ROOT)
                        + remark.substring(1)
                        + (remark.endsWith(".") ? "" : ".");
    }

    private boolean isHeadline(Decomposition d) {
        return reportModel
                .headline()
                .filter(a -> a.size() == d.size())
                .filter(a -> Objects.equals(a.placement(), d.placement()))
                .filter(a -> Objects.equals(a.kernel(), d.kernel()))
                .isPresent();
    }

    /** Returns what the four cells show, as far as the intervals support it. */
    static String inWords(Decomposition d) {
        Estimate interaction = PartsChart.estimate(d.interaction());
        String where =
                "The "
                        + d.kernel()
                        + ", messages of "
                        + Units.bytes(d.size())
                        + ", "
                        + d.placement()
                        + ": waking through the kernel’s object takes "
                        + Units.both(PartsChart.estimate(d.wakeK()), Units::time)
                        + ", through a futex "
                        + Units.both(PartsChart.estimate(d.wakeS()), Units::time)
                        + "; the kernel’s path without any sleeping takes "
                        + Units.both(PartsChart.estimate(d.dataPath()), Units::time)
                        + ". ";
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

    private static String field(Attribution a, Optional<Measurement> cell) {
        return a.roundTripNs(cell).isKnown()
                ? Units.both(a.roundTripNs(cell), Units::time)
                : Verdict.unusableReason(cell);
    }
}
