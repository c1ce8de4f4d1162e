package io.sluice.compare.rig;

import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Numbers;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Prints the progress of a run: a line for each fork, with its result and the remaining time. */
public final class Progress {
    private final PrintStream out;
    private int total;
    private int done;
    private double expectedSeconds;
    private long start;
    private double limitSeconds;

    /**
     * Progress by lines.
     *
     * @param out where to
     */
    public Progress(PrintStream out) {
        this.out = out;
    }

    private void print(String format, Object... arguments) {
        out.printf(Locale.ROOT, format + "%n", arguments);
    }

    /** Says that others did not become quiet. */
    void quiet(Quiet quiet) {
        if (quiet.othersPart() >= Quiet.ENOUGH) {
            print(
                    "others still use %s of the CPUs after %.0f s of waiting",
                    Quiet.percent(quiet.othersPart()), quiet.waitedNs() / 1e9);
        }
    }

    /**
     * Begins, before the first fork.
     *
     * @param suite how long and how often
     * @param groups what is measured
     * @param startNs how long two virtual machines take to start
     */
    void begin(Suite suite, List<List<MeasurementPlan>> groups, long startNs) {
        int measurements = groups.stream().mapToInt(List::size).sum();
        // Only a suite that may end with fewer forks keeps to its limit.
        boolean ends = suite.minForks() < suite.forks();
        total = measurements * suite.forks();
        expectedSeconds = suite.plannedNs(groups, startNs) / 1e9;
        limitSeconds = ends ? suite.limitNs() / 1_000_000_000 : 0;
        start = System.nanoTime();
        print(
                "%d measurements, %s%d forks of each, %s",
                measurements,
                ends ? "up to " : "",
                suite.forks(),
                limitSeconds > 0 && limitSeconds < expectedSeconds
                        ? "within " + minutes(limitSeconds).strip()
                        : "about " + minutes(expectedSeconds).strip());
    }

    /**
     * Says how long a run took, and how long it was expected to: before it began, and once it was
     * known how long a start takes here.
     */
    void took(Duration actual, Duration expected, Duration here) {
        print(
                "took %s, estimated %s (%s once a start was timed)",
                time(actual), time(expected), time(here));
    }

    /** Returns seconds, or minutes of a long time, to the nearest: what is over is no estimate. */
    private static String time(Duration duration) {
        long seconds = Math.round(duration.toNanos() / 1e9);
        return seconds < 1_000 ? seconds + " s" : Math.round(seconds / 60.0) + " min";
    }

    void repeats(MeasurementPlan plan, String why) {
        print("          %-20s again: %s", plan.transport().name(), why);
    }

    void floor(String when, FloorReading floor) {
        print(
                "floor %-6s clock %.0f ns, C call %.0f ns, system call %.0f ns, cache line there"
                        + " and back %.0f ns",
                when,
                floor.clockNs(),
                floor.downcallNs(),
                floor.syscallNs(),
                floor.lineRoundTripNs());
    }

    /** Returns a fork's most important number. */
    static String headline(Fork fork) {
        Double noticed = fork.numbers().get(Numbers.NOTICED_NS);
        String hdr = fork.response() != null ? fork.response() : fork.hdr();
        double perSecond = fork.messages() * 1e9 / fork.durationNs();
        if (noticed != null) {
            return scaled(noticed, 1e3, "us to notice");
        } else if (hdr != null) {
            return scaled(Hdr.decode(hdr).getValueAtPercentile(50), 1e3, "us");
        }
        return perSecond < 1e6
                ? scaled(perSecond, 1e3, "k messages/s")
                : scaled(perSecond, 1e6, "M messages/s");
    }

    private static String scaled(double value, double unit, String name) {
        return String.format(Locale.ROOT, "%8.2f %s", value / unit, name);
    }

    /** Says what one fork gave, and about how long the others take. */
    void fork(MeasurementPlan plan, int n, int forks, String result) {
        done++;
        // An estimate that moves from the planned time to the measured time.
        double passed = (System.nanoTime() - start) / 1e9;
        double weight = Math.min(1, done / 10.0);
        double perFork = weight * passed / done + (1 - weight) * expectedSeconds / total;
        double rest = perFork * (total - done);
        double left = limitSeconds == 0 ? rest : Math.max(0, Math.min(rest, limitSeconds - passed));
        print(
                "[%3d/%d] %-20s %-9s %5d B  fork %d/%d  %-22s about %s left",
                done,
                total,
                plan.transport().name(),
                plan.pattern(),
                plan.size(),
                n + 1,
                forks,
                result,
                minutes(left));
    }

    private static String minutes(double seconds) {
        return seconds < 100
                ? String.format(Locale.ROOT, "%3.0f s", seconds)
                : String.format(Locale.ROOT, "%.0f min", Math.ceil(seconds / 60));
    }
}
