package io.sluice;

import io.sluice.waiting.Selectable;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

/** Sends a message, for which the supplier is asked when there is room. */
final class SendClause<E> implements Clause {
    private final Sender<E> sender;
    private final Selectable end;
    private final Supplier<? extends E> supplier;
    private final Runnable afterwards;

    SendClause(Sender<E> sender, Supplier<? extends E> supplier, Runnable afterwards) {
        this.sender = sender;
        this.end = Clause.selectable(sender);
        this.supplier = Objects.requireNonNull(supplier, "supplier");
        this.afterwards = Objects.requireNonNull(afterwards, "afterwards");
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
    public boolean commit(Duration limit) throws InterruptedException {
        return sender.send(message(), limit);
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
