package io.sluice;

import io.sluice.waiting.Limit;
import io.sluice.waiting.Waiter;
import java.time.Duration;
import java.util.Arrays;
import java.util.StringJoiner;

/**
 * Waits for several receivers and senders at once, and receives or sends one message: as Go's
 * {@code select}. It is made once, of clauses, and then used again and again:
 *
 * <pre>{@code
 * Select select = Select.builder()
 *         .receive(orders, order -> book.add(order))
 *         .receive(cancels, cancel -> book.remove(cancel))
 *         .send(clerk, reports::peek, reports::remove)
 *         .build();
 * while (select.select() != Select.NONE) {}
 * }</pre>
 *
 * <p>Each call does what one clause says, or nothing. Which one it was, is returned: clauses have
 * numbers, from 0, in the order in which they were given.
 *
 * <ul>
 *   <li><em>A clause that did not win has had no effect</em>: no message was taken or sent, and no
 *       handler called. A supplier is called when there is room for its message; if another sender
 *       takes the room at that very moment, nothing is sent, and it is called again when there is
 *       room the next time. In a rendezvous, which has no room, it is also called when the select
 *       waits. So it should only say what is to be sent, and what follows from that belongs into
 *       what is called afterwards, as in {@code send(sender, queue::peek, queue::remove)}. It
 *       should be quick, and must not use the select.
 *   <li><em>Fair</em>, by default: clauses win in turn. Those that can win at every call get equal
 *       shares, and one that can win wins after at most 3/2 <em>n</em> other wins, where <em>n</em>
 *       is the number of clauses. With {@link SelectBuilder#byPriority} the first one that can win
 *       does, and those behind it may have to wait for ever.
 *   <li><em>The end of a stream</em> is no message: a receive clause whose stream has ended can not
 *       win any more. When that is true of all, {@link #select()} says so. A <em>broken</em>
 *       channel is an error: a send clause that comes to its turn and finds that the last receiver
 *       has closed throws {@link BrokenChannelException} out of the select, each time, until it is
 *       {@linkplain #disable disabled}.
 *   <li>A clause that is <em>disabled</em> is as if it were not there, until it is enabled: what a
 *       {@code nil} channel is in Go.
 *   <li>In a <em>rendezvous</em> a clause can win when somebody waits on the other side, also in
 *       another select. A select that waits lets an offer or a demand of one such clause stand for
 *       others to take, of each in turn, and takes it back before it looks at its clauses again: it
 *       does that when it is woken, or after some microseconds if it spins. For an offer the
 *       supplier is asked though nobody may come. What only tries, such as {@link #trySelect}, may
 *       have to try again.
 *   <li>Handlers run at the end of the call, when the select waits no longer, and one at a time. If
 *       one throws, that comes out of the call, and the message counts as received, or sent. A
 *       handler may use the same select again.
 * </ul>
 *
 * <p>A select belongs to one thread at a time, and so do its ends while it is used; between two
 * calls their own methods may be called too. It does not own them: close them yourself, after the
 * last call. A select allocates nothing per call, except for what it takes to fall asleep.
 *
 * <p>Works with the ends of mailboxes; those of pipes are refused.
 */
public final class Select {
    /** No clause has won: none could, or the time was over, or none can win any more. */
    public static final int NONE = -1;

    private final Clause[] clauses;
    private final boolean[] live; // Enabled, and not known to have ended.
    private final Turns turns;
    private final Commitment commitment;
    private final Waiter waiter;
    private boolean inTime;

    Select(Clause[] clauses, Turns turns, Commitment commitment, Waiter waiter) {
        this.clauses = clauses;
        this.turns = turns;
        this.commitment = commitment;
        this.waiter = waiter;
        live = new boolean[clauses.length];
        Arrays.fill(live, true);
    }

    /**
     * Begins a select.
     *
     * @return without a clause yet
     */
    public static SelectBuilder builder() {
        return new SelectBuilder();
    }

    /**
     * Does what one clause says, and waits until one can as long as it takes. An interrupt counts
     * only when none can.
     *
     * @return which clause it was; {@link #NONE} if none can win any more, see {@link #ended()}
     * @throws BrokenChannelException if a send clause found that the last receiver has closed
     * @throws InterruptedException if the thread was interrupted and no clause could win; nothing
     *     was received or sent
     */
    public int select() throws InterruptedException {
        int winner = look();
        return finish(winner != NONE ? winner : await(Waiter.NO_LIMIT));
    }

    /**
     * Does what one clause says, and waits until one can for a limited time. An interrupt counts
     * only when none can.
     *
     * @param timeout how long to wait; zero or less does not wait
     * @return which clause it was; {@link #NONE} if the time was over or none can win any more, and
     *     {@link #ended()} says which
     * @throws BrokenChannelException if a send clause found that the last receiver has closed
     * @throws InterruptedException if the thread was interrupted and no clause could win; nothing
     *     was received or sent
     */
    public int select(Duration timeout) throws InterruptedException {
        long nanos = Limit.nanos(timeout);
        int winner = look();
        return finish(winner != NONE ? winner : await(nanos));
    }

    /**
     * Does what one clause says if one can now. Does not wait.
     *
     * @return which clause it was; {@link #NONE} if none can win now, and {@link #ended()} says
     *     whether one ever can
     * @throws BrokenChannelException if a send clause found that the last receiver has closed
     */
    public int trySelect() {
        int winner = look();
        if (winner == NONE) {
            commitment.wakeFacing(live);
        }
        return finish(winner);
    }

    /**
     * Whether no clause can win any more: each has ended or is disabled. A send clause does not
     * end.
     *
     * @return whether it is so
     */
    public boolean ended() {
        for (int i = 0; i < clauses.length; i++) {
            if (live[i] && !clauses[i].ended()) {
                return false;
            }
        }
        return true;
    }

    /**
     * From the next call on, a clause is as if it were not there.
     *
     * @param clause which one, from 0
     * @throws IndexOutOfBoundsException if there is no such clause
     */
    public void disable(int clause) {
        enable(clause, false);
    }

    /**
     * From the next call on, a clause that was disabled may win again.
     *
     * @param clause which one, from 0
     * @throws IndexOutOfBoundsException if there is no such clause
     */
    public void enable(int clause) {
        enable(clause, true);
    }

    private void enable(int clause, boolean enabled) {
        if (clause < 0 || clause >= clauses.length) {
            throw new IndexOutOfBoundsException(
                    "clause=" + clause + " is not in 0.." + (clauses.length - 1));
        }
        live[clause] = enabled;
        commitment.want(waiter, clause, enabled);
    }

    /** The first look, which most calls need only. */
    private int look() {
        int count = clauses.length;
        int index = turns.first();
        for (int looks = 0; looks < count; looks++) {
            if (live[index] && clauses[index].attempt()) {
                turns.won(index);
                return index;
            }
            if (++index == count) {
                index = 0;
            }
        }
        return NONE;
    }

    private int await(long nanos) throws InterruptedException {
        waiter.start(nanos);
        try {
            inTime = true;
            while (true) {
                boolean last = noneIsLeft();
                int winner = look();
                if (winner != NONE || last || !inTime) {
                    return winner;
                }
                int staked = commitment.next(waiter, live);
                if (staked == NONE) {
                    inTime = waiter.pause();
                } else if (pauseWith(staked) != NONE) {
                    return staked;
                }
            }
        } finally {
            stop();
        }
    }

    /**
     * Waits for all, while an offer or a demand of one clause stands. It is taken back before this
     * returns, so that nothing stands when the others are looked at.
     *
     * @return the clause, if it was done meanwhile
     */
    private int pauseWith(int staked) throws InterruptedException {
        Clause clause = clauses[staked];
        if (clause.stake()) {
            return staked;
        }
        try {
            commitment.wakeFacing(waiter, staked);
            inTime = commitment.pause(waiter, clause);
        } catch (Throwable e) {
            if (clause.takeBack()) {
                throw e;
            }
            if (e instanceof InterruptedException) { // It counts only if nobody came.
                Thread.currentThread().interrupt();
            }
            return staked;
        }
        return clause.takeBack() ? NONE : staked;
    }

    private void stop() {
        if (waiter.stop()) {
            // Whatever has won: the message that this was woken for may still be there.
            commitment.passOn(waiter.wokenAt());
        }
    }

    /** Takes the clauses that have ended out of the waiting, and says whether any is left. */
    private boolean noneIsLeft() {
        boolean none = true;
        for (int i = 0; i < clauses.length; i++) {
            if (live[i]) {
                if (clauses[i].ended()) {
                    enable(i, false);
                } else {
                    none = false;
                }
            }
        }
        return none;
    }

    private int finish(int winner) {
        if (winner != NONE) {
            clauses[winner].finish();
        }
        return winner;
    }

    /**
     * Its clauses, for people: what each does, and those that are disabled or were found to have
     * ended in brackets.
     *
     * @return one line
     */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "Select[", "]");
        for (int i = 0; i < clauses.length; i++) {
            text.add(live[i] ? clauses[i].toString() : "(" + clauses[i] + ")");
        }
        return text.toString();
    }
}
