package io.sluice.torture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares the messages sent, by the ledger, with those delivered, by the journals. */
final class DeliveryAudit {
    /** A delivery of a message that was delivered more than once. */
    private record Delivered(int receiver, int deliveryAttempt, long nanos) {}

    private record MessageId(int sender, long number) {}

    private final CrashTopology crashTopology;
    private final ControlFile controlFile;
    private final List<CrashScenario.ScenarioEnd> scenarioEnds;
    private final long[] deaths;
    private final CrashCounts crashCounts;
    private final Journal[] journals;
    private final BitSet[] seen;
    private final BitSet[] seenUnmarked;
    private final Map<MessageId, List<Delivered>> redeliveries = new HashMap<>();

    DeliveryAudit(
            CrashTopology crashTopology,
            ControlFile controlFile,
            Path directory,
            List<CrashScenario.ScenarioEnd> scenarioEnds,
            long[] deaths,
            CrashCounts crashCounts)
            throws IOException {
        this.crashTopology = crashTopology;
        this.controlFile = controlFile;
        this.scenarioEnds = scenarioEnds;
        this.deaths = deaths;
        this.crashCounts = crashCounts;
        this.journals = new Journal[scenarioEnds.size()];
        this.seen = new BitSet[scenarioEnds.size()];
        this.seenUnmarked = new BitSet[scenarioEnds.size()];
        for (CrashScenario.ScenarioEnd scenarioEnd : scenarioEnds) {
            if (scenarioEnd.sends()) {
                seen[scenarioEnd.number()] = new BitSet();
                seenUnmarked[scenarioEnd.number()] = new BitSet();
            } else if (Files.exists(Journal.path(directory, scenarioEnd.number()))) {
                journals[scenarioEnd.number()] = Journal.open(directory, scenarioEnd.number());
            }
        }
    }

    void run() {
        if (crashTopology.broadcast()) {
            new BroadcastAudit(controlFile, scenarioEnds, journals, crashCounts)
                    .run(crashTopology.senders() == 1);
            return;
        }
        for (Journal journal : journals) {
            if (journal != null) {
                checkEach(journal);
            }
        }
        for (int i = 0; i < journals.length; i++) {
            if (journals[i] != null && !redeliveries.isEmpty()) {
                collectRedeliveries(i, journals[i]);
            }
        }
        redeliveries.values().forEach(this::checkRedeliveries);
        countLost();
        crashCounts.acknowledgers +=
                (int)
                        scenarioEnds.stream()
                                .filter(end -> end.keeps() && deaths[end.jvm()] != 0)
                                .count();
        if (crashTopology.redelivers()) {
            countPartsOfBatches();
        }
        new Delays(crashTopology, scenarioEnds, journals, deaths, crashCounts).measure();
    }

    /** Runs all checks that need only one message at a time. */
    private void checkEach(Journal journal) {
        long[] next = new long[scenarioEnds.size()];
        int lastSender = -1;
        for (long i = 0; i < journal.count(); i++) {
            int sender = journal.sender(i);
            long number = journal.number(i);
            crashCounts.messages++;
            crashCounts.torn += journal.isCorrupt(i) ? 1 : 0;
            if (sender < 0
                    || sender >= scenarioEnds.size()
                    || seen[sender] == null
                    || number < 0
                    || number >= controlFile.attempted(sender)) {
                crashCounts.unexpected++;
                continue;
            }
            seen[sender].set((int) number);
            if (journal.deliveryAttempt(i) > 0) {
                crashCounts.redelivered++;
                crashCounts.unmarkedDuplicates +=
                        crashTopology.redelivers() ? 0 : 1; // It must not come again at all.
                redeliveries.put(new MessageId(sender, number), new ArrayList<>());
                continue;
            }
            if (seenUnmarked[sender].get((int) number)) {
                crashCounts.unmarkedDuplicates++;
            }
            seenUnmarked[sender].set((int) number);
            // With one lane, the senders succeed each other.
            boolean late = crashTopology.senders() == 1 && sender < lastSender;
            if (number < next[sender] || late) {
                crashCounts.outOfOrder++;
            }
            next[sender] = number + 1;
            lastSender = sender;
        }
    }

    private void collectRedeliveries(int receiver, Journal journal) {
        for (long i = 0; i < journal.count(); i++) {
            List<Delivered> all =
                    redeliveries.get(new MessageId(journal.sender(i), journal.number(i)));
            if (all != null) {
                all.add(new Delivered(receiver, journal.deliveryAttempt(i), journal.nanos(i)));
            }
        }
    }

    /** Checks that a redelivered message is marked, and comes after its receiver's death. */
    private void checkRedeliveries(List<Delivered> all) {
        all.sort(Comparator.comparingLong(Delivered::nanos));
        for (int i = 1; i < all.size(); i++) {
            Delivered now = all.get(i);
            long death = deaths[scenarioEnds.get(all.get(i - 1).receiver()).jvm()];
            if (now.deliveryAttempt() == 0) {
                crashCounts.unmarkedDuplicates++;
            }
            if (death == 0 || death - now.nanos() > 0) {
                crashCounts.redeliveredWhileAlive++;
            } else if (crashTopology.receivers() > 1) {
                crashCounts.redeliveryNanos.add(now.nanos() - death);
            }
        }
    }

    /**
     * Counts the senders of whose last batch a part was delivered. What a sender attempted and did
     * not find accepted, because it was killed, is one batch or one message.
     */
    private void countPartsOfBatches() {
        for (CrashScenario.ScenarioEnd scenarioEnd : scenarioEnds) {
            if (scenarioEnd.sends()) {
                int accepted = (int) controlFile.accepted(scenarioEnd.number());
                int attempted = (int) controlFile.attempted(scenarioEnd.number());
                if (attempted > accepted) {
                    BitSet last = seen[scenarioEnd.number()].get(accepted, attempted);
                    int delivered = last.cardinality();
                    crashCounts.parts += delivered > 0 && delivered < attempted - accepted ? 1 : 0;
                }
            }
        }
    }

    private void countLost() {
        long unexplained = 0;
        for (CrashScenario.ScenarioEnd scenarioEnd : scenarioEnds) {
            if (scenarioEnd.sends()) {
                long accepted = controlFile.accepted(scenarioEnd.number());
                unexplained +=
                        accepted - seen[scenarioEnd.number()].get(0, (int) accepted).cardinality();
            }
        }
        // A dead receiver may lose only what it had claimed: one message at a time.
        long dead = scenarioEnds.stream().filter(e -> !e.sends() && deaths[e.jvm()] != 0).count();
        crashCounts.dropped = crashTopology.redelivers() ? 0 : Math.min(unexplained, dead);
        crashCounts.lost = unexplained - crashCounts.dropped;
    }

    /** Returns the first lost message of each sender, for diagnosis. */
    String describeLost() {
        StringBuilder text = new StringBuilder();
        for (CrashScenario.ScenarioEnd scenarioEnd : scenarioEnds) {
            if (scenarioEnd.sends()) {
                int missing = seen[scenarioEnd.number()].nextClearBit(0);
                if (missing < controlFile.accepted(scenarioEnd.number())) {
                    text.append("\n  sender ")
                            .append(scenarioEnd.number())
                            .append(": ")
                            .append(missing);
                    text.append(" of ").append(controlFile.accepted(scenarioEnd.number()));
                }
            }
        }
        return text.toString();
    }
}
