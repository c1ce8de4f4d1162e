package io.sluice;

import io.sluice.waiting.MeetingReceiver;
import io.sluice.waiting.Selectable;
import java.util.Objects;
import java.util.function.Consumer;

/** Receives a message. */
final class ReceiveClause<E> implements Clause {
    private final Receiver<E> receiver;
    private final Selectable end;
    private final Consumer<? super E> handler;
    private final MeetingReceiver<E> meeting; // Null where messages are stored.
    private E taken;

    ReceiveClause(Receiver<E> receiver, Consumer<? super E> handler) {
        this.receiver = receiver;
        this.end = Clause.selectable(receiver);
        this.meeting = meeting(end);
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    @SuppressWarnings("unchecked") // it is the receiver
    private static <E> MeetingReceiver<E> meeting(Selectable end) {
        return end instanceof MeetingReceiver ? (MeetingReceiver<E>) end : null;
    }

    @Override
    public Selectable end() {
        return end;
    }

    @Override
    public boolean attempt() {
        // A try in vain wakes who could meet it, and here that may be this very select.
        if (meeting != null && !end.ready()) {
            return false;
        }
        taken = receiver.tryReceive();
        return taken != null;
    }

    @Override
    public boolean stake() {
        meeting.demand();
        return false;
    }

    @Override
    public boolean takeBack() {
        taken = meeting.withdraw();
        return taken == null;
    }

    @Override
    public void finish() {
        E message = taken;
        taken = null; // Before the handler, which may select.
        handler.accept(message);
    }

    @Override
    public boolean ended() {
        return receiver.ended();
    }

    @Override
    public String toString() {
        return "receive";
    }
}
