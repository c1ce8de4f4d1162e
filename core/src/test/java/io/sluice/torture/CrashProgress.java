package io.sluice.torture;

import io.sluice.torture.CrashScenario.NoProgressException;
import java.util.List;

/**
 * Checks that messages make progress: a process that is stopped, or dead and not yet replaced, may
 * block the others for tens of milliseconds, and a loaded machine for a second or two.
 */
final class CrashProgress {
    private static final long LIMIT_NANOS = 40_000_000_000L;

    private final ControlFile controlFile;
    private final List<CrashScenario.ScenarioEnd> scenarioEnds;
    private long lastSum = -1;
    private long lastOrder;
    private long since = System.nanoTime();

    CrashProgress(ControlFile controlFile, List<CrashScenario.ScenarioEnd> scenarioEnds) {
        this.controlFile = controlFile;
        this.scenarioEnds = scenarioEnds;
    }

    void check() throws NoProgressException {
        long now = System.nanoTime();
        long order = controlFile.order();
        long sum = controlFile.acceptedTotal(scenarioEnds);
        if (order != lastOrder || order == ControlFile.RUN && sum != lastSum) {
            lastSum = sum;
            lastOrder = order;
            since = now;
        } else if (now - since > LIMIT_NANOS) {
            String what =
                    order == ControlFile.RUN
                            ? "no message accepted"
                            : order == ControlFile.CLOSE ? "senders not closed" : "not drained";
            throw new NoProgressException(what + " for " + LIMIT_NANOS / 1_000_000_000 + " s");
        }
    }
}
