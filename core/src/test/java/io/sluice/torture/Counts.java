package io.sluice.torture;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Counts of events, and of violations. */
final class Counts {
    static final String HEADING =
            String.format(
                    "%-34s%7s%9s%7s%11s%7s%7s%9s%8s%6s%6s%6s%6s%7s%7s",
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
                    "hangs",
                    "leaked");

    int kills;
    int atPoints;
    int stops;
    long messages;

    /** Accepted, never delivered, and no receiver died that may have held it. */
    long lost;

    /** Accepted, and dropped with a dead receiver, at most once. */
    long dropped;

    /** Delivered twice, and the second time not marked. */
    long unmarked;

    /** Delivered again and marked. */
    long marked;

    /** Delivered again although the receiver that held it was alive. */
    long robbed;

    /** Delivered and never sent. */
    long forged;

    long torn;
    long outOfOrder;
    int hangs;
    int leaked;
    final List<Long> redeliveryNanos = new ArrayList<>();
    final List<Long> delayNanos = new ArrayList<>();
    final List<Long> usualDelayNanos = new ArrayList<>();

    void add(Counts other) {
        kills += other.kills;
        atPoints += other.atPoints;
        stops += other.stops;
        messages += other.messages;
        lost += other.lost;
        dropped += other.dropped;
        unmarked += other.unmarked;
        marked += other.marked;
        robbed += other.robbed;
        forged += other.forged;
        torn += other.torn;
        outOfOrder += other.outOfOrder;
        hangs += other.hangs;
        leaked += other.leaked;
        redeliveryNanos.addAll(other.redeliveryNanos);
        delayNanos.addAll(other.delayNanos);
        usualDelayNanos.addAll(other.usualDelayNanos);
    }

    boolean isClean() {
        return lost + unmarked + robbed + forged + torn + outOfOrder + hangs + leaked == 0;
    }

    /** For {@link io.sluice.Proof}. */
    String summary() {
        return String.format(
                "lost %d, unmarked %d, robbed %d, forged %d, torn %d, out of order %d, hanging %d, leaked %d",
                lost, unmarked, robbed, forged, torn, outOfOrder, hangs, leaked);
    }

    String row(String name) {
        return String.format(
                "%-34s%7d%9d%7d%11d%7d%7d%9d%8d%6d%6d%6d%6d%7d%7d",
                name,
                kills,
                atPoints,
                stops,
                messages,
                lost,
                dropped,
                unmarked,
                marked,
                robbed,
                forged,
                torn,
                outOfOrder,
                hangs,
                leaked);
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
