package io.sluice;

import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Selects the clause whose offer or reservation a select keeps pending while it pauses. Two selects
 * that wait for each other in a rendezvous find no message as long as each only checks: there is no
 * offer until one of them makes it.
 *
 * <p>A select that parks keeps one offer or reservation pending for as long as it is parked. It is
 * enqueued in all its wait queues meanwhile, and in the end's cell, so that an event for any clause
 * ends the pause; then it retracts what is pending, and checks all clauses. A select that spins
 * does the same with each clause in turn, for some microseconds, or for one pause of its idle
 * strategy if that takes longer.
 *
 * <p>Why two selects that wait for each other meet. Let both park: each has made its offer or
 * reservation pending after it was enqueued and had checked its clauses, and has then woken one
 * waiter of the counterpart of each of its queues. So if their pending clauses are for different
 * mailboxes, one select was woken by the other in a queue where they can meet (edge COUNTERPART).
 * It then makes its offer or reservation for that clause pending and wakes the other, whose check
 * finds it. The check fails only if the first select was woken again in that interval, with a
 * probability equal to the ratio of the time of a check to that of a wake-up; and at random, in one
 * of four cases, a select takes its next clause in turn instead, so that this does not repeat
 * forever. If one of them spins, it reaches each of its clauses in turn and wakes the other one
 * there. If both spin, an offer or a reservation of each is pending nearly all the time, also while
 * its thread is preempted, and the other one's check finds it unless the two are at different
 * clauses; random windows ensure that this does not last forever.
 *
 * <p>Belongs to its select's thread.
 */
final class PendingOffer {
    /**
     * The shortest time that a spinning select keeps an offer or a reservation pending; the longest
     * is twice that.
     */
    private static final int WINDOW_NANOS = 5_000;

    /** The largest number of pauses in that time. */
    static final int MAX_PAUSES = 64;

    /** In one of so many cases the next clause is not the one at which the waiter was woken. */
    private static final int RANDOMIZE_ONE_IN = 4;

    private final Clause[] clauses;
    private final int[] rendezvousClauses; // Their cells follow all other queues.
    private int last;

    PendingOffer(List<Clause> clauses) {
        this.clauses = clauses.toArray(Clause[]::new);
        rendezvousClauses =
                IntStream.range(0, clauses.size())
                        .filter(i -> clauses.get(i).isRendezvous())
                        .toArray();
    }

    /**
     * Returns the wait queues of the select: one for each clause, then the cells of rendezvous
     * clauses.
     */
    WaitQueue[] waitQueues() {
        Stream<WaitQueue> cells =
                IntStream.of(rendezvousClauses)
                        .mapToObj(i -> ((Selectable.RendezvousEnd) clauses[i].end).ownWaitQueue());
        return Stream.concat(Stream.of(clauses).map(c -> c.end.waitQueue()), cells)
                .toArray(WaitQueue[]::new);
    }

    /** Selects whether the waiter is enqueued for a clause. */
    void setInterest(Waiter waiter, int clause, boolean wanted) {
        waiter.setInterest(clause, wanted);
        for (int i = 0; i < rendezvousClauses.length; i++) {
            if (rendezvousClauses[i] == clause) {
                waiter.setInterest(clauses.length + i, wanted);
            }
        }
    }

    /**
     * Returns the clause whose offer or reservation is to be pending during the next pause, or
     * {@link Select#NONE}.
     */
    int nextClause(Waiter waiter, boolean[] live) {
        if (rendezvousClauses.length == 0) {
            return Select.NONE;
        }
        if (waiter instanceof ParkingWaiter parking) {
            if (!parking.isEnqueued()) {
                return Select.NONE;
            }
            int woken = parking.wokenIndex();
            if (woken < clauses.length
                    && live[woken]
                    && clauses[woken].isRendezvous()
                    && ThreadLocalRandom.current().nextInt(RANDOMIZE_ONE_IN) != 0) {
                return woken;
            }
        }
        for (int i = 0; i < rendezvousClauses.length; i++) {
            last = last + 1 < rendezvousClauses.length ? last + 1 : 0;
            if (live[rendezvousClauses[last]]) {
                return rendezvousClauses[last];
            }
        }
        return Select.NONE;
    }

    /** Wakes counterparts once an offer or a reservation of a clause is pending. */
    void wakeCounterpart(Waiter waiter, int staked) {
        if (waiter instanceof ParkingWaiter parking) {
            parking.wakeCounterpart();
        } else {
            clauses[staked].end.waitQueue().wakeCounterpart();
        }
    }

    /**
     * Wakes a waiting counterpart of each live rendezvous clause, after a select without a winner.
     */
    void wakeCounterpart(boolean[] live) {
        for (int clause : rendezvousClauses) {
            if (live[clause]) {
                clauses[clause].end.waitQueue().wakeCounterpart();
            }
        }
    }

    /**
     * Pauses while an offer or a reservation of this clause is pending; returns false if the
     * timeout elapsed.
     */
    boolean pause(Waiter waiter, Clause clause) throws InterruptedException {
        if (waiter instanceof ParkingWaiter) {
            return waiter.pause();
        }
        Selectable.RendezvousEnd end = (Selectable.RendezvousEnd) clause.end;
        long start = System.nanoTime();
        long window = WINDOW_NANOS + ThreadLocalRandom.current().nextInt(WINDOW_NANOS);
        int pauses = 0;
        while (waiter.pause()) {
            if (++pauses == MAX_PAUSES || !end.isPending() || System.nanoTime() - start >= window) {
                return true;
            }
        }
        return false;
    }

    /**
     * Passes on the wake-up of a select that ends: it may not have executed the clause that it was
     * woken for.
     */
    void passWakeup(int place) {
        if (place < clauses.length) { // Wake-ups in a cell concern this select only.
            clauses[place].end.passWakeup();
        }
    }
}
