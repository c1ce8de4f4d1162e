package io.sluice;

import io.sluice.wait.Deadline;
import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.Selectable;
import io.sluice.wait.Waiter;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.concurrent.Executor;

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
 *       another select. A select that waits keeps an offer or a reservation of one such clause
 *       pending, of each in turn, and retracts it before it checks its clauses again: when it is
 *       woken, or after some microseconds if it spins. For an offer it calls the supplier even if
 *       no receiver arrives. Calls that do not wait, such as {@link #trySelect}, may have to be
 *       retried.
 *   <li>Handlers run at the end of the call, after the select has stopped waiting, and one at a
 *       time. If a handler throws, the exception propagates to the caller, and the message counts
 *       as received, or sent. A handler may use the same select again.
 * </ul>
 *
 * <p>A select belongs to one thread at a time, and so do its ends while it is used; between two
 * calls that thread may also use the ends directly. A select does not own its ends: close them
 * separately, after the last call. A call does not allocate, except to park.
 *
 * <p><em>Pipes</em>. The thread of a select that waits for pipes is woken by the one thread of this
 * process that sleeps on the futex words of all such pipes, so a wake-up takes about twice as long
 * as that of a receiver that waits alone. It wakes up every 50 ms to look for dead peers. Where the
 * kernel or the container has no {@code futex_waitv(2)}, that thread looks at the words once in a
 * millisecond instead. The stream of a pipe that has ended goes on when another sender attaches:
 * {@link #enable} its clause to receive from it again. A clause cannot send on a rendezvous pipe.
 */
public final class Select {
    /**
     * The result if no clause has won: none could, or the timeout elapsed, or none can win any
     * more.
     */
    public static final int NONE = -1;

    private final Clause[] clauses;
    private final boolean[] live; // Enabled, and not found to have ended.
    private final FairOrder fairOrder;
    private final PendingOffer pendingOffer;
    private final Waiter waiter;
    private boolean timeRemains;

    Select(Clause[] clauses, FairOrder fairOrder, PendingOffer pendingOffer, Waiter waiter) {
        this.clauses = clauses;
        this.fairOrder = fairOrder;
        this.pendingOffer = pendingOffer;
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
     *     #isEndOfStream()}
     * @throws BrokenChannelException if a send clause finds that the last receiver has closed
     * @throws InterruptedException if the thread is interrupted and no clause can win; nothing was
     *     received or sent
     */
    public int select() throws InterruptedException {
        int winner;
        do {
            winner = pollClauses();
            if (winner == NONE) {
                winner = await(Waiter.NO_TIMEOUT);
            }
        } while (!finish(winner));
        return winner;
    }

    /**
     * Executes one clause, and blocks up to a timeout while none can win. Responds to an interrupt
     * only if none can.
     *
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the number of the clause; {@link #NONE} if the timeout elapsed or none can win any
     *     more, and {@link #isEndOfStream()} distinguishes the two
     * @throws BrokenChannelException if a send clause finds that the last receiver has closed
     * @throws InterruptedException if the thread is interrupted and no clause can win; nothing was
     *     received or sent
     */
    public int select(Duration timeout) throws InterruptedException {
        long nanos = Deadline.nanos(timeout);
        long start = System.nanoTime();
        int winner = pollClauses();
        if (winner == NONE) {
            winner = await(nanos);
        }
        while (!finish(winner)) { // Rare: another receiver of a pipe was faster.
            winner = pollClauses();
            if (winner == NONE) {
                boolean endless = nanos == Waiter.NO_TIMEOUT;
                winner = await(endless ? nanos : nanos - (System.nanoTime() - start));
            }
        }
        return winner;
    }

    /**
     * Executes one clause if one can win now. Does not wait.
     *
     * @return the number of the clause; {@link #NONE} if none can win now, and {@link
     *     #isEndOfStream()} returns whether none ever can
     * @throws BrokenChannelException if a send clause finds that the last receiver has closed
     */
    public int trySelect() {
        int winner;
        do {
            winner = pollClauses();
            if (winner == NONE) {
                pendingOffer.wakeCounterpart(live);
            }
        } while (!finish(winner));
        return winner;
    }

    /**
     * Runs a task, once, when a clause can win, or none ever can: for an event loop, which cannot
     * block in {@link #select()}. Returns at once. The task runs in the executor, at the earliest
     * during this call. It calls {@link #trySelect} until no clause wins, and then calls this
     * method again for the next time:
     *
     * <pre>{@code
     * void onReady() {
     *     while (select.trySelect() != Select.NONE) {}
     *     if (!select.isEndOfStream()) {
     *         select.onReady(executor, this::onReady);
     *     }
     * }
     * }</pre>
     *
     * <p>What becomes possible between the last {@code trySelect} and this call is not missed. The
     * task may find nothing, if another thread was faster; it also runs if waiting fails, and the
     * next call throws the reason. A clause of a rendezvous can win when the other side blocks: two
     * selects that both wait so do not meet.
     *
     * <p>From this call until the task runs, this select and its ends may not be used, but an end
     * may be closed; of a {@link Node} only the clause's side, its receiving. A virtual thread
     * waits meanwhile, asleep, whichever way this select waits by itself: a call allocates it. For
     * an event loop that is not Java's, the executor is what wakes that loop.
     *
     * @param executor the executor of the task, which must not refuse it
     * @param task the task, run once
     */
    public void onReady(Executor executor, Runnable task) {
        Objects.requireNonNull(executor, "executor");
        Objects.requireNonNull(task, "task");
        Selectable.whenReady(executor, task, this::awaitReady);
    }

    private void awaitReady() throws InterruptedException {
        Waiter parking = new ParkingWaiter(pendingOffer.waitQueues());
        for (int i = 0; i < clauses.length; i++) {
            pendingOffer.setInterest(parking, i, live[i]);
        }
        parking.start(Waiter.NO_TIMEOUT);
        try {
            while (!isAnyReady()) {
                for (int i = 0; i < clauses.length; i++) {
                    if (live[i] && clauses[i].isEndOfStream()) {
                        enable(i, false);
                        pendingOffer.setInterest(parking, i, false);
                    }
                }
                if (isEndOfStream()) {
                    return;
                }
                parking.pause();
            }
        } finally {
            if (parking.stop()) {
                pendingOffer.passWakeup(parking.wokenIndex());
            }
        }
    }

    private boolean isAnyReady() {
        for (int i = 0; i < clauses.length; i++) {
            if (live[i] && clauses[i].end.ready()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Tests whether no clause can win any more: each has ended or is disabled. A send clause does
     * not end.
     *
     * @return whether no clause can win any more
     */
    public boolean isEndOfStream() {
        for (int i = 0; i < clauses.length; i++) {
            if (live[i] && !clauses[i].isEndOfStream()) {
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
        pendingOffer.setInterest(waiter, clause, enabled);
    }

    /** Tries each clause once, in turn; returns the winner. Most calls end here. */
    private int pollClauses() {
        int count = clauses.length;
        int index = fairOrder.first();
        for (int looks = 0; looks < count; looks++) {
            if (live[index] && clauses[index].tryComplete()) {
                fairOrder.won(index);
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
            timeRemains = true;
            while (true) {
                int winner = pollClauses();
                if (winner != NONE) {
                    return winner;
                }
                boolean last = disableEnded(); // After the poll, in which a pipe finds its end.
                if (last || !timeRemains) {
                    return NONE;
                }
                int staked = pendingOffer.nextClause(waiter, live);
                if (staked == NONE) {
                    timeRemains = waiter.pause();
                } else if (awaitOffer(staked) != NONE) {
                    return staked;
                }
            }
        } finally {
            stop();
        }
    }

    /**
     * Waits for all clauses, with an offer or a reservation of one clause pending. It is retracted
     * before this returns, so that none is pending while the other clauses are checked.
     *
     * @return the clause if it was executed meanwhile, else {@link #NONE}
     */
    private int awaitOffer(int staked) throws InterruptedException {
        Clause clause = clauses[staked];
        if (clause.offer()) {
            return staked;
        }
        try {
            pendingOffer.wakeCounterpart(waiter, staked);
            timeRemains = pendingOffer.pause(waiter, clause);
        } catch (Throwable e) {
            if (clause.retract()) {
                throw e;
            }
            if (e instanceof InterruptedException) { // A completed exchange takes precedence.
                Thread.currentThread().interrupt();
            }
            return staked;
        }
        return clause.retract() ? NONE : staked;
    }

    private void stop() {
        if (waiter.stop()) {
            // Even if a clause has won: the message that this thread was woken for may still be
            // available.
            pendingOffer.passWakeup(waiter.wokenIndex());
        }
    }

    /** Disables the clauses that have ended; returns whether no live clause remains. */
    private boolean disableEnded() {
        boolean none = true;
        for (int i = 0; i < clauses.length; i++) {
            if (live[i]) {
                if (clauses[i].isEndOfStream()) {
                    enable(i, false);
                } else {
                    none = false;
                }
            }
        }
        return none;
    }

    /** Calls the user's code of the winner; returns false if the message has gone meanwhile. */
    private boolean finish(int winner) {
        return winner == NONE || clauses[winner].finish();
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
