package io.sluice;

import io.sluice.waiting.MeetingReceiver;
import io.sluice.waiting.Selectable;
import java.util.Objects;
import java.util.function.Consumer;

/** A clause that receives a message. */
final class ReceiveClause<E> implements Clause {
    private final Receiver<E> receiver;
    private final Selectable end;
    private final Consumer<? super E> handler;
    private final MeetingReceiver<E> meeting; // Null unless a rendezvous.
    private E taken;

    ReceiveClause(Receiver<E> receiver, Consumer<? super E> handler) {
        this.receiver = receiver;
        this.end = Clause.selectable(receiver);
        this.meeting = meeting(end);
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    @SuppressWarnings("unchecked") // It is the receiver.
    private static <E> MeetingReceiver<E> meeting(Selectable end) {
        return end instanceof MeetingReceiver ? (MeetingReceiver<E>) end : null;
    }

    @Override
    public Selectable end() {
        return end;
    }

    @Override
    public boolean attempt() {
        // An unsuccessful attempt wakes a counterpart, which may be this select.
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
        taken = null; // Cleared first: the handler may use the select.
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
