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
 * of a mailbox or a pipe, whichever way it waits by itself, but no sender of a rendezvous pipe; an
 * end may be in several clauses. Belongs to one thread at a time.
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
     * @param receiver an open receiver of a mailbox, or of a pipe or a node with a codec
     * @param handler the handler, called for each message that this clause receives
     * @param <E> the type of messages
     * @return this builder
     * @throws IllegalArgumentException if the receiver is none of Sluice's
     */
    public <E> SelectBuilder receive(Receiver<E> receiver, Consumer<? super E> handler) {
        clauses.add(new ReceiveClause<>(receiver, handler));
        return this;
    }

    /**
     * Adds a clause that passes a message of a pipe to a handler in place, as {@link
     * PipeReceiver#poll} with a limit of 1 does.
     *
     * @param receiver an open receiver of a pipe
     * @param handler the handler, called for each message that this clause receives
     * @return this builder
     */
    public SelectBuilder receive(PipeReceiver receiver, MessageHandler handler) {
        clauses.add(new ReceiveInPlaceClause(receiver, handler));
        return this;
    }

    /**
     * Adds a clause that passes a message or a request of any other node to a handler in place, as
     * {@link Node#poll(NodeHandler, int)} with a limit of 1 does. Such a stream has no end.
     *
     * @param node an open node
     * @param handler the handler, called for each message that this clause receives
     * @return this builder
     */
    public SelectBuilder receive(Node node, NodeHandler handler) {
        clauses.add(new ReceiveFromNodeClause(node, handler));
        return this;
    }

    /**
     * Adds a clause that sends a message.
     *
     * @param sender an open sender of a mailbox, or of a pipe with a codec
     * @param supplier the supplier of the message, which must not be null; called when there is
     *     room, for a pipe also to find out, for a rendezvous also when the select waits, and
     *     possibly again for a message that was not sent
     * @param afterwards the callback after each message that this clause has sent
     * @param <E> the type of messages
     * @return this builder
     * @throws IllegalArgumentException if the sender is neither of a mailbox nor of a pipe, or of a
     *     rendezvous pipe
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
     * @param sender an open sender of a mailbox, or of a pipe with a codec
     * @param supplier the supplier of the message, which must not be null; called when there is
     *     room, for a pipe also to find out, for a rendezvous also when the select waits, and
     *     possibly again for a message that was not sent
     * @param <E> the type of messages
     * @return this builder
     * @throws IllegalArgumentException if the sender is neither of a mailbox nor of a pipe, or of a
     *     rendezvous pipe
     */
    public <E> SelectBuilder send(Sender<E> sender, Supplier<? extends E> supplier) {
        return send(sender, supplier, NOTHING);
    }

    /**
     * Adds a clause that sends a message of bytes through a pipe, as {@link #send(Sender, Supplier,
     * Runnable)}.
     *
     * @param sender an open sender of a pipe
     * @param supplier the supplier of the message, which must not be null; called when there is
     *     room, also to find out, and possibly again for a message that was not sent
     * @param afterwards the callback after each message that this clause has sent
     * @return this builder
     * @throws IllegalArgumentException if the sender is of a rendezvous pipe
     */
    public SelectBuilder send(PipeSender sender, Supplier<byte[]> supplier, Runnable afterwards) {
        return send(new CodecSender<>(BytesCodec.INSTANCE, sender), supplier, afterwards);
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
