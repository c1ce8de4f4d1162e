package io.sluice;

import io.sluice.wait.Selectable;
import java.util.Objects;
import java.util.function.Consumer;

/** A clause that receives a message. */
final class ReceiveClause<E> extends Clause {
    private final Receiver<E> receiver;
    private final Consumer<? super E> handler;
    private final Selectable.Reserving<E> rendezvous; // Null unless a rendezvous.
    private E received;

    ReceiveClause(Receiver<E> receiver, Consumer<? super E> handler) {
        super(receiver);
        this.receiver = receiver;
        this.rendezvous = rendezvous(end);
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    @SuppressWarnings("unchecked") // It is the receiver.
    private static <E> Selectable.Reserving<E> rendezvous(Selectable end) {
        return end instanceof Selectable.Reserving ? (Selectable.Reserving<E>) end : null;
    }

    @Override
    boolean tryComplete() {
        // An unsuccessful attempt wakes a counterpart, which may be this select.
        if (rendezvous != null && !end.ready()) {
            return false;
        }
        received = receiver.tryReceive();
        return received != null;
    }

    @Override
    boolean offer() {
        rendezvous.reserve();
        return false;
    }

    @Override
    boolean retract() {
        received = rendezvous.cancelReservation();
        return received == null;
    }

    @Override
    boolean finish() {
        E message = received;
        received = null; // Cleared first: the handler may use the select.
        handler.accept(message);
        return true;
    }

    @Override
    boolean isEndOfStream() {
        return receiver.isEndOfStream();
    }

    @Override
    public String toString() {
        return "receive";
    }
}
