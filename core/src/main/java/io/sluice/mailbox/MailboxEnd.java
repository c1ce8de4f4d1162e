package io.sluice.mailbox;

import io.sluice.wait.Occupancy;
import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Base of a mailbox's ends: the state (open, broken, closed) and the closing protocol. Each end has
 * its own state field, so that checking it costs nearly nothing.
 */
abstract class MailboxEnd implements Selectable, AutoCloseable {
    static final int OPEN = 0;
    static final int BROKEN = 1;
    static final int CLOSED = 2;
    static final int POLLING = 3; // A receiver passes messages to a handler.
    static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(MailboxEnd.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through STATE
    private int state;

    final Waiter waiter;
    final WaitQueue counterparts; // Where threads wait for what this end does.
    private final WaitQueue waitQueue;
    final Occupancy occupancy = new Occupancy(this::detachClosed, this::stateException);

    MailboxEnd(Waiter waiter, WaitQueue waitQueue, WaitQueue counterparts) {
        this.waiter = waiter;
        this.waitQueue = waitQueue;
        this.counterparts = counterparts;
    }

    final boolean isOpen() {
        return (int) STATE.getOpaque(this) == OPEN; // benign race: seen soon, publishes nothing
    }

    /** Throws the exception that fits the state unless this end is open. */
    final void checkOpen() {
        if (!isOpen()) {
            throw stateException();
        }
    }

    /** Returns the exception that fits the state, which is not open. */
    abstract RuntimeException stateException();

    @Override
    public final void close() {
        checkCloseable();
        if (!occupancy.isClosing()) {
            STATE.setOpaque(this, CLOSED); // A waiting call sees it at its next check.
            if (occupancy.close()) {
                wake();
            }
        }
    }

    /** Throws if this end cannot be closed now. */
    void checkCloseable() {}

    private void detachClosed() {
        try {
            detach();
        } finally {
            STATE.setOpaque(this, CLOSED); // Again: markBroken cannot overwrite it now.
        }
    }

    /** Wakes the thread that waits in this end; it may wake other threads spuriously. */
    void wake() {
        waitQueue.wakeAll();
    }

    /** Removes this end from its mailbox. */
    abstract void detach();

    @Override
    public final WaitQueue waitQueue() {
        return waitQueue;
    }
}
