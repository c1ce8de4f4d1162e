package io.sluice.torture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Counts of events, and of violations. */
final class CrashCounts {
    static final String HEADING =
            String.format(
                    "%-40s%7s%9s%7s%11s%7s%8s%9s%8s%7s%7s%6s%6s%6s%7s%11s%10s%6s%7s",
                    "topology",
                    "kills",
                    "(named)",
                    "stops",
                    "messages",
                    "lost",
                    "dropped",
                    "unmarked",
                    "marked",
                    "robbed",
                    "forged",
                    "torn",
                    "order",
                    "parts",
                    "gaps",
                    "counted",
                    "uncounted",
                    "hangs",
                    "leaked");

    int kills;

    /** Receivers that were killed and that acknowledge on other threads. */
    int acknowledgers;

    int killsAtPoints;
    int stops;
    long messages;

    /** Accepted, never delivered, and no receiver died that may have held it. */
    long lost;

    /** Accepted, and dropped with a dead receiver, at most once. */
    long dropped;

    /** Delivered twice, and the second time not marked. */
    long unmarkedDuplicates;

    /** Delivered again and marked. */
    long redelivered;

    /** Delivered again although the receiver that held it was alive. */
    long redeliveredWhileAlive;

    /** Delivered and never sent. */
    long unexpected;

    long torn;
    long outOfOrder;

    /** Messages that a receiver of a broadcast missed and did not count, or counted in vain. */
    long uncounted;

    /** Gaps that receivers of a broadcast counted. */
    long gaps;

    /** Messages that they counted as lost. */
    long counted;

    /** Batches of which some messages were delivered and others not. */
    long parts;

    int hangs;
    int leakedSlots;
    final List<Long> redeliveryNanos = new ArrayList<>();
    final List<Long> delayNanos = new ArrayList<>();
    final List<Long> usualDelayNanos = new ArrayList<>();

    void add(CrashCounts other) {
        kills += other.kills;
        acknowledgers += other.acknowledgers;
        killsAtPoints += other.killsAtPoints;
        stops += other.stops;
        messages += other.messages;
        lost += other.lost;
        dropped += other.dropped;
        unmarkedDuplicates += other.unmarkedDuplicates;
        redelivered += other.redelivered;
        redeliveredWhileAlive += other.redeliveredWhileAlive;
        unexpected += other.unexpected;
        torn += other.torn;
        outOfOrder += other.outOfOrder;
        parts += other.parts;
        uncounted += other.uncounted;
        gaps += other.gaps;
        counted += other.counted;
        hangs += other.hangs;
        leakedSlots += other.leakedSlots;
        redeliveryNanos.addAll(other.redeliveryNanos);
        delayNanos.addAll(other.delayNanos);
        usualDelayNanos.addAll(other.usualDelayNanos);
    }

    boolean isClean() {
        return lost
                        + unmarkedDuplicates
                        + redeliveredWhileAlive
                        + unexpected
                        + torn
                        + outOfOrder
                        + parts
                        + uncounted
                        + hangs
                        + leakedSlots
                == 0;
    }

    /** For {@link io.sluice.Proof}. */
    String summary() {
        String lapped =
                gaps == 0
                        ? ""
                        : String.format(
                                ", gaps %d, messages in gaps %d, messages received %d",
                                gaps, counted, messages);
        return String.format(
                        "lost %d, unmarked %d, robbed %d, forged %d, torn %d, out of order %d,"
                                + " parts of batches %d, uncounted %d, hanging %d, leaked %d",
                        lost,
                        unmarkedDuplicates,
                        redeliveredWhileAlive,
                        unexpected,
                        torn,
                        outOfOrder,
                        parts,
                        uncounted,
                        hangs,
                        leakedSlots)
                + lapped;
    }

    String row(String name) {
        return String.format(
                "%-40s%7d%9d%7d%11d%7d%8d%9d%8d%7d%7d%6d%6d%6d%7d%11d%10d%6d%7d",
                name,
                kills,
                killsAtPoints,
                stops,
                messages,
                lost,
                dropped,
                unmarkedDuplicates,
                redelivered,
                redeliveredWhileAlive,
                unexpected,
                torn,
                outOfOrder,
                parts,
                gaps,
                counted,
                uncounted,
                hangs,
                leakedSlots);
    }

    static String percentiles(String what, List<Long> nanos) {
        if (nanos.isEmpty()) {
            return what + ": none";
        }
        long[] sorted = nanos.stream().mapToLong(n -> n).sorted().toArray();
        return String.format(
                "%s: p50 %.1f ms, p99 %.1f ms, max %.1f ms (%d)",
                what,
                sorted[sorted.length / 2] / 1e6,
                sorted[(int) (sorted.length * 0.99)] / 1e6,
                sorted[sorted.length - 1] / 1e6,
                sorted.length);
    }

    @Override
    public String toString() {
        return Arrays.asList(HEADING, row("all")).toString();
    }
}
