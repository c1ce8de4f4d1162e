package io.sluice.mailbox;

import io.sluice.BrokenChannelException;
import io.sluice.Sender;
import io.sluice.wait.Occupancy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Base of a mailbox's senders: the state (open, broken, closed) and the closing protocol. Each
 * sender has its own state field, so that checking it costs nearly nothing; the last receiver to
 * close writes "broken" to every open sender.
 */
abstract class MailboxSender<E> implements Sender<E> {
    private static final int OPEN = 0;
    private static final int BROKEN = 1;
    private static final int CLOSED = 2;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(MailboxSender.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through STATE
    private int state;

    private final Occupancy occupancy = new Occupancy();

    /** Throws the exception that fits the state unless this sender is open. */
    final void checkOpen() {
        if (!isOpen()) {
            throw stateException();
        }
    }

    final boolean isOpen() {
        return (int) STATE.getOpaque(this) == OPEN; // benign race: seen soon, publishes nothing
    }

    private RuntimeException stateException() {
        // Acquire: everything received before the break is visible, also to the queue operations
        // that follow.
        if ((int) STATE.getAcquire(this) == CLOSED) { // edge BROKEN, from MailboxSender.markBroken
            return new IllegalStateException("this sender is closed; open another one");
        }
        onRefused();
        return new BrokenChannelException("the last receiver has closed: " + mailbox());
    }

    /**
     * Marks this sender as broken: the last receiver has closed. Called under the mailbox's lock,
     * while this end is open.
     */
    final void markBroken() {
        STATE.setRelease(this, BROKEN); // edge BROKEN, to MailboxSender.stateException
    }

    @Override
    public final void close() {
        if (!occupancy.isClosing()) {
            STATE.setOpaque(this, CLOSED); // A waiting call sees it at its next check.
            if (occupancy.close()) {
                detachClosed();
            } else {
                wake();
            }
        }
    }

    private void detachClosed() {
        try {
            detach();
        } finally {
            STATE.setOpaque(this, CLOSED); // Again: breakOff cannot overwrite it now.
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
            detachClosed();
        }
    }

    /** Wakes the thread that waits in this end; it may wake other threads spuriously. */
    abstract void wake();

    /** Runs when a send is refused because the mailbox is broken. */
    abstract void onRefused();

    /** Removes this end from its mailbox. */
    abstract void detach();

    /** Returns the mailbox, for exception messages. */
    abstract Object mailbox();
}
