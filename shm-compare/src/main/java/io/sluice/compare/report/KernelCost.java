package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.P50_NS;
import static io.sluice.compare.export.Units.both;
import static io.sluice.compare.export.Units.bytes;
import static io.sluice.compare.result.Decomposition.KERNEL_SLEEPS;
import static io.sluice.compare.result.Decomposition.KERNEL_SPINS;
import static io.sluice.compare.result.Decomposition.SHARED_SLEEPS;
import static io.sluice.compare.result.Decomposition.SHARED_SPINS;
import static java.util.Comparator.comparing;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Decomposition;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Quantity;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Measurements;
import io.sluice.compare.stats.TwoByTwo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the kernel costs: two factors, kernel or shared memory, sleeping or spinning, and the steps
 * between them.
 */
record KernelCost(ReportModel model) {
    /** Mechanisms of Java's NIO, and those of our own system calls to the same objects. */
    private static final Map<String, String> RAW =
            Map.of(
                    "nio.fifo", "fifo",
                    "nio.uds", "uds.stream",
                    "nio.tcp", "tcp",
                    "nio.selector", "epoll");

    /** The same object of the kernel through NIO, and through system calls of this tool. */
    private record NioPair(Row nio, Row raw) {}

    /** Returns the headline's table and steps. */
    Section screen() {
        Section section = new Section("kernel", "What the kernel costs");
        model.headline().ifPresent(a -> headline(a, section));
        return section.orNote(Text.of("kernel.none"));
    }

    private void headline(Attribution a, Section section) {
        model.decompositions.stream()
                .filter(d -> isOf(d, a))
                .forEach(d -> section.text(Text.join(inWords(d), afterPause(a))));
        section.table(twoByTwo(a));
        new KernelSteps(model).waterfall(a).ifPresent(section::figure);
        String noun = Series.noun(a.kernel());
        section.note(Text.when(futex(a).isEmpty(), "kernel.no-futex", noun));
    }

    /** Returns what both ways to sleep take after the longest pause; empty if not measured. */
    private String afterPause(Attribution a) {
        return paused(a, a.kernel(), Waiting.BLOCK)
                .max(comparing(row -> row.factors().gapNs()))
                .flatMap(kernel -> besideFutex(a, kernel))
                .orElse("");
    }

    private Optional<String> besideFutex(Attribution a, Row kernel) {
        Long gapNs = kernel.factors().gapNs();
        return paused(a, "sluice", Waiting.FUTEX)
                .filter(row -> row.factors().gapNs().equals(gapNs))
                .findFirst()
                .map(
                        futex ->
                                Text.of(
                                        "kernel.wake.later",
                                        Units.time(gapNs),
                                        kernel.both(P50_NS),
                                        Series.noun(a.kernel()),
                                        futex.both(P50_NS)));
    }

    private Stream<Row> paused(Attribution a, String mechanism, Waiting waiting) {
        return model.afterPauses().stream()
                .filter(row -> row.size() == a.size() && row.isAt(a.placement()))
                .filter(row -> row.is(mechanism, waiting) && row.get(P50_NS).isKnown());
    }

    /** Returns the parts of the headline, and all of the others. */
    Section details() {
        Section section = new Section("parts", Text.of("kernel.details"));
        KernelSteps steps = new KernelSteps(model);
        for (Attribution a : model.attributions) {
            if (model.headline().orElseThrow() != a) {
                steps.waterfall(a).ifPresent(section::figure);
                section.table(twoByTwo(a));
            }
            section.table(beside(a)).table(nio(a));
        }
        List<Decomposition> all = new ArrayList<>(model.decompositions);
        all.sort(comparing(d -> !isHeadline(d)));
        for (Decomposition d : all) {
            String id = "parts-" + section.parts().size();
            steps.parts(d, id).ifPresent(section::figure);
            section.text(isHeadline(d) ? "" : inWords(d));
            d.remarks().forEach(remark -> section.note(sentence(remark)));
        }
        return section;
    }

    private boolean isHeadline(Decomposition d) {
        return model.headline().filter(a -> isOf(d, a)).isPresent();
    }

    private static boolean isOf(Decomposition d, Attribution a) {
        return a.size() == d.size()
                && Objects.equals(a.placement(), d.placement())
                && Objects.equals(a.kernel(), d.kernel());
    }

    private DataTable twoByTwo(Attribution a) {
        Optional<Measurement> futex = futex(a);
        String copies = "the kernel copies (" + Series.noun(a.kernel()) + ")";
        return new DataTable(
                        Text.of(
                                "kernel.table",
                                bytes(a.size()),
                                a.placement(),
                                model.interval,
                                model.scope()),
                        "",
                        "the reader sleeps",
                        "neither end sleeps",
                        "difference: waiting")
                .row(line(a, copies, a.block(), a.hint()))
                .row(line(a, "memory is shared", futex, a.shared()))
                .row(
                        "difference: the kernel’s path",
                        field(a.step(futex, a.block())),
                        field(a.step(a.shared(), a.hint())),
                        null);
    }

    /** Returns two fields and what waiting adds; not if the reader often did not sleep. */
    private static Object[] line(
            Attribution a, String name, Optional<Measurement> sleeps, Optional<Measurement> spins) {
        Object waiting =
                sleeps.filter(m -> m.flags().contains("V03") || TwoByTwo.isMixed(m)).isPresent()
                        ? "no number: the reader did not sleep each time"
                        : field(a.step(spins, sleeps));
        return new Object[] {name, field(a, sleeps), field(a, spins), waiting};
    }

    private static Object field(Attribution a, Optional<Measurement> measurement) {
        Estimate time = a.roundTripNs(measurement);
        return time.isKnown() ? field(time) : Verdict.unusableReason(measurement);
    }

    private static DataTable.Field field(Estimate time) {
        return new DataTable.Field(both(time, Units::time), time.value());
    }

    /** Returns shared memory with a reader that sleeps on a futex. */
    private Optional<Measurement> futex(Attribution a) {
        return Measurements.find(
                model.results, "sluice", Waiting.FUTEX, Pattern.RTT, a.size(), a.placement());
    }

    /** Measurements of general interest that differ in more than one factor of the table. */
    private DataTable beside(Attribution a) {
        String polled = a.kernel() + ".nonblock";
        String copied = "sluice.offer";
        List<Row> rows =
                model.rows(a).stream().filter(row -> row.isOf(polled) || row.isOf(copied)).toList();
        return Row.table()
                .text(
                        "what else is in it",
                        row -> Text.of("kernel.beside." + (row.isOf(polled) ? "polled" : "copied")))
                .text("median round trip", row -> field(row.get(P50_NS)))
                .of(Text.of("kernel.beside", bytes(a.size()), a.placement()), rows);
    }

    /** Returns what Java's NIO adds to the system calls of this tool, for each object of both. */
    private DataTable nio(Attribution a) {
        List<NioPair> pairs =
                model.rows(a).stream()
                        .flatMap(nio -> raw(a, nio).map(raw -> new NioPair(nio, raw)))
                        .toList();
        return new DataTable.Columns<NioPair>()
                .text("Mechanism", pair -> pair.raw.name())
                .text("system calls of this tool", pair -> field(pair.raw.get(P50_NS)))
                .text("Java’s NIO", pair -> field(pair.nio.get(P50_NS)))
                .text(
                        "NIO adds",
                        pair ->
                                field(
                                        a.step(
                                                Optional.of(pair.raw.measurement()),
                                                Optional.of(pair.nio.measurement()))))
                .of(Text.of("kernel.nio", bytes(a.size()), a.placement(), model.scope()), pairs);
    }

    /** Returns the same object through the system calls of this tool. */
    private Stream<Row> raw(Attribution a, Row nio) {
        String id = RAW.getOrDefault(String.valueOf(nio.factors().mechanism()), "");
        return model.rows(a).stream().filter(row -> row.isOf(id));
    }

    private static String sentence(String remark) {
        return Text.capital(remark) + (remark.isEmpty() || remark.endsWith(".") ? "" : ".");
    }

    /** Returns what the four measurements show, as far as the intervals support it. */
    static String inWords(Decomposition d) {
        Estimate interaction = Estimate.of(d.interaction());
        String equal = interaction.hasInterval() ? "equal" : "unknown";
        String other = interaction.above(0) ? "futex" : equal;
        String cheaper = interaction.below(0) ? "kernel" : other;
        String pause = "messages after a pause, in both rows";
        boolean paused = d.remarks().stream().anyMatch(remark -> remark.contains(pause));
        return Text.join(
                Text.of(
                        "kernel.wake",
                        Text.of("kernel.wake." + (paused ? "paused" : "warm")),
                        wake(d, d.wakeK(), KERNEL_SLEEPS, KERNEL_SPINS),
                        Series.noun(d.kernel()),
                        wake(d, d.wakeS(), SHARED_SLEEPS, SHARED_SPINS),
                        time(d.dataPath()),
                        bytes(d.size()),
                        d.placement()),
                Text.of("kernel.waking." + cheaper, time(d.interaction())));
    }

    /** Returns the time of a wake-up; if its row has numbers and it has none, says why. */
    private static String wake(Decomposition d, Quantity time, String... row) {
        boolean measured = Stream.of(row).allMatch(f -> d.halfRoundTrip().get(f).value() != null);
        return measured && time.value() == null ? Text.of("kernel.wake.unknown") : time(time);
    }

    private static String time(Quantity time) {
        return both(Estimate.of(time), Units::time);
    }
}
