package io.sluice;

import io.sluice.waiting.MeetingEnd;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.Waiter;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Selects the clause whose offer or demand a select keeps pending while it pauses. Two selects that
 * wait for each other in a rendezvous find no message as long as each only checks: there is no
 * offer until one of them makes it.
 *
 * <p>A select that parks keeps one offer or demand pending for as long as it is parked. It is
 * enqueued in all its wait queues meanwhile, and in the end's cell, so that an event for any clause
 * ends the pause; then it retracts what is pending, and checks all clauses. A select that spins
 * does the same with each clause in turn, for some microseconds, or for one pause of its idle
 * strategy if that takes longer.
 *
 * <p>Why two selects that wait for each other meet. Let both park: each has made its offer or
 * demand pending after it was enqueued and had checked its clauses, and has then woken one waiter
 * of the counterpart of each of its queues. So if their pending clauses are for different
 * mailboxes, one select was woken by the other in a queue where they can meet (edge FACING). It
 * then makes its offer or demand for that clause pending and wakes the other, whose check finds it.
 * The check fails only if the first select was woken again in that interval, with a probability
 * equal to the ratio of the time of a check to that of a wake-up; and at random, in one of four
 * cases, a select takes its next clause in turn instead, so that this does not repeat forever. If
 * one of them spins, it reaches each of its clauses in turn and wakes the other one there. If both
 * spin, an offer or a demand of each is pending nearly all the time, also while its thread is
 * preempted, and the other one's check finds it unless the two are at different clauses; random
 * windows ensure that this does not last forever.
 *
 * <p>Belongs to its select's thread.
 */
final class Commitment {
    /**
     * The shortest time that a spinning select keeps an offer or a demand pending; the longest is
     * twice that.
     */
    private static final int WINDOW_NANOS = 5_000;

    /** The largest number of pauses in that time. */
    static final int MOST_PAUSES = 64;

    /** In one of so many cases the next clause is not the one at which the waiter was woken. */
    private static final int COIN = 4;

    private final Clause[] clauses;
    private final int[] meeting; // Rendezvous clauses; their cells follow all other queues.
    private int last;

    Commitment(List<Clause> clauses) {
        this.clauses = clauses.toArray(Clause[]::new);
        meeting = IntStream.range(0, clauses.size()).filter(i -> clauses.get(i).meets()).toArray();
    }

    /**
     * Returns the wait queues of the select: one for each clause, then the cells of rendezvous
     * clauses.
     */
    Sleepers[] places() {
        Stream<Sleepers> cells =
                IntStream.of(meeting).mapToObj(i -> ((MeetingEnd) clauses[i].end()).cell());
        return Stream.concat(Stream.of(clauses).map(c -> c.end().sleepers()), cells)
                .toArray(Sleepers[]::new);
    }

    /** Selects whether the waiter is enqueued for a clause. */
    void want(Waiter waiter, int clause, boolean wanted) {
        waiter.want(clause, wanted);
        for (int i = 0; i < meeting.length; i++) {
            if (meeting[i] == clause) {
                waiter.want(clauses.length + i, wanted);
            }
        }
    }

    /**
     * Returns the clause whose offer or demand is to be pending during the next pause, or {@link
     * Select#NONE}.
     */
    int next(Waiter waiter, boolean[] live) {
        if (meeting.length == 0 || (waiter.canBeWoken() && !waiter.isLyingDown())) {
            return Select.NONE;
        }
        int woken = waiter.wokenAt();
        if (waiter.canBeWoken()
                && woken < clauses.length
                && live[woken]
                && clauses[woken].meets()
                && ThreadLocalRandom.current().nextInt(COIN) != 0) {
            return woken;
        }
        for (int i = 0; i < meeting.length; i++) {
            last = last + 1 < meeting.length ? last + 1 : 0;
            if (live[meeting[last]]) {
                return meeting[last];
            }
        }
        return Select.NONE;
    }

    /** Wakes counterparts once an offer or a demand of a clause is pending. */
    void wakeFacing(Waiter waiter, int staked) {
        if (waiter.canBeWoken()) {
            waiter.wakeFacing();
        } else {
            clauses[staked].end().sleepers().wakeFacing();
        }
    }

    /**
     * Wakes a waiting counterpart of each live rendezvous clause, after a select without a winner.
     */
    void wakeFacing(boolean[] live) {
        for (int clause : meeting) {
            if (live[clause]) {
                clauses[clause].end().sleepers().wakeFacing();
            }
        }
    }

    /**
     * Pauses while an offer or a demand of this clause is pending; returns false if the timeout
     * elapsed.
     */
    boolean pause(Waiter waiter, Clause clause) throws InterruptedException {
        if (waiter.canBeWoken()) {
            return waiter.pause();
        }
        MeetingEnd end = (MeetingEnd) clause.end();
        long start = System.nanoTime();
        long window = WINDOW_NANOS + ThreadLocalRandom.current().nextInt(WINDOW_NANOS);
        int pauses = 0;
        while (waiter.pause()) {
            if (++pauses == MOST_PAUSES || !end.stands() || System.nanoTime() - start >= window) {
                return true;
            }
        }
        return false;
    }

    /**
     * Passes on the wake-up of a select that ends: it may not have executed the clause that it was
     * woken for.
     */
    void passOn(int place) {
        if (place < clauses.length) { // Wake-ups in a cell concern this select only.
            clauses[place].end().passOn();
        }
    }
}
