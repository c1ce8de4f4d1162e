package io.sluice;

import io.sluice.waiting.ParkWaiter;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.SpinWaiter;
import io.sluice.waiting.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;

/**
 * Makes a {@link Select}, clause by clause; the first one has number 0. Any receiver and any sender
 * of a mailbox will do, however it waits by itself; one may be in several clauses. Belongs to one
 * thread at a time.
 */
public final class SelectBuilder {
    private static final Runnable NOTHING = () -> {};

    private final List<Clause> clauses = new ArrayList<>();
    private Function<Sleepers[], Waiter> waiting = ParkWaiter::new;
    private boolean byPriority;
    private boolean built;

    SelectBuilder() {}

    /**
     * Adds a clause that receives a message.
     *
     * @param receiver an end of a mailbox, open
     * @param handler gets each message that this clause receives
     * @param <E> the messages' type
     * @return this
     * @throws IllegalArgumentException if the receiver is not a mailbox's
     */
    public <E> SelectBuilder receive(Receiver<E> receiver, Consumer<? super E> handler) {
        clauses.add(new ReceiveClause<>(receiver, handler));
        return this;
    }

    /**
     * Adds a clause that sends a message.
     *
     * @param sender an end of a mailbox, open
     * @param supplier says what to send, not null; it is asked when there is room, in a rendezvous
     *     also when this waits, and may be asked again for a message that was not sent
     * @param afterwards called after each message that this clause has sent
     * @param <E> the messages' type
     * @return this
     * @throws IllegalArgumentException if the sender is not a mailbox's
     */
    public <E> SelectBuilder send(
            Sender<E> sender, Supplier<? extends E> supplier, Runnable afterwards) {
        clauses.add(new SendClause<>(sender, supplier, afterwards));
        return this;
    }

    /**
     * As {@link #send(Sender, Supplier, Runnable)}, for who needs nothing done afterwards.
     *
     * @param sender an end of a mailbox, open
     * @param supplier says what to send, not null; it is asked when there is room, in a rendezvous
     *     also when this waits, and may be asked again for a message that was not sent
     * @param <E> the messages' type
     * @return this
     * @throws IllegalArgumentException if the sender is not a mailbox's
     */
    public <E> SelectBuilder send(Sender<E> sender, Supplier<? extends E> supplier) {
        return send(sender, supplier, NOTHING);
    }

    /**
     * Of several clauses that could win, the one that was given first does; else they take turns.
     *
     * @return this
     */
    public SelectBuilder byPriority() {
        byPriority = true;
        return this;
    }

    /**
     * The select waits by an idle strategy and never parks by itself; else it spins for some
     * microseconds and then parks its thread.
     *
     * @param idle how to wait; most strategies have state: give each select one of its own
     * @return this
     */
    public SelectBuilder idle(IdleStrategy idle) {
        Objects.requireNonNull(idle, "idle");
        return waiting(places -> new SpinWaiter(idle));
    }

    /** Another way to wait, for tests. */
    SelectBuilder waiting(Function<Sleepers[], Waiter> waiting) {
        this.waiting = waiting;
        return this;
    }

    /**
     * Makes the select. A builder makes one.
     *
     * @return the select
     * @throws IllegalStateException if there is no clause, or this builder has made its select
     */
    public Select build() {
        if (built) {
            throw new IllegalStateException("this builder has made its select; begin another one");
        }
        if (clauses.isEmpty()) {
            throw new IllegalStateException(
                    "a select needs a clause: add receive(...) or send(...)");
        }
        built = true;
        int count = clauses.size();
        Commitment commitment = new Commitment(clauses);
        Turns turns = byPriority ? Turns.byPriority(count) : Turns.fair(count);
        Waiter waiter = waiting.apply(commitment.places());
        return new Select(clauses.toArray(Clause[]::new), turns, commitment, waiter);
    }
}
