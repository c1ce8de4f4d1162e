package io.sluice.heap;

import io.sluice.Receiver;
import java.util.Objects;
import java.util.function.Consumer;

/** Whether a receiver is open, and what it does message by message. */
abstract class MailboxReceiver<E> implements Receiver<E> {
    private boolean closed;

    @Override
    public final int drain(Consumer<? super E> handler, int limit) {
        Objects.requireNonNull(handler, "handler");
        if (limit < 0) {
            throw new IllegalArgumentException("limit=" + limit + " is negative");
        }
        checkOpen();
        int count = 0;
        // Senders are woken message by message: a handler may wait for what one of them does.
        for (E message; count < limit && !closed && (message = tryReceive()) != null; count++) {
            handler.accept(message);
        }
        return count;
    }

    final void checkOpen() {
        if (closed) {
            throw new IllegalStateException("this receiver is closed; open another one");
        }
    }

    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            leave();
        }
    }

    /** Takes this end off its mailbox. */
    abstract void leave();
}
