package io.sluice.torture;

import java.util.List;

/**
 * Measures how long the messages of other senders fail to arrive after a sender has died, compared
 * with any other moment: for the report, never asserted.
 */
final class Delays {
    private static final long BEFORE_NANOS = 20_000_000;
    private static final long MAX_NANOS = 1_000_000_000;

    private final CrashTopology crashTopology;
    private final List<CrashScenario.ScenarioEnd> scenarioEnds;
    private final Journal[] journals;
    private final long[] deaths;
    private final CrashCounts crashCounts;

    Delays(
            CrashTopology crashTopology,
            List<CrashScenario.ScenarioEnd> scenarioEnds,
            Journal[] journals,
            long[] deaths,
            CrashCounts crashCounts) {
        this.crashTopology = crashTopology;
        this.scenarioEnds = scenarioEnds;
        this.journals = journals;
        this.deaths = deaths;
        this.crashCounts = crashCounts;
    }

    void measure() {
        if (crashTopology.senders() == 1) {
            return;
        }
        for (CrashScenario.ScenarioEnd scenarioEnd : scenarioEnds) {
            long death = deaths[scenarioEnd.jvm()];
            boolean aloneInItsProcess =
                    scenarioEnds.stream().filter(e -> e.jvm() == scenarioEnd.jvm()).count() == 1;
            if (scenarioEnd.sends() && death != 0 && aloneInItsProcess) {
                add(crashCounts.delayNanos, death);
                add(crashCounts.usualDelayNanos, death - BEFORE_NANOS);
            }
        }
    }

    /** Adds the time to the next message of each sender that had a message shortly before. */
    private void add(List<Long> delays, long moment) {
        boolean[] heard = new boolean[scenarioEnds.size()];
        long[] next = new long[scenarioEnds.size()];
        for (Journal journal : journals) {
            if (journal != null) {
                for (long i = lowerBound(journal, moment - BEFORE_NANOS);
                        i < journal.count() && journal.nanos(i) - moment < MAX_NANOS;
                        i++) {
                    int sender = journal.sender(i);
                    long nanos = journal.nanos(i);
                    if (sender < 0 || sender >= next.length) {
                        continue;
                    }
                    if (nanos < moment) {
                        heard[sender] = true;
                    } else if (next[sender] == 0 || nanos < next[sender]) {
                        next[sender] = nanos;
                    }
                }
            }
        }
        for (int i = 0; i < next.length; i++) {
            if (heard[i] && next[i] != 0) {
                delays.add(next[i] - moment);
            }
        }
    }

    private static long lowerBound(Journal journal, long nanos) {
        long low = 0;
        long high = journal.count();
        while (low < high) {
            long middle = low + high >>> 1;
            if (journal.nanos(middle) < nanos) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
