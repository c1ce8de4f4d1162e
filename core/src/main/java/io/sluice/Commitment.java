package io.sluice;

import io.sluice.waiting.MeetingEnd;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.Waiter;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which clause's offer or demand a select lets stand while it pauses. In a rendezvous two selects
 * find nothing as long as each only looks: there is no offer until one of them makes it.
 *
 * <p>One that sleeps lets one stand as long as it sleeps. It lies in all its places meanwhile, and
 * in the end's cell, so that whatever happens to any clause ends the pause; it takes back what
 * stands, and looks at all. One that spins does the same for some microseconds, or for one pause of
 * its idle strategy if that takes longer, with each clause in turn.
 *
 * <p>Why two that wait for each other meet. Let both sleep: each has let something stand after it
 * lay down and looked, and has then woken one on the other side of each of its places. So if they
 * did it for different mailboxes, one was woken by the other, where they can meet (edge FACING);
 * then it lets its offer or demand of that place stand and wakes the other, whose look finds it
 * there. It finds nothing only if the first was woken again in that moment, which is as likely as
 * the time that a look takes in that which a wake-up takes; and each tosses a coin for another
 * place now and then, so that they do not do so for ever. If one spins, each of its clauses comes
 * to its turn and wakes the other there. If both spin, something of each stands nearly all the
 * time, also while its thread is preempted, and the look of the other finds it unless the two are
 * at different clauses; their random windows see to it that they are not for ever.
 *
 * <p>Belongs to its select's thread.
 */
final class Commitment {
    /** At least so long one that spins lets something stand, twice as long at most. */
    private static final int WINDOW_NANOS = 5_000;

    /** But for no more pauses than these. */
    static final int MOST_PAUSES = 64;

    /** In one of so many cases it is not the place where it was woken. */
    private static final int COIN = 4;

    private final Clause[] clauses;
    private final int[] meeting; // The clauses that meet, whose cells are places behind all others.
    private int last;

    Commitment(List<Clause> clauses) {
        this.clauses = clauses.toArray(Clause[]::new);
        meeting = IntStream.range(0, clauses.size()).filter(i -> clauses.get(i).meets()).toArray();
    }

    /** Where the select lies down: at each clause, and then in the cells of those that meet. */
    Sleepers[] places() {
        Stream<Sleepers> cells =
                IntStream.of(meeting).mapToObj(i -> ((MeetingEnd) clauses[i].end()).cell());
        return Stream.concat(Stream.of(clauses).map(c -> c.end().sleepers()), cells)
                .toArray(Sleepers[]::new);
    }

    /** Whether to lie down for a clause. */
    void want(Waiter waiter, int clause, boolean wanted) {
        waiter.want(clause, wanted);
        for (int i = 0; i < meeting.length; i++) {
            if (meeting[i] == clause) {
                waiter.want(clauses.length + i, wanted);
            }
        }
    }

    /** Which clause's offer or demand is to stand during the next pause, or {@link Select#NONE}. */
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

    /** Something of a clause stands. */
    void wakeFacing(Waiter waiter, int staked) {
        if (waiter.canBeWoken()) {
            waiter.wakeFacing();
        } else {
            clauses[staked].end().sleepers().wakeFacing();
        }
    }

    /** A select leaves with nothing: who waits for it among other things is to meet it. */
    void wakeFacing(boolean[] live) {
        for (int clause : meeting) {
            if (live[clause]) {
                clauses[clause].end().sleepers().wakeFacing();
            }
        }
    }

    /** A pause while something of this clause stands; false if the time is over. */
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

    /** The select leaves, and was woken in a place for something that it may not have done. */
    void passOn(int place) {
        if (place < clauses.length) { // What happens in a cell is for this select alone.
            clauses[place].end().passOn();
        }
    }
}
