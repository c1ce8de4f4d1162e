package io.sluice.compare.report;

import static java.util.Comparator.comparing;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.NotMeasured;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * What to doubt: what is not the same in two measurements that are compared, what was not measured
 * and why, and what fired on what was. After the fairness rules of benchmarking in the literature
 * (Heiser; Hoefler and Belli).
 */
record Audits(ReportModel model) {
    private static final String YES = "✓";
    private static final String NO = "✗ ";

    /** A measurement and what it is compared with. */
    private record Pair(Measurement measurement, Factors a, Factors b) {}

    /** Returns each measurement against spinning shared memory. */
    DataTable fairness() {
        List<Pair> pairs = new ArrayList<>();
        for (Row row : model.rows()) {
            reference(row.factors())
                    .filter(other -> other != row)
                    .map(other -> new Pair(row.measurement(), row.factors(), other.factors()))
                    .ifPresent(pairs::add);
        }
        return new DataTable.Columns<Pair>()
                .text("Measurement", p -> p.measurement.id())
                .text("touch", p -> same(p, Factors::touch, Factors::touch))
                .text("CPUs", p -> same(p, Factors::cpus, Factors::cpus))
                .text("wait", this::waiting)
                .text("batch", Audits::batch)
                .text("capacity", p -> same(p, Factors::capacityBytes, Audits::capacity))
                .text("verified", p -> check(damage(p.measurement) == 0, "damage, see warnings"))
                .text("others’ CPU counted", p -> check(othersCounted(p), "not measured"))
                .of(Text.of("audit.fair"), pairs);
    }

    /**
     * Returns the counterpart in shared memory, or the nearest: touch and batch may differ, and the
     * table shows it.
     */
    private Optional<Row> reference(Factors f) {
        return model.rows().stream()
                .filter(row -> row.is("sluice", Waiting.SPIN))
                .filter(row -> task(row.factors()).equals(task(f)))
                .min(
                        comparing((Row row) -> !Objects.equals(row.factors().touch(), f.touch()))
                                .thenComparing(row -> row.factors().batch() != f.batch()));
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

    private String waiting(Pair pair) {
        boolean same = Objects.equals(pair.a.waiting(), pair.b.waiting());
        return !same && bothShown(pair.a)
                ? YES + " both shown"
                : check(same, pair.a.waiting().toString());
    }

    /** Tests whether there is the mechanism without sleeping, or shared memory with it. */
    private boolean bothShown(Factors a) {
        return model.rows(a.pattern(), a.size()).stream()
                .anyMatch(
                        row ->
                                row.isOf(a.mechanism() + ".hint")
                                        || row.is("sluice", Waiting.FUTEX));
    }

    private static String same(
            Pair pair, Function<Factors, Object> factor, Function<Factors, Object> words) {
        boolean same = Objects.equals(factor.apply(pair.a), factor.apply(pair.b));
        return check(same, words.apply(pair.a) + " against " + words.apply(pair.b));
    }

    private static String check(boolean same, String otherwise) {
        return same ? YES : NO + otherwise;
    }

    private static String batch(Pair pair) {
        String unlike = Text.of("audit.batch", pair.a.batch(), pair.b.batch());
        return check(pair.a.batch() == pair.b.batch(), unlike);
    }

    private static String capacity(Factors f) {
        String messages = f.capacityMessages() == null ? "" : f.capacityMessages() + " messages";
        if (f.capacityBytes() <= 0) {
            return messages.isEmpty() ? "not known" : messages;
        }
        boolean counts = !messages.isEmpty() && f.capacityMessages() < f.capacityBytes() / f.size();
        return Units.bytes(f.capacityBytes()) + (counts ? ", " + messages : "");
    }

    private static boolean othersCounted(Pair pair) {
        return pair.measurement.forks().stream()
                .allMatch(f -> f.system() != null && f.system().otherCpuNs() != null);
    }

    static long damage(Measurement measurement) {
        return total(measurement, end -> end.lost() + end.duplicated() + end.corrupted());
    }

    private static long total(Measurement measurement, ToLongFunction<EndCounters> counter) {
        return measurement.ends().mapToLong(counter).sum();
    }

    /** Returns what was not measured, what has no numbers, and what has warnings. */
    Section limits() {
        DataTable missing =
                new DataTable.Columns<Measurement>()
                        .text("Measurement", m -> String.valueOf(m.id()))
                        .text("Status", m -> Text.or(m.status() + "", "audit.status." + m.status()))
                        .text("Why", m -> String.valueOf(m.reason()))
                        .of("Measurements without numbers", measurements(m -> !m.usable()));
        DataTable flagged =
                new DataTable.Columns<Measurement>()
                        .text("Measurement", m -> String.valueOf(m.id()))
                        .text("Warnings", Audits::warnings)
                        .of(
                                "Measurements with warnings",
                                measurements(m -> !warnings(m).isEmpty()));
        List<String> flags = model.results.flags();
        return new Section("limits", "What was not measured, and what to doubt")
                .table(notMeasured())
                .text(Text.when(!flags.isEmpty(), "audit.flags", Flags.words(flags)))
                .table(missing)
                .table(flagged)
                .text(Text.when(missing.isEmpty() && flagged.isEmpty(), "audit.clean"));
    }

    private List<Measurement> measurements(Predicate<Measurement> which) {
        return model.results.measurements().stream().filter(which).toList();
    }

    private DataTable notMeasured() {
        List<NotMeasured> all = new ArrayList<>(model.results.notMeasured());
        for (Pattern pattern : Pattern.all()) {
            if (measurements(m -> m.factors().pattern() == pattern).isEmpty()) {
                String what = pattern.label() + ": " + pattern.answer();
                all.add(new NotMeasured(what, "not asked for: --patterns " + pattern));
            }
        }
        if (measurements(m -> m.factors().touch() == Touch.NONE).isEmpty()) {
            all.add(notMeasured("untouched"));
        }
        if (all.stream().noneMatch(each -> String.valueOf(each.what()).startsWith("energy"))) {
            all.add(notMeasured("energy"));
        }
        all.add(notMeasured("others"));
        return new DataTable.Columns<NotMeasured>()
                .text("What", each -> String.valueOf(each.what()))
                .text("Why", each -> String.valueOf(each.why()))
                .of("What this run did not measure, and why", all);
    }

    private static NotMeasured notMeasured(String key) {
        return new NotMeasured(Text.of("audit.not." + key), Text.of("audit.why." + key));
    }

    private static String warnings(Measurement m) {
        String damage =
                Text.when(
                        damage(m) > 0,
                        "audit.damage",
                        total(m, EndCounters::lost),
                        total(m, EndCounters::duplicated),
                        total(m, EndCounters::corrupted));
        String flags = Flags.words(m);
        return flags + (flags.isEmpty() || damage.isEmpty() ? "" : "; ") + damage;
    }
}
