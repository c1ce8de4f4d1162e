package io.sluice.compare.report;

import io.sluice.compare.result.Cell;
import io.sluice.compare.stats.Attribution;
import java.util.Optional;

/**
 * What the kernel costs: two factors, kernel or shared, asleep or awake, and the steps between
 * them.
 */
final class KernelSection {
    private final Measured measured;

    KernelSection(Measured measured) {
        this.measured = measured;
    }

    String render() {
        Html html =
                new Html()
                        .open("section", "aria-labelledby", "kernel")
                        .element("h2", "What the kernel costs", "id", "kernel");
        html.element(
                "p",
                "Comparing a pipe that sleeps with memory that spins changes two things at once: who carries the message, and"
                        + " how the reader waits. Here they are changed one at a time. In between stands a hinted pipe: the"
                        + " kernel carries the message as ever, but the reader learns from a flag in shared memory that a read"
                        + " will not block, so nobody sleeps and nobody is woken.");
        for (Attribution attribution : measured.attributions) {
            WaterfallChart.of(measured, attribution).ifPresent(figure -> html.raw(figure.render()));
            html.raw(twoByTwo(attribution).render());
        }
        html.element(
                "p",
                "The fourth field, shared memory with a reader that sleeps, is not measured yet: this version has no sleeping"
                        + " pipe in shared memory. Without it nobody can say whether being woken costs the same in both worlds,"
                        + " so “waiting” above means waiting in the kernel’s "
                        + kernel()
                        + ".",
                "class",
                "aside");
        return html.close("section").toString();
    }

    private String kernel() {
        return measured.headline().map(Attribution::kernel).orElse("pipe");
    }

    private static Table twoByTwo(Attribution a) {
        Table table =
                new Table(
                        "Median round trip, messages of "
                                + Units.bytes(a.size())
                                + ", with 95 % intervals",
                        "",
                        "the reader sleeps",
                        "nobody sleeps",
                        "difference");
        table.row(
                "the kernel copies (" + a.kernel() + ")",
                field(a, a.block()),
                field(a, a.hint()),
                "waiting: " + Units.both(a.step(a.hint(), a.block()), Units::time));
        table.row(
                "memory is shared (sluice)", "not measured yet", field(a, a.shared()), Units.DASH);
        table.row(
                "difference",
                Units.DASH,
                "kernel’s path: " + Units.both(a.step(a.shared(), a.hint()), Units::time),
                Units.DASH);
        return table;
    }

    private static String field(Attribution a, Optional<Cell> cell) {
        return a.roundTripNs(cell).known()
                ? Units.both(a.roundTripNs(cell), Units::time)
                : Verdict.whyNot(cell);
    }
}
