package io.sluice.heap;

import io.sluice.BrokenChannelException;
import io.sluice.Sender;
import io.sluice.waiting.Occupancy;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Whether a sender may still send. The state is a field of its own, so that to look at it costs
 * nothing: the last receiver that closes writes it into every open sender.
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

    /** Throws what a sender says that is not open. */
    final void checkOpen() {
        if (!isOpen()) {
            throw refusal();
        }
    }

    final boolean isOpen() {
        return (int) STATE.getOpaque(this)
                == OPEN; // benign race: seen soon, and it publishes nothing
    }

    private RuntimeException refusal() {
        // What was received before the break is seen, by the queue's operations that follow too.
        if ((int) STATE.getAcquire(this) == CLOSED) { // edge BROKEN, from MailboxSender.breakOff
            return new IllegalStateException("this sender is closed; open another one");
        }
        refused();
        return new BrokenChannelException("the last receiver has closed: " + mailbox());
    }

    /** The last receiver has closed. Called under the mailbox's lock, while this end is open. */
    final void breakOff() {
        STATE.setRelease(this, BROKEN); // edge BROKEN, to MailboxSender.refusal
    }

    @Override
    public final void close() {
        if (!occupancy.isClosing()) {
            STATE.setOpaque(this, CLOSED); // A call that waits sees that when it looks.
            if (occupancy.close()) {
                leaveClosed();
            } else {
                wake();
            }
        }
    }

    private void leaveClosed() {
        try {
            leave();
        } finally {
            STATE.setOpaque(this, CLOSED); // After it: a break no longer overwrites it.
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
            leaveClosed();
        }
    }

    /** Wakes the thread that waits in this end, and perhaps others, for nothing. */
    abstract void wake();

    /** Sending is refused, because the mailbox is broken. */
    abstract void refused();

    /** Takes this end off its mailbox. */
    abstract void leave();

    /** For messages. */
    abstract Object mailbox();
}
