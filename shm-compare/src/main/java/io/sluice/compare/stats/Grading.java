package io.sluice.compare.stats;

import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Grade;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Decides the {@link Grade} of a run. */
public final class Grading {
    /** Fewer forks than this show no spread. */
    private static final int FOR_SPREAD = 3;

    private static final double MANY = 0.25;
    private static final double SOME = 0.05;

    private Grading() {}

    /** Returns the grade of a run: the worst that one of its reasons gives. */
    public static Grade of(Results results) {
        List<Measurement> measured =
                results.measurements().stream().filter(m -> !m.forks().isEmpty()).toList();
        List<String> bad = new ArrayList<>();
        List<String> fair = new ArrayList<>();
        machine(results.environment(), bad);
        if (results.flags().contains("V11")) {
            bad.add("reading the clock is slow");
        }
        if (results.flags().contains("V07")) {
            fair.add("the floor before and after the run differs by more than 10 %");
        }
        BimodalFloor.of(results)
                .forEach(
                        two ->
                                fair.add(
                                        String.format(
                                                Locale.ROOT,
                                                "the CPUs were near in %d forks and far in %d: a"
                                                        + " cache line took %.0f or %.0f ns",
                                                two.lowForks(),
                                                two.highForks(),
                                                two.lowNs(),
                                                two.highNs())));
        int fewest = measured.stream().mapToInt(m -> m.forks().size()).min().orElse(0);
        if (fewest < FOR_SPREAD) {
            bad.add(fewest + (fewest == 1 ? " fork shows" : " forks show") + " no spread");
        } else if (fewest < Estimate.FOR_INTERVAL) {
            fair.add(fewest + " forks give ranges, not 95 % intervals");
        }
        long failed =
                results.measurements().stream()
                        .filter(m -> !m.usable() && !Measurement.NOT_AVAILABLE.equals(m.status()))
                        .count();
        share(
                failed,
                results.measurements().size(),
                "measurements have no valid numbers",
                bad,
                fair);
        long forks = measured.stream().mapToLong(m -> m.forks().size()).sum();
        long disturbed =
                measured.stream().mapToLong(m -> m.flaggedForks().getOrDefault("V05", 0)).sum();
        share(disturbed, forks, "forks were disturbed by others", bad, fair);
        long unsteady =
                measured.stream().flatMap(m -> m.forks().stream()).filter(Grading::moves).count();
        if (unsteady > MANY * forks) {
            fair.add(unsteady + " of " + forks + " forks were measured before they were steady");
        }
        if (results.run() != null && results.run().interrupted()) {
            fair.add("the run was stopped before its end");
        }
        if (!bad.isEmpty()) {
            bad.addAll(fair);
            return new Grade(Grade.DO_NOT_QUOTE, bad);
        }
        return new Grade(fair.isEmpty() ? Grade.QUOTABLE : Grade.USABLE, fair);
    }

    private static boolean moves(Fork fork) {
        return fork.numbers().getOrDefault(Numbers.STEADY, 1.0) == 0;
    }

    private static void machine(Environment machine, List<String> bad) {
        if (machine == null) {
            bad.add("the machine was not looked at");
        } else {
            Gate.refusals(machine.notes()).forEach(note -> bad.add(note.text()));
        }
    }

    private static void share(
            long part, long all, String what, List<String> bad, List<String> fair) {
        if (part > SOME * all) {
            (part > MANY * all ? bad : fair).add(part + " of " + all + " " + what);
        }
    }
}
