package io.sluice.compare.stats;

import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Grade;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Results;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Decides the {@link Grade} of a run. */
public final class Grading {
    /** Fewer forks than this show no spread. */
    private static final int FOR_SPREAD = 3;

    private static final double MANY = 0.25;
    private static final double SOME = 0.05;

    private final List<String> bad = new ArrayList<>();
    private final List<String> fair = new ArrayList<>();

    private Grading() {}

    /** Returns the grade of a run: the worst that one of its reasons gives. */
    public static Grade of(Results results) {
        Grading grading = new Grading();
        grading.judgeRun(results);
        grading.judgeMeasurements(results.measurements());
        if (results.run() != null && results.run().interrupted()) {
            grading.fair.add("the run was stopped before its end");
        }
        String letter = grading.fair.isEmpty() ? Grade.QUOTABLE : Grade.USABLE;
        return new Grade(
                grading.bad.isEmpty() ? letter : Grade.DO_NOT_QUOTE,
                Stream.of(grading.bad, grading.fair).flatMap(List::stream).toList());
    }

    private void judgeRun(Results results) {
        if (results.environment() == null) {
            bad.add("the machine was not looked at");
        } else {
            Gate.refusals(results.environment().notes()).forEach(note -> bad.add(note.text()));
        }
        if (results.flags().contains("V11")) {
            bad.add("reading the clock is slow");
        }
        if (results.flags().contains("V07")) {
            fair.add(moved(results.floorBefore(), results.floorAfter()));
        }
        BimodalFloor.of(results).forEach(two -> fair.add(two.words()));
    }

    /** Returns what of the floor differs most between before and after a run. */
    private static String moved(FloorReading before, FloorReading after) {
        return before == null || after == null
                ? "the floor was another before the run than after it"
                : Stream.of(
                                new Moved(
                                        "a cache line",
                                        before.lineRoundTripNs(),
                                        after.lineRoundTripNs()),
                                new Moved("a system call", before.syscallNs(), after.syscallNs()))
                        .max(Comparator.comparingDouble(Moved::factor))
                        .orElseThrow()
                        .words();
    }

    /** A time before and after a run, in nanoseconds. */
    private record Moved(String what, double before, double after) {
        double factor() {
            return before > 0 && after > 0 ? Math.max(before / after, after / before) : 0;
        }

        String words() {
            return String.format(
                    Locale.ROOT,
                    "%s took %.0f ns before the run and %.0f ns after it, over 10 %% apart",
                    what,
                    before,
                    after);
        }
    }

    private void judgeMeasurements(List<Measurement> measurements) {
        var measured = measurements.stream().filter(m -> !m.forks().isEmpty()).toList();
        int fewest = measured.stream().mapToInt(m -> m.forks().size()).min().orElse(0);
        if (fewest < FOR_SPREAD) {
            bad.add(fewest + (fewest == 1 ? " fork shows" : " forks show") + " no spread");
        } else if (fewest < Estimate.FOR_INTERVAL) {
            fair.add(fewest + " forks give ranges, not 95 % intervals");
        }
        long failed =
                measurements.stream()
                        .filter(m -> !m.usable() && !Measurement.NOT_AVAILABLE.equals(m.status()))
                        .count();
        share(failed, measurements.size(), "measurements have no valid numbers");
        var blocks = measured.stream().flatMap(m -> m.forks().stream()).toList();
        share(flagged(measured, "V05"), blocks.size(), "blocks were disturbed by others");
        many(
                flagged(measured, "V13"),
                blocks.size(),
                "blocks had Java’s compiler or collector at work for over 2 % of their time");
        long unsteady = blocks.stream().filter(b -> b.number(Numbers.STEADY, 1) == 0).count();
        many(unsteady, blocks.size(), "blocks were measured before their rate was steady");
    }

    /** Returns in how many blocks a rule fired. */
    private static int flagged(List<Measurement> measured, String rule) {
        return measured.stream().mapToInt(m -> m.flaggedForks().getOrDefault(rule, 0)).sum();
    }

    private void many(long part, long all, String what) {
        if (part > MANY * all) {
            fair.add(part + " of " + all + " " + what);
        }
    }

    private void share(long part, long all, String what) {
        if (part > SOME * all) {
            (part > MANY * all ? bad : fair).add(part + " of " + all + " " + what);
        }
    }
}
