package io.sluice;

import io.sluice.waiting.Selectable;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/** Receives a message. */
final class ReceiveClause<E> implements Clause {
    private final Receiver<E> receiver;
    private final Selectable end;
    private final Consumer<? super E> handler;
    private final boolean meets;
    private E taken;

    ReceiveClause(Receiver<E> receiver, Consumer<? super E> handler) {
        this.receiver = receiver;
        this.end = Clause.selectable(receiver);
        this.meets = end.sleepers().areFacing();
        this.handler = Objects.requireNonNull(handler, "handler");
    }

    @Override
    public Selectable end() {
        return end;
    }

    @Override
    public boolean attempt() {
        // A try in vain wakes who could meet it, and here that may be this very select.
        if (meets && !end.ready()) {
            return false;
        }
        taken = receiver.tryReceive();
        return taken != null;
    }

    @Override
    public boolean commit(Duration limit) throws InterruptedException {
        taken = receiver.receive(limit);
        return taken != null;
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
