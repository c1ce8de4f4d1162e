package io.sluice;

import io.sluice.waiting.Waiter;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When a select that waits stakes all on one clause, and for how long. In a rendezvous two selects
 * find nothing as long as each only looks: there is no offer until one of them makes it. So one
 * that was woken there, and found nothing, makes a real offer or demand and waits for that alone;
 * it wakes whoever can meet it. If both do, they meet. While it is committed it does nothing else,
 * so exactly one clause can win, and the others wait: for some microseconds, and longer from time
 * to time if that was too short for the other to come, so that those who wait for each other do
 * meet. The time is random, so that two that wait for each other in two places at once do not miss
 * each other for ever.
 *
 * <p>Belongs to its select's thread.
 */
final class Commitment {
    private static final long SHORTEST_NANOS = 20_000;
    private static final long LONGEST_NANOS = 20_000_000;

    private final Clause[] clauses;
    private final boolean any;
    private long window;
    private int last;

    Commitment(Clause[] clauses) {
        this.clauses = clauses;
        boolean meets = false;
        for (Clause clause : clauses) {
            meets |= clause.meets();
        }
        any = meets;
    }

    /** A select begins to wait. */
    void start() {
        window = SHORTEST_NANOS;
    }

    /**
     * Which clause to wait for alone now, or {@link Select#NONE}. One that sleeps does it where it
     * was woken. One that spins is never woken, and does it again and again, with each in turn.
     */
    int next(Waiter waiter, boolean[] live) {
        if (!any) {
            return Select.NONE;
        }
        for (int i = 0; i < clauses.length; i++) {
            last = last + 1 < clauses.length ? last + 1 : 0;
            if (live[last]
                    && clauses[last].meets()
                    && (!waiter.canBeWoken() || waiter.isWokenAt(last))) {
                return last;
            }
        }
        return Select.NONE;
    }

    /** A select leaves with nothing: who waits for it among other things is to commit itself. */
    void wakeFacing(boolean[] live) {
        if (any) {
            for (int i = 0; i < clauses.length; i++) {
                if (live[i]) {
                    clauses[i].end().sleepers().wakeFacing();
                }
            }
        }
    }

    /** For how long: longer each time, until the select begins to wait again. */
    Duration window(long left) {
        long nanos = ThreadLocalRandom.current().nextLong(window / 2, window + 1);
        window = Math.min(2 * window, LONGEST_NANOS);
        return Duration.ofNanos(Math.min(nanos, left));
    }
}
