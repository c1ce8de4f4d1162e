package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.NotMeasured;
import io.sluice.compare.result.Pattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What to doubt: what is not the same in two measurements that are compared, what was not measured
 * and why, and what fired on what was. After the fairness rules of benchmarking in the literature
 * (Heiser; Hoefler and Belli).
 */
final class Audits {
    private static final String YES = "✓";
    private static final String NO = "✗ ";

    private final ReportModel model;

    /** A measurement and what it is compared with. */
    private record Pair(Measurement measurement, Measurement other) {
        Factors a() {
            return measurement.factors();
        }

        Factors b() {
            return other.factors();
        }
    }

    Audits(ReportModel model) {
        this.model = model;
    }

    /** Returns each measurement against spinning shared memory. */
    DataTable fairness() {
        List<Pair> pairs = new ArrayList<>();
        for (Row row : model.rows()) {
            reference(row)
                    .filter(other -> other != row.measurement())
                    .ifPresent(other -> pairs.add(new Pair(row.measurement(), other)));
        }
        return new DataTable.Columns<Pair>()
                .text("Measurement", pair -> pair.measurement.id())
                .text("touch", pair -> same(pair.a().touch(), pair.b().touch()))
                .text("CPUs", pair -> same(pair.a().cpus(), pair.b().cpus()))
                .text(
                        "wait",
                        pair ->
                                Objects.equals(pair.a().waiting(), pair.b().waiting())
                                        ? YES
                                        : bothShown(pair.a())
                                                ? YES + " both shown"
                                                : NO + pair.a().waiting())
                .text(
                        "batch",
                        pair ->
                                pair.a().batch() == pair.b().batch()
                                        ? YES
                                        : NO
                                                + "up to "
                                                + pair.a().batch()
                                                + " messages a call against up to "
                                                + pair.b().batch())
                .text(
                        "capacity",
                        pair ->
                                pair.a().capacityBytes() == pair.b().capacityBytes()
                                        ? YES
                                        : NO
                                                + capacity(pair.a())
                                                + " against "
                                                + capacity(pair.b()))
                .text(
                        "verified",
                        pair -> damage(pair.measurement) == 0 ? YES : NO + "damage, see warnings")
                .text(
                        "others’ CPU counted",
                        pair ->
                                pair.measurement.forks().stream()
                                                .allMatch(
                                                        f ->
                                                                f.system() != null
                                                                        && f.system().otherCpuNs()
                                                                                != null)
                                        ? YES
                                        : NO + "not measured")
                .of(
                        "Each measurement against spinning shared memory of the same pattern, size,"
                                + " placement, rate and pause (✓ the same, ✗ not, and how)",
                        pairs);
    }

    /**
     * Returns the counterpart in shared memory, or the nearest: touch and batch may differ, and the
     * table shows it.
     */
    private Optional<Measurement> reference(Row row) {
        Factors f = row.measurement().factors();
        return model.rows().stream()
                .map(Row::measurement)
                .filter(
                        m ->
                                "sluice".equals(m.factors().mechanism())
                                        && Factors.SPIN.equals(m.factors().waiting()))
                .filter(m -> task(m.factors()).equals(task(f)))
                .min(
                        Comparator.comparing(
                                        (Measurement m) ->
                                                !Objects.equals(m.factors().touch(), f.touch()))
                                .thenComparing(m -> m.factors().batch() != f.batch()));
    }

    /** Returns what the ends had to do and where: those that differ in it are no pair. */
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

    /** Tests whether there is the mechanism without sleeping, or shared memory with it. */
    private boolean bothShown(Factors a) {
        return model.rows(a.pattern(), a.size()).stream()
                .map(row -> row.measurement().factors())
                .anyMatch(
                        f ->
                                (a.mechanism() + ".hint").equals(f.mechanism())
                                        || "sluice".equals(f.mechanism())
                                                && Factors.FUTEX.equals(f.waiting()));
    }

    private static String same(Object a, Object b) {
        return Objects.equals(a, b) ? YES : NO + a + " against " + b;
    }

    private static String capacity(Factors f) {
        return f.capacityBytes() > 0
                ? Units.bytes(f.capacityBytes())
                : f.capacityMessages() != null ? f.capacityMessages() + " messages" : "not known";
    }

    static long damage(Measurement measurement) {
        return total(measurement, EndCounters::lost)
                + total(measurement, EndCounters::duplicated)
                + total(measurement, EndCounters::corrupted);
    }

    private static long total(Measurement measurement, ToLongFunction<EndCounters> counter) {
        return measurement.forks().stream()
                .flatMap(f -> f.ends().values().stream())
                .mapToLong(counter)
                .sum();
    }

    /** Returns what was not measured, what has no numbers, and what has warnings. */
    Section limits() {
        Section section = new Section("limits", "What was not measured, and what to doubt");
        List<Measurement> all = model.results.measurements();
        DataTable missing =
                new DataTable.Columns<Measurement>()
                        .text("Measurement", m -> String.valueOf(m.id()))
                        .text("Status", Audits::status)
                        .text("Why", m -> String.valueOf(m.reason()))
                        .of(
                                "Measurements without numbers",
                                all.stream().filter(m -> !m.usable()).toList());
        DataTable flagged =
                new DataTable.Columns<Measurement>()
                        .text("Measurement", m -> String.valueOf(m.id()))
                        .text("Warnings", Audits::warnings)
                        .of(
                                "Measurements with warnings",
                                all.stream().filter(m -> !warnings(m).isEmpty()).toList());
        List<String> flags = model.results.flags();
        return section.table(notMeasured())
                .text(
                        flags.isEmpty()
                                ? ""
                                : "Warnings that concern the whole run: "
                                        + Flags.words(flags)
                                        + ".")
                .table(missing)
                .table(flagged)
                .text(
                        missing.isEmpty() && flagged.isEmpty()
                                ? "Everything that was tried has numbers, and no warning fired."
                                : "");
    }

    private DataTable notMeasured() {
        List<NotMeasured> all = new ArrayList<>(model.results.notMeasured());
        for (Pattern pattern : Pattern.all()) {
            if (model.results.measurements().stream()
                    .noneMatch(m -> m.factors().pattern() == pattern)) {
                all.add(
                        new NotMeasured(
                                pattern.label() + ": " + pattern.answer(),
                                "not asked for: --patterns " + pattern));
            }
        }
        if (model.results.measurements().stream()
                .noneMatch(m -> Factors.UNTOUCHED.equals(m.factors().touch()))) {
            all.add(
                    new NotMeasured(
                            "Messages that are not read",
                            "every byte is written and read here, unless --touch says otherwise"));
        }
        if (all.stream().noneMatch(each -> String.valueOf(each.what()).startsWith("energy"))) {
            all.add(new NotMeasured("Energy", "the counters need root and bare metal"));
        }
        all.add(
                new NotMeasured(
                        "Other machines, kernels and loads",
                        "one run is one machine: see 'merge'"));
        return new DataTable.Columns<NotMeasured>()
                .text("What", each -> String.valueOf(each.what()))
                .text("Why", each -> String.valueOf(each.why()))
                .of("What this run did not measure, and why", all);
    }

    private static String status(Measurement measurement) {
        return switch (String.valueOf(measurement.status())) {
            case Measurement.OK -> "no forks";
            case Measurement.NOT_AVAILABLE -> "not available";
            default -> String.valueOf(measurement.status());
        };
    }

    private static String warnings(Measurement m) {
        String flags = Flags.words(m);
        if (damage(m) == 0) {
            return flags;
        }
        String damage =
                total(m, EndCounters::lost)
                        + " lost, "
                        + total(m, EndCounters::duplicated)
                        + " duplicated, "
                        + total(m, EndCounters::corrupted)
                        + " corrupted";
        return flags.isEmpty() ? damage : flags + "; " + damage;
    }
}
