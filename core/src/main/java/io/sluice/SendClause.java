package io.sluice;

import io.sluice.wait.Selectable;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A clause that sends a message. It calls the supplier when there is room; in a rendezvous, also to
 * make a pending offer.
 */
final class SendClause<E> extends Clause {
    private final Sender<E> sender;
    private final Supplier<? extends E> supplier;
    private final Runnable afterwards;
    private final Selectable.Offering<E> rendezvous; // Null unless a rendezvous.
    private E offered;

    SendClause(Sender<E> sender, Supplier<? extends E> supplier, Runnable afterwards) {
        super(sender);
        this.sender = sender;
        this.rendezvous = rendezvous(end);
        this.supplier = Objects.requireNonNull(supplier, "supplier");
        this.afterwards = Objects.requireNonNull(afterwards, "afterwards");
    }

    @SuppressWarnings("unchecked") // It is the sender.
    private static <E> Selectable.Offering<E> rendezvous(Selectable end) {
        return end instanceof Selectable.Offering ? (Selectable.Offering<E>) end : null;
    }

    @Override
    boolean tryComplete() {
        return end.ready() && sender.trySend(message());
    }

    @Override
    boolean offer() {
        E message = message();
        boolean sent = rendezvous.offer(message);
        offered = sent ? null : message;
        return sent;
    }

    @Override
    boolean retract() {
        E message = offered;
        offered = null; // An idle select keeps no message.
        return rendezvous.retract(message);
    }

    private E message() {
        return Objects.requireNonNull(supplier.get(), "a supplier gave null, no message");
    }

    @Override
    boolean finish() {
        afterwards.run();
        return true;
    }

    @Override
    boolean isEndOfStream() {
        return false;
    }

    @Override
    public String toString() {
        return "send";
    }
}
