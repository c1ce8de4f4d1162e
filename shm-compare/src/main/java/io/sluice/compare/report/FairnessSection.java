package io.sluice.compare.report;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether two cells may be compared: what is the same in each pair, and what is not. After the
 * fairness rules of benchmarking in the literature (Heiser; Hoefler and Belli).
 */
final class FairnessSection {
    private static final String YES = "✓";
    private static final String NO = "✗ ";

    private static final List<String> ALWAYS =
            List.of(
                    "Same protocol and payload: the sequence number and words that follow from it, there and back.",
                    "Same runtime: all are driven from Java through the same layer of system calls; NIO is a row of its own.",
                    "Delivery is verified: sequence and content of every message, by the receiver.",
                    "The clock stops when the last message was consumed, not when it was written.",
                    "The CPU time of both ends is counted, and that of all others where the machine says.",
                    "Rows in which the kernel wins are in the same charts.",
                    "Numbers from the literature stand in no chart and in no table of measured ones.");

    private final ReportModel reportModel;

    FairnessSection(ReportModel reportModel) {
        this.reportModel = reportModel;
    }

    String render() {
        Section section = new Section("fairness", "Is it a fair comparison?");
        Html list = new Html().open("ul", "class", "checks");
        ALWAYS.forEach(rule -> list.element("li", YES + " " + rule));
        section.raw(list.close("ul").toString());
        Table table =
                new Table(
                        "Each cell against spinning shared memory of the same pattern, size,"
                                + " placement, rate and pause (✓ the same, ✗ not, and how)",
                        "Cell",
                        "touch",
                        "CPUs",
                        "wait",
                        "batch",
                        "capacity",
                        "verified",
                        "others’ CPU counted");
        for (ReportModel.ReportRow reportRow : reportModel.rows()) {
            reference(reportRow)
                    .filter(other -> other != reportRow.measurement())
                    .ifPresent(other -> table.row(line(reportRow.measurement(), other)));
        }
        if (table.isEmpty()) {
            section.rationale(
                    "No pair to check: this run has no spinning shared memory beside another cell"
                            + " of the same pattern, size, placement, rate and pause.");
        }
        return section.table(table).toString();
    }

    /**
     * Returns the counterpart in shared memory, or the nearest cell: touch and batch may differ,
     * and the table shows it.
     */
    private Optional<Measurement> reference(ReportModel.ReportRow reportRow) {
        Factors f = reportRow.measurement().factors();
        return reportModel.rows().stream()
                .map(ReportModel.ReportRow::measurement)
                .filter(measurement -> "sluice".equals(measurement.factors().mechanism()))
                .filter(measurement -> Factors.SPIN.equals(measurement.factors().waiting()))
                .filter(measurement -> task(measurement.factors()).equals(task(f)))
                .min(
                        Comparator.comparing(
                                        (Measurement measurement) ->
                                                !Objects.equals(
                                                        measurement.factors().touch(), f.touch()))
                                .thenComparing(
                                        measurement -> measurement.factors().batch() != f.batch()));
    }

    /** Returns what the ends had to do and where: cells that differ in it are no pair. */
    private static List<Object> task(Factors f) {
        return Arrays.asList(
                f.pattern(),
                f.size(),
                f.placement(),
                f.ratePerSecond(),
                f.load(),
                f.schedule(),
                f.gapNs(),
                f.producers(),
                f.consumers());
    }

    private String[] line(Measurement measurement, Measurement other) {
        Factors a = measurement.factors();
        Factors b = other.factors();
        return new String[] {
            String.valueOf(measurement.id()),
            same(a.touch(), b.touch()),
            same(a.cpus(), b.cpus()),
            Objects.equals(a.waiting(), b.waiting())
                    ? YES
                    : bothShown(a) ? YES + " both shown" : NO + Series.wait(a),
            batch(a, b),
            a.capacityBytes() == b.capacityBytes()
                    ? YES
                    : NO + capacity(a) + " against " + capacity(b),
            verified(measurement) ? YES : NO + "damage, see warnings",
            measurement.launches().stream()
                            .allMatch(l -> l.system() != null && l.system().otherCpuNs() != null)
                    ? YES
                    : NO + "not measured"
        };
    }

    /**
     * Tests whether the mechanism has a cell in which neither end sleeps, or shared memory one in
     * which they sleep.
     */
    private boolean bothShown(Factors a) {
        return reportModel.rows(a.pattern(), a.size()).stream()
                .map(reportRow -> reportRow.measurement().factors())
                .anyMatch(
                        f ->
                                f.mechanism() != null
                                        && (f.mechanism().equals(a.mechanism() + ".hint")
                                                || f.mechanism().equals("sluice")
                                                        && Objects.equals(
                                                                f.waiting(), Factors.FUTEX)));
    }

    private static String batch(Factors a, Factors b) {
        return a.batch() == b.batch()
                ? YES
                : NO + "up to " + a.batch() + " messages a call against up to " + b.batch();
    }

    private static String same(Object a, Object b) {
        return Objects.equals(a, b) ? YES : NO + a + " against " + b;
    }

    private static String capacity(Factors f) {
        return f.capacityBytes() > 0
                ? Units.bytes(f.capacityBytes())
                : f.capacityMessages() != null ? f.capacityMessages() + " messages" : "not known";
    }

    private static boolean verified(Measurement measurement) {
        return measurement.launches().stream()
                .flatMap(fork -> fork.ends().values().stream())
                .mapToLong(FairnessSection::damage)
                .allMatch(damage -> damage == 0);
    }

    private static long damage(EndCounters end) {
        return end.lost() + end.duplicated() + end.corrupted();
    }
}
