package io.sluice;

import io.sluice.waiting.MeetingSender;
import io.sluice.waiting.Selectable;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Sends a message, for which the supplier is asked when there is room; in a rendezvous, where there
 * is none, also when somebody is to come for it.
 */
final class SendClause<E> implements Clause {
    private final Sender<E> sender;
    private final Selectable end;
    private final Supplier<? extends E> supplier;
    private final Runnable afterwards;
    private final MeetingSender<E> meeting; // Null where messages are stored.
    private E offered;

    SendClause(Sender<E> sender, Supplier<? extends E> supplier, Runnable afterwards) {
        this.sender = sender;
        this.end = Clause.selectable(sender);
        this.meeting = meeting(end);
        this.supplier = Objects.requireNonNull(supplier, "supplier");
        this.afterwards = Objects.requireNonNull(afterwards, "afterwards");
    }

    @SuppressWarnings("unchecked") // it is the sender
    private static <E> MeetingSender<E> meeting(Selectable end) {
        return end instanceof MeetingSender ? (MeetingSender<E>) end : null;
    }

    @Override
    public Selectable end() {
        return end;
    }

    @Override
    public boolean attempt() {
        return end.ready() && sender.trySend(message());
    }

    @Override
    public boolean stake() {
        E message = message();
        boolean sent = meeting.offer(message);
        offered = sent ? null : message;
        return sent;
    }

    @Override
    public boolean takeBack() {
        E message = offered;
        offered = null; // Not kept by a select that is idle.
        return meeting.retract(message);
    }

    private E message() {
        return Objects.requireNonNull(supplier.get(), "a supplier gave null, no message");
    }

    @Override
    public void finish() {
        afterwards.run();
    }

    @Override
    public boolean ended() {
        return false;
    }

    @Override
    public String toString() {
        return "send";
    }
}
