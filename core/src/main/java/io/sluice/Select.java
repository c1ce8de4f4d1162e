package io.sluice;

import io.sluice.waiting.Limit;
import io.sluice.waiting.Waiter;
import java.time.Duration;
import java.util.Arrays;
import java.util.StringJoiner;

/**
 * Waits for several receivers and senders at once, and receives or sends one message, as Go's
 * {@code select} does. A select is built once, from clauses, and then used repeatedly:
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
 * <p>Each call executes one clause, which <em>wins</em>, or none. It returns the number of that
 * clause: clauses are numbered from 0, in the order in which they were added.
 *
 * <ul>
 *   <li><em>A clause that did not win has had no effect</em>: no message was taken or sent, and no
 *       handler called. A supplier is called when there is room for its message; if another sender
 *       takes the room at the same time, nothing is sent, and the supplier is called again when
 *       there is room the next time. For a rendezvous, which stores no messages, it is also called
 *       when the select waits. So a supplier should only return the message, without side effects;
 *       what follows from sending belongs in the callback that runs afterwards, as in {@code
 *       send(sender, queue::peek, queue::remove)}. A supplier should be quick, and must not use the
 *       select.
 *   <li><em>Fair</em>, by default: clauses win in turn. Clauses that can win at every call get
 *       equal shares, and one that can win wins after at most 3/2 <em>n</em> other wins, where
 *       <em>n</em> is the number of clauses. With {@link SelectBuilder#byPriority} the first clause
 *       that can win does, and later ones may starve.
 *   <li><em>The end of a stream</em> is not a message: a receive clause whose stream has ended
 *       cannot win any more. When that is true of all clauses, {@link #select()} returns {@link
 *       #NONE}. A <em>broken</em> channel is an error: a send clause that is tried after the last
 *       receiver has closed throws {@link BrokenChannelException} from the select, each time, until
 *       it is {@linkplain #disable disabled}.
 *   <li>A clause that is <em>disabled</em> is ignored until it is enabled, like a {@code nil}
 *       channel in Go.
 *   <li>In a <em>rendezvous</em> a clause can win when a thread waits on the other side, also in
 *       another select. A select that waits keeps an offer or a demand of one such clause pending,
 *       of each in turn, and retracts it before it checks its clauses again: when it is woken, or
 *       after some microseconds if it spins. For an offer it calls the supplier even if no receiver
 *       arrives. Calls that do not wait, such as {@link #trySelect}, may have to be retried.
 *   <li>Handlers run at the end of the call, after the select has stopped waiting, and one at a
 *       time. If a handler throws, the exception propagates to the caller, and the message counts
 *       as received, or sent. A handler may use the same select again.
 * </ul>
 *
 * <p>A select belongs to one thread at a time, and so do its ends while it is used; between two
 * calls that thread may also use the ends directly. A select does not own its ends: close them
 * separately, after the last call. A call does not allocate, except to park.
 *
 * <p>Supports only the ends of mailboxes; those of pipes are rejected.
 */
public final class Select {
    /**
     * The result if no clause has won: none could, or the timeout elapsed, or none can win any
     * more.
     */
    public static final int NONE = -1;

    private final Clause[] clauses;
    private final boolean[] live; // Enabled, and not found to have ended.
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
     * Returns a new builder.
     *
     * @return a builder without clauses
     */
    public static SelectBuilder builder() {
        return new SelectBuilder();
    }

    /**
     * Executes one clause, and blocks while none can win. Responds to an interrupt only if none
     * can.
     *
     * @return the number of the clause; {@link #NONE} if none can win any more, see {@link
     *     #ended()}
     * @throws BrokenChannelException if a send clause finds that the last receiver has closed
     * @throws InterruptedException if the thread is interrupted and no clause can win; nothing was
     *     received or sent
     */
    public int select() throws InterruptedException {
        int winner = look();
        return finish(winner != NONE ? winner : await(Waiter.NO_LIMIT));
    }

    /**
     * Executes one clause, and blocks up to a timeout while none can win. Responds to an interrupt
     * only if none can.
     *
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the number of the clause; {@link #NONE} if the timeout elapsed or none can win any
     *     more, and {@link #ended()} distinguishes the two
     * @throws BrokenChannelException if a send clause finds that the last receiver has closed
     * @throws InterruptedException if the thread is interrupted and no clause can win; nothing was
     *     received or sent
     */
    public int select(Duration timeout) throws InterruptedException {
        long nanos = Limit.nanos(timeout);
        int winner = look();
        return finish(winner != NONE ? winner : await(nanos));
    }

    /**
     * Executes one clause if one can win now. Does not wait.
     *
     * @return the number of the clause; {@link #NONE} if none can win now, and {@link #ended()}
     *     returns whether none ever can
     * @throws BrokenChannelException if a send clause finds that the last receiver has closed
     */
    public int trySelect() {
        int winner = look();
        if (winner == NONE) {
            commitment.wakeFacing(live);
        }
        return finish(winner);
    }

    /**
     * Tests whether no clause can win any more: each has ended or is disabled. A send clause does
     * not end.
     *
     * @return whether no clause can win any more
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
     * Disables a clause, from the next call on.
     *
     * @param clause the number of the clause, from 0
     * @throws IndexOutOfBoundsException if there is no such clause
     */
    public void disable(int clause) {
        enable(clause, false);
    }

    /**
     * Enables a disabled clause, from the next call on.
     *
     * @param clause the number of the clause, from 0
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

    /** Tries each clause once, in turn; returns the winner. Most calls end here. */
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
     * Waits for all clauses, with an offer or a demand of one clause pending. It is retracted
     * before this returns, so that none is pending while the other clauses are checked.
     *
     * @return the clause if it was executed meanwhile, else {@link #NONE}
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
            if (e instanceof InterruptedException) { // A completed exchange takes precedence.
                Thread.currentThread().interrupt();
            }
            return staked;
        }
        return clause.takeBack() ? NONE : staked;
    }

    private void stop() {
        if (waiter.stop()) {
            // Even if a clause has won: the message that this thread was woken for may still be
            // available.
            commitment.passOn(waiter.wokenAt());
        }
    }

    /** Disables the clauses that have ended; returns whether no live clause remains. */
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
     * Returns a description of the clauses; those that are disabled or were found to have ended are
     * in parentheses.
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
