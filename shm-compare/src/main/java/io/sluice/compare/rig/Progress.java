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
    private double averageSeconds;
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

    /** Says that others did not become quiet. */
    void quiet(Quiet quiet) {
        if (quiet.othersPart() >= Quiet.ENOUGH) {
            out.printf(
                    Locale.ROOT,
                    "others still use %s of the CPUs after %.0f s of waiting%n",
                    Quiet.percent(quiet.othersPart()),
                    quiet.waitedNs() / 1e9);
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
        total = measurements * suite.forks();
        expectedSeconds = suite.planned(groups, startNs).toNanos() / 1e9;
        averageSeconds = total == 0 ? 0 : expectedSeconds / total;
        start = System.nanoTime();
        String time = minutes(expectedSeconds).strip();
        // Only a suite that may end with fewer forks keeps to its limit.
        boolean ends = suite.limit() != null && suite.minForks() < suite.forks();
        limitSeconds = ends ? suite.limit().toSeconds() : 0;
        boolean limited = ends && limitSeconds < expectedSeconds;
        out.printf(
                Locale.ROOT,
                "%d measurements, %s%d forks of each, %s%n",
                measurements,
                suite.minForks() < suite.forks() ? "up to " : "",
                suite.forks(),
                limited ? "within " + minutes(limitSeconds).strip() : "about " + time);
    }

    /** Says how long the rest takes, within the limit that the suite has. */
    private double left(double perFork) {
        double rest = perFork * (total - done);
        return limitSeconds == 0
                ? rest
                : Math.max(0, Math.min(rest, limitSeconds - (System.nanoTime() - start) / 1e9));
    }

    /** Says how long a run took, and how long it was expected to. */
    void took(Duration actual, Duration expected) {
        out.printf(
                Locale.ROOT,
                "took %s, estimated %s%n",
                minutes(actual.toNanos() / 1e9).strip(),
                minutes(expected.toNanos() / 1e9).strip());
    }

    void repeats(MeasurementPlan plan, String why) {
        out.printf(Locale.ROOT, "          %-20s again: %s%n", plan.transport().name(), why);
    }

    void floor(String when, FloorReading floorReading) {
        out.printf(
                Locale.ROOT,
                "floor %-6s clock %.0f ns, C call %.0f ns, system call %.0f ns, cache line there"
                        + " and back %.0f ns%n",
                when,
                floorReading.clockNs(),
                floorReading.downcallNs(),
                floorReading.syscallNs(),
                floorReading.lineRoundTripNs());
    }

    void forkCompleted(MeasurementPlan plan, int n, int forks, Fork fork) {
        line(plan, n, forks, headline(fork));
    }

    private static String headline(Fork fork) {
        Double noticed = fork.numbers().get(Numbers.NOTICED_NS);
        if (noticed != null) {
            return String.format(Locale.ROOT, "%8.2f us to notice", noticed / 1e3);
        }
        String hdr = fork.response() != null ? fork.response() : fork.hdr();
        return hdr == null
                ? rate(fork.messages() * 1e9 / fork.durationNs())
                : String.format(
                        Locale.ROOT, "%8.2f us", Hdr.decode(hdr).getValueAtPercentile(50) / 1e3);
    }

    private static String rate(double perSecond) {
        return perSecond < 1e6
                ? String.format(Locale.ROOT, "%8.2f k messages/s", perSecond / 1e3)
                : String.format(Locale.ROOT, "%8.2f M messages/s", perSecond / 1e6);
    }

    void failed(MeasurementPlan plan, int n, int forks, String reason) {
        line(plan, n, forks, "FAILED: " + reason);
    }

    private void line(MeasurementPlan plan, int n, int forks, String result) {
        done++;
        // An estimate that moves from the planned time to the measured time.
        double measured = (System.nanoTime() - start) / 1e9 / done;
        double weight = Math.min(1, done / 10.0);
        double perFork = weight * measured + (1 - weight) * averageSeconds;
        out.printf(
                Locale.ROOT,
                "[%3d/%d] %-20s %-9s %5d B  fork %d/%d  %-22s about %s left%n",
                done,
                total,
                plan.transport().name(),
                plan.pattern(),
                plan.size(),
                n + 1,
                forks,
                result,
                minutes(left(perFork)));
    }

    private static String minutes(double seconds) {
        return seconds < 100
                ? String.format(Locale.ROOT, "%3.0f s", seconds)
                : String.format(Locale.ROOT, "%.0f min", Math.ceil(seconds / 60));
    }
}
