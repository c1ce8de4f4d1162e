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
final class Audit {
    /** A delivery of a message that was delivered more than once. */
    private record Delivered(int receiver, int attempt, long nanos) {}

    private record Message(int sender, long number) {}

    private final Topology topology;
    private final Ledger ledger;
    private final List<Siege.End> ends;
    private final long[] deaths;
    private final Counts counts;
    private final Journal[] journals;
    private final BitSet[] seen;
    private final BitSet[] seenFirst;
    private final Map<Message, List<Delivered>> again = new HashMap<>();

    Audit(
            Topology topology,
            Ledger ledger,
            Path directory,
            List<Siege.End> ends,
            long[] deaths,
            Counts counts)
            throws IOException {
        this.topology = topology;
        this.ledger = ledger;
        this.ends = ends;
        this.deaths = deaths;
        this.counts = counts;
        this.journals = new Journal[ends.size()];
        this.seen = new BitSet[ends.size()];
        this.seenFirst = new BitSet[ends.size()];
        for (Siege.End end : ends) {
            if (end.sends()) {
                seen[end.number()] = new BitSet();
                seenFirst[end.number()] = new BitSet();
            } else if (Files.exists(Journal.path(directory, end.number()))) {
                journals[end.number()] = Journal.open(directory, end.number());
            }
        }
    }

    void run() {
        for (Journal journal : journals) {
            if (journal != null) {
                first(journal);
            }
        }
        for (int i = 0; i < journals.length; i++) {
            if (journals[i] != null && !again.isEmpty()) {
                second(i, journals[i]);
            }
        }
        again.values().forEach(this::judge);
        countLost();
        new Delays(topology, ends, journals, deaths, counts).measure();
    }

    /** Runs all checks that need only one message at a time. */
    private void first(Journal journal) {
        long[] next = new long[ends.size()];
        int lastSender = -1;
        for (long i = 0; i < journal.count(); i++) {
            int sender = journal.sender(i);
            long number = journal.number(i);
            counts.messages++;
            counts.torn += journal.isFlawed(i) ? 1 : 0;
            if (sender < 0
                    || sender >= ends.size()
                    || seen[sender] == null
                    || number < 0
                    || number >= ledger.attempted(sender)) {
                counts.forged++;
                continue;
            }
            seen[sender].set((int) number);
            if (journal.attempt(i) > 0) {
                counts.marked++;
                counts.unmarked += topology.redelivers() ? 0 : 1; // It must not come again at all.
                again.put(new Message(sender, number), new ArrayList<>());
                continue;
            }
            if (seenFirst[sender].get((int) number)) {
                counts.unmarked++;
            }
            seenFirst[sender].set((int) number);
            // With one lane, the senders succeed each other.
            boolean late = topology.senders() == 1 && sender < lastSender;
            if (number < next[sender] || late) {
                counts.outOfOrder++;
            }
            next[sender] = number + 1;
            lastSender = sender;
        }
    }

    private void second(int receiver, Journal journal) {
        for (long i = 0; i < journal.count(); i++) {
            List<Delivered> all = again.get(new Message(journal.sender(i), journal.number(i)));
            if (all != null) {
                all.add(new Delivered(receiver, journal.attempt(i), journal.nanos(i)));
            }
        }
    }

    /** Checks that a redelivered message is marked, and comes after its receiver's death. */
    private void judge(List<Delivered> all) {
        all.sort(Comparator.comparingLong(Delivered::nanos));
        for (int i = 1; i < all.size(); i++) {
            Delivered now = all.get(i);
            long death = deaths[ends.get(all.get(i - 1).receiver()).jvm()];
            if (now.attempt() == 0) {
                counts.unmarked++;
            }
            if (death == 0 || death - now.nanos() > 0) {
                counts.robbed++;
            } else if (topology.receivers() > 1) {
                counts.redeliveryNanos.add(now.nanos() - death);
            }
        }
    }

    private void countLost() {
        long unexplained = 0;
        for (Siege.End end : ends) {
            if (end.sends()) {
                long accepted = ledger.accepted(end.number());
                unexplained += accepted - seen[end.number()].get(0, (int) accepted).cardinality();
            }
        }
        // A dead receiver may lose only what it had claimed: one message at a time.
        long dead = ends.stream().filter(e -> !e.sends() && deaths[e.jvm()] != 0).count();
        counts.dropped = topology.redelivers() ? 0 : Math.min(unexplained, dead);
        counts.lost = unexplained - counts.dropped;
    }

    /** Returns the first lost message of each sender, for diagnosis. */
    String lost() {
        StringBuilder text = new StringBuilder();
        for (Siege.End end : ends) {
            if (end.sends()) {
                int missing = seen[end.number()].nextClearBit(0);
                if (missing < ledger.accepted(end.number())) {
                    text.append("\n  sender ").append(end.number()).append(": ").append(missing);
                    text.append(" of ").append(ledger.accepted(end.number()));
                }
            }
        }
        return text.toString();
    }
}
