package io.sluice;

import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;

/**
 * A builder of a {@link Select}. The first clause has number 0. Accepts any receiver and any sender
 * of a mailbox, whichever way it waits by itself; an end may be in several clauses. Belongs to one
 * thread at a time.
 */
public final class SelectBuilder {
    private static final Runnable NOTHING = () -> {};

    private final List<Clause> clauses = new ArrayList<>();
    private Function<WaitQueue[], Waiter> waiterFactory = ParkingWaiter::new;
    private boolean byPriority;
    private boolean built;

    SelectBuilder() {}

    /**
     * Adds a clause that receives a message.
     *
     * @param receiver an open receiver of a mailbox
     * @param handler the handler, called for each message that this clause receives
     * @param <E> the type of messages
     * @return this builder
     * @throws IllegalArgumentException if the receiver is not of a mailbox
     */
    public <E> SelectBuilder receive(Receiver<E> receiver, Consumer<? super E> handler) {
        clauses.add(new ReceiveClause<>(receiver, handler));
        return this;
    }

    /**
     * Adds a clause that sends a message.
     *
     * @param sender an open sender of a mailbox
     * @param supplier the supplier of the message, which must not be null; called when there is
     *     room, for a rendezvous also when the select waits, and possibly again for a message that
     *     was not sent
     * @param afterwards the callback after each message that this clause has sent
     * @param <E> the type of messages
     * @return this builder
     * @throws IllegalArgumentException if the sender is not of a mailbox
     */
    public <E> SelectBuilder send(
            Sender<E> sender, Supplier<? extends E> supplier, Runnable afterwards) {
        clauses.add(new SendClause<>(sender, supplier, afterwards));
        return this;
    }

    /**
     * Adds a clause that sends a message, as {@link #send(Sender, Supplier, Runnable)}, without a
     * callback.
     *
     * @param sender an open sender of a mailbox
     * @param supplier the supplier of the message, which must not be null; called when there is
     *     room, for a rendezvous also when the select waits, and possibly again for a message that
     *     was not sent
     * @param <E> the type of messages
     * @return this builder
     * @throws IllegalArgumentException if the sender is not of a mailbox
     */
    public <E> SelectBuilder send(Sender<E> sender, Supplier<? extends E> supplier) {
        return send(sender, supplier, NOTHING);
    }

    /**
     * Selects priority order: of several clauses that can win, the one that was added first does.
     * By default they win in turn.
     *
     * @return this builder
     */
    public SelectBuilder byPriority() {
        byPriority = true;
        return this;
    }

    /**
     * Selects waiting by an idle strategy: the select never parks by itself. By default it spins
     * for some microseconds and then parks its thread.
     *
     * @param idle the idle strategy; most have state, so each select needs its own
     * @return this builder
     */
    public SelectBuilder idle(IdleStrategy idle) {
        Objects.requireNonNull(idle, "idle");
        return waiterFactory(places -> Waiter.idle(idle));
    }

    /** Sets the waiter's factory, for tests. */
    SelectBuilder waiterFactory(Function<WaitQueue[], Waiter> waiting) {
        this.waiterFactory = waiting;
        return this;
    }

    /**
     * Builds the select. A builder builds only one.
     *
     * @return the select
     * @throws IllegalStateException if there is no clause, or this builder has already built its
     *     select
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
        PendingOffer pendingOffer = new PendingOffer(clauses);
        FairOrder fairOrder = byPriority ? FairOrder.byPriority(count) : FairOrder.fair(count);
        Waiter waiter = waiterFactory.apply(pendingOffer.waitQueues());
        return new Select(clauses.toArray(Clause[]::new), fairOrder, pendingOffer, waiter);
    }
}
