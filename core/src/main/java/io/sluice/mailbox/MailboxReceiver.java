package io.sluice.mailbox;

import io.sluice.Receiver;
import io.sluice.wait.Occupancy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.Consumer;

/** Base of a mailbox's receivers: the open state, the closing protocol, and {@link #poll}. */
abstract class MailboxReceiver<E> implements Receiver<E> {
    private static final VarHandle CLOSED;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            CLOSED = lookup.findVarHandle(MailboxReceiver.class, "closed", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through CLOSED
    private boolean closed;

    private final Occupancy occupancy = new Occupancy();

    /** The id of the thread that is in {@link #poll}; 0 if none is. */
    private long poller;

    @Override
    public final E tryReceive() {
        checkOpen();
        if (poller != 0) {
            throw inUse("receive from it");
        }
        return take();
    }

    /** Receives a message if there is one. */
    abstract E take();

    @Override
    public final int poll(Consumer<? super E> handler, int limit) {
        Objects.requireNonNull(handler, "handler");
        if (limit < 0) {
            throw new IllegalArgumentException("limit=" + limit + " is negative");
        }
        checkOpen();
        if (poller != 0) {
            throw inUse("receive from it");
        }
        poller = Thread.currentThread().threadId();
        int count = 0;
        try {
            // Each receive wakes a sender: the handler may wait for something that a sender does.
            for (E message; count < limit && !closed && (message = take()) != null; count++) {
                handler.accept(message);
            }
        } finally {
            poller = 0;
        }
        return count;
    }

    private IllegalStateException inUse(String what) {
        return new IllegalStateException(
                poller == Thread.currentThread().threadId()
                        ? "the handler of a receiver cannot " + what + ": return from it first"
                        : "another thread receives from this receiver: it belongs to one at a time");
    }

    final void checkOpen() {
        if ((boolean) CLOSED.getOpaque(this)) { // benign race: seen soon, publishes nothing
            throw new IllegalStateException("this receiver is closed; open another one");
        }
    }

    @Override
    public final void close() {
        if (poller != 0 && poller == Thread.currentThread().threadId()) {
            throw inUse("close it");
        }
        if (!occupancy.isClosing()) {
            CLOSED.setOpaque(this, true); // A waiting call sees it at its next check.
            if (occupancy.close()) {
                detach();
            } else {
                wake();
            }
        }
    }

    /**
     * Begins a blocking call. Unless it throws, {@link #exit} must follow. Calls may be nested.
     *
     * @return the argument for {@link #exit}
     */
    final boolean enter() {
        boolean entered = occupancy.enter();
        if (occupancy.isClosing()) {
            exit(entered);
            checkOpen();
        }
        return entered;
    }

    /** Ends a blocking call, and detaches this end if it was closed during the call. */
    final void exit(boolean entered) {
        if (entered && occupancy.exit()) {
            detach();
        }
    }

    /** Wakes the thread that waits in this end; it may wake other threads spuriously. */
    abstract void wake();

    /** Removes this end from its mailbox. */
    abstract void detach();
}
