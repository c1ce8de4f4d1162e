package io.sluice.torture;

import java.util.List;

/**
 * Checks what each receiver of a broadcast got, by its journal: of each lane consecutive messages,
 * or a gap of just the messages that it counted as lost; a gated one has no gap.
 *
 * <p>In a lane one sender follows another. What the last one of them sent when it was killed is
 * known but for its last message or batch, so a gap across senders lies between two numbers. With
 * several lanes a receiver's count is the sum over them, so all its gaps are compared together.
 */
final class BroadcastAudit {
    private final ControlFile controlFile;
    private final List<CrashScenario.ScenarioEnd> scenarioEnds;
    private final Journal[] journals;
    private final CrashCounts crashCounts;

    BroadcastAudit(
            ControlFile controlFile,
            List<CrashScenario.ScenarioEnd> scenarioEnds,
            Journal[] journals,
            CrashCounts crashCounts) {
        this.controlFile = controlFile;
        this.scenarioEnds = scenarioEnds;
        this.journals = journals;
        this.crashCounts = crashCounts;
    }

    /**
     * Checks all journals.
     *
     * @param oneLane whether the senders succeed each other in one lane
     */
    void run(boolean oneLane) {
        for (Journal journal : journals) {
            if (journal != null) {
                checkEach(journal);
                if (oneLane) {
                    checkGaps(journal);
                } else {
                    checkSum(journal);
                }
            }
        }
    }

    private void checkEach(Journal journal) {
        for (long i = 0; i < journal.count(); i++) {
            crashCounts.messages++;
            crashCounts.gaps += journal.gap(i) > 0 ? 1 : 0;
            crashCounts.counted += journal.gap(i);
            crashCounts.torn += journal.isCorrupt(i) ? 1 : 0;
            crashCounts.unexpected += isExpected(journal, i) ? 0 : 1;
        }
    }

    private boolean isExpected(Journal journal, long index) {
        int sender = journal.sender(index);
        long number = journal.number(index);
        return sender >= 0
                && sender < scenarioEnds.size()
                && scenarioEnds.get(sender).sends()
                && number >= 0
                && number < controlFile.attempted(sender);
    }

    /** Compares each gap with what was counted there. */
    private void checkGaps(Journal journal) {
        int last = -1;
        long next = 0;
        for (long i = 0; i < journal.count(); i++) {
            if (!isExpected(journal, i)) {
                continue;
            }
            int sender = journal.sender(i);
            long number = journal.number(i);
            if (last >= 0) { // What is before its first message, it does not know.
                long least = sender == last ? number - next : number;
                long most = least;
                for (int other = last; other < sender; other++) {
                    if (scenarioEnds.get(other).sends()) {
                        long from = other == last ? next : 0;
                        least += Math.max(0, controlFile.accepted(other) - from);
                        most += Math.max(0, controlFile.attempted(other) - from);
                    }
                }
                check(least, most, journal.gap(i), journal.isGated(i));
                crashCounts.outOfOrder += sender < last || sender == last && number < next ? 1 : 0;
            }
            last = sender;
            next = number + 1;
        }
    }

    private void check(long least, long most, long counted, boolean gated) {
        if (gated) {
            crashCounts.lost += Math.max(0, least);
            crashCounts.uncounted += counted;
        } else {
            crashCounts.uncounted += Math.max(0, least - counted) + Math.max(0, counted - most);
        }
    }

    /**
     * Compares what is missing of all senders with what was counted: at least what is missing
     * between two messages of a sender, at most all that was sent and not received.
     */
    private void checkSum(Journal journal) {
        long[] next = new long[scenarioEnds.size()];
        long received = 0;
        long missing = 0;
        long counted = 0;
        boolean gated = true;
        for (long i = 0; i < journal.count(); i++) {
            gated &= journal.isGated(i);
            counted += journal.gap(i);
            if (!isExpected(journal, i)) {
                continue;
            }
            int sender = journal.sender(i);
            long number = journal.number(i);
            if (next[sender] > 0) { // Its first one here may be any of the sender's.
                missing += Math.max(0, number - next[sender]);
                crashCounts.outOfOrder += number < next[sender] ? 1 : 0;
            }
            next[sender] = number + 1;
            received++;
        }
        check(missing, attempted() - received, counted, gated && journal.count() > 0);
    }

    private long attempted() {
        long sum = 0;
        for (CrashScenario.ScenarioEnd end : scenarioEnds) {
            sum += end.sends() ? controlFile.attempted(end.number()) : 0;
        }
        return sum;
    }
}
