package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Floor;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Launch;
import java.io.PrintStream;
import java.util.Locale;

/** Says how a run goes: a line for each launch, with what it found and the time that is left. */
public final class Progress {
    private final PrintStream out;
    private int total;
    private int done;
    private long start;

    /**
     * Progress by lines.
     *
     * @param out where to
     */
    public Progress(PrintStream out) {
        this.out = out;
    }

    void begin(int launches) {
        total = launches;
        start = System.nanoTime();
    }

    void floor(String when, Floor floor) {
        out.printf(
                Locale.ROOT,
                "floor %-6s clock %.0f ns, C call %.0f ns, system call %.0f ns, cache line there"
                        + " and back %.0f ns%n",
                when,
                floor.clockNs(),
                floor.downcallNs(),
                floor.syscallNs(),
                floor.lineRoundTripNs());
        if (done == 0) {
            start = System.nanoTime();
        }
    }

    void launched(CellPlan plan, int n, int launches, Launch launch) {
        boolean stream = plan.pattern().equals(Factors.STREAM);
        double value =
                stream
                        ? launch.messages() * 1e3 / launch.durationNs()
                        : Hdr.decode(launch.hdr()).getValueAtPercentile(50) / 1e3;
        line(
                plan,
                n,
                launches,
                String.format(Locale.ROOT, stream ? "%8.2f M messages/s" : "%8.2f us", value));
    }

    void failed(CellPlan plan, int n, int launches, String reason) {
        line(plan, n, launches, "FAILED: " + reason);
    }

    private void line(CellPlan plan, int n, int launches, String result) {
        done++;
        double perLaunch = (System.nanoTime() - start) / 1e9 / done;
        out.printf(
                Locale.ROOT,
                "[%3d/%d] %-10s %-6s %5d B  launch %d/%d  %-22s about %3.0f s left%n",
                done,
                total,
                plan.transport().id(),
                plan.pattern(),
                plan.size(),
                n + 1,
                launches,
                result,
                perLaunch * (total - done));
    }
}
