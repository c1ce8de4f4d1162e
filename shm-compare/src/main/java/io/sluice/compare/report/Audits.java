package io.sluice.compare.report;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
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
    private record Pair(Row row, Row other) {
        Factors a() {
            return row.factors();
        }

        Factors b() {
            return other.factors();
        }
    }

    /** Returns each measurement against spinning shared memory. */
    DataTable fairness() {
        List<Pair> pairs = new ArrayList<>();
        for (Row row : model.rows()) {
            reference(row.factors())
                    .filter(other -> other != row)
                    .map(other -> new Pair(row, other))
                    .ifPresent(pairs::add);
        }
        return new DataTable.Columns<Pair>()
                .text("Measurement", p -> p.row.measurement().id())
                .text("touch", p -> same(p, row -> row.factors().touch()))
                .text("CPUs", p -> same(p, row -> row.factors().cpus()))
                .text("wait", this::waiting)
                .text("batch", Audits::batch)
                .text("capacity", this::capacity)
                .text("pages", p -> same(p, Audits::pages))
                .text(
                        "verified",
                        p -> check(damage(p.row.measurement()) == 0, "damage, see warnings"))
                .text("others’ CPU counted", p -> check(othersCounted(p.row), "not measured"))
                .of(Text.of("audit.fair"), pairs);
    }

    /**
     * Returns the counterpart in shared memory, or the nearest: touch, batch and capacity may
     * differ, and the table shows it.
     */
    private Optional<Row> reference(Factors f) {
        return model.rows().stream()
                .filter(Row::isSpinningRing)
                .filter(row -> task(row.factors()).equals(task(f)))
                .min(
                        comparing((Row row) -> !Objects.equals(row.factors().touch(), f.touch()))
                                .thenComparing(row -> row.factors().batch() != f.batch())
                                .thenComparing(row -> !row.factors().fitsAsMuchAs(f))
                                .thenComparing(row -> !row.isOf("sluice")));
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
        boolean same = Objects.equals(pair.a().waiting(), pair.b().waiting());
        return !same && bothShown(pair.a())
                ? YES + " both shown"
                : check(same, pair.a().waiting().toString());
    }

    /** Tests whether there is the mechanism without sleeping, or shared memory with it. */
    private boolean bothShown(Factors a) {
        return model.rows(a.pattern(), a.size()).stream()
                .anyMatch(
                        row ->
                                row.isOf(a.mechanism() + ".hint")
                                        || row.is("sluice", Waiting.FUTEX));
    }

    private static String same(Pair pair, Function<Row, Object> what) {
        Object a = what.apply(pair.row);
        Object b = what.apply(pair.other);
        return check(Objects.equals(a, b), a + " against " + b);
    }

    private static String check(boolean same, String otherwise) {
        return same ? YES : NO + otherwise;
    }

    private static String batch(Pair pair) {
        String unlike = Text.of("audit.batch", pair.a().batch(), pair.b().batch());
        return check(pair.a().batch() == pair.b().batch(), unlike);
    }

    /** Tests capacities; they do not matter where neither was ever reached. */
    private String capacity(Pair pair) {
        if (pair.a().sendsOneAtATime()) {
            return YES + " one message at a time";
        } else if (pair.a().fits() > 0 && pair.a().fitsAsMuchAs(pair.b())) {
            return YES;
        } else if (neverFull(pair.row) && neverFull(pair.other)) {
            return YES + " never full";
        }
        return hasTwin(pair)
                ? YES + " both shown"
                : NO + pair.row.capacity() + " against " + pair.other.capacity();
    }

    /** Tests whether there is the same mechanism with about the other's capacity, too. */
    private boolean hasTwin(Pair pair) {
        return model.rows().stream()
                .map(Row::factors)
                .filter(f -> String.valueOf(f.mechanism()).startsWith(pair.a().mechanism() + "."))
                .filter(f -> task(f).equals(task(pair.a())))
                .anyMatch(f -> f.fitsAsMuchAs(pair.b()));
    }

    /**
     * Tests whether messages on schedule never found it full: as many wait as came during the
     * longest time from when one was due to when it was received (Little). Each counts twice, and
     * with 2 KiB of bookkeeping in the kernel.
     */
    private static boolean neverFull(Row row) {
        Factors f = row.factors();
        return f.ratePerSecond() != null
                && f.fits() > 0
                && row.forks().allMatch(fork -> mostWaiting(f, fork) <= f.fits());
    }

    /** Returns how much waited at the most, in bytes; infinite if no times were measured. */
    private static double mostWaiting(Factors f, Fork fork) {
        if (fork.response() == null) {
            return Double.POSITIVE_INFINITY;
        }
        long longestNs = Hdr.decode(fork.response()).getMaxValue();
        long head = Series.isKernel(f) ? 2048 : 64;
        return (1 + f.ratePerSecond() * longestNs / 1e9) * (2L * f.size() + head);
    }

    /** Returns by which pages an end mapped what it shares, and the rest. */
    private static String pages(Row row) {
        return "shared memory "
                + pages(row, EndCounters::sharedHugeBytes)
                + ", other memory "
                + pages(row, EndCounters::ownHugeBytes);
    }

    private static String pages(Row row, Function<EndCounters, Long> hugeBytes) {
        List<Long> known =
                row.measurement().ends().map(hugeBytes).filter(Objects::nonNull).toList();
        boolean some = known.stream().anyMatch(bytes -> bytes > 0);
        return known.isEmpty() ? "not known" : some ? "in huge pages" : "in small pages";
    }

    private static boolean othersCounted(Row row) {
        return row.forks().allMatch(f -> f.system() != null && f.system().otherCpuNs() != null);
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
        String others =
                Text.named("name.").stream()
                        .filter(
                                id ->
                                        measurements(m -> id.equals(m.factors().mechanism()))
                                                .isEmpty())
                        .map(id -> Text.of("name." + id))
                        .collect(joining(", "));
        if (!others.isEmpty()) {
            all.add(new NotMeasured(others, "not asked for: --mechanisms; 'list' shows their ids"));
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
