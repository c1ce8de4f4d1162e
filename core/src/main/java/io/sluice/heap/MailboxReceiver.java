package io.sluice.heap;

import io.sluice.Receiver;
import io.sluice.waiting.Occupancy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.function.Consumer;

/** Whether a receiver is open, and what it does message by message. */
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
        if ((boolean) CLOSED.getOpaque(this)) { // benign race: seen soon, and it publishes nothing
            throw new IllegalStateException("this receiver is closed; open another one");
        }
    }

    @Override
    public final void close() {
        if (!occupancy.isClosing()) {
            CLOSED.setOpaque(this, true); // A call that waits sees that when it looks.
            if (occupancy.close()) {
                leave();
            } else {
                wake();
            }
        }
    }

    /**
     * The first that a blocking call does; must be followed by {@link #exit}, unless it throws.
     * Calls may lie within others.
     *
     * @return what exit is to be told
     */
    final boolean enter() {
        boolean entered = occupancy.enter();
        if (occupancy.isClosing()) {
            exit(entered);
            checkOpen();
        }
        return entered;
    }

    /** The last that a blocking call does: if this end was closed meanwhile, it leaves. */
    final void exit(boolean entered) {
        if (entered && occupancy.exit()) {
            leave();
        }
    }

    /** Wakes the thread that waits in this end, and perhaps others, for nothing. */
    abstract void wake();

    /** Takes this end off its mailbox. */
    abstract void leave();
}
