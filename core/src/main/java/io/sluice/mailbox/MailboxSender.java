package io.sluice.mailbox;

import io.sluice.BrokenChannelException;
import io.sluice.Sender;
import io.sluice.wait.Deadline;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.time.Duration;

/** Base of a mailbox's senders. The last receiver to close writes "broken" to all that are open. */
abstract class MailboxSender<E> extends MailboxEnd implements Sender<E> {
    final AbstractMailbox<E> mailbox;

    MailboxSender(
            AbstractMailbox<E> mailbox, Waiter waiter, WaitQueue senders, WaitQueue receivers) {
        super(waiter, senders, receivers);
        this.mailbox = mailbox;
    }

    @Override
    final RuntimeException stateException() {
        // Acquire: everything received before the break is visible, also to the queue operations
        // that follow.
        if ((int) STATE.getAcquire(this) == CLOSED) { // edge BROKEN, from MailboxSender.markBroken
            return new IllegalStateException("this sender is closed; open another one");
        }
        mailbox.drainUndelivered(); // What was being sent while the last receiver closed.
        return new BrokenChannelException(
                "the last receiver of this mailbox has closed, and it is broken for good; create"
                        + " another mailbox");
    }

    /**
     * Marks this sender as broken: the last receiver has closed. Called under the mailbox's lock,
     * while this end is open.
     */
    final void markBroken() {
        STATE.setRelease(this, BROKEN); // edge BROKEN, to MailboxSender.stateException
    }

    @Override
    public final void send(E message) throws InterruptedException {
        send(message, Waiter.NO_TIMEOUT);
    }

    @Override
    public final boolean send(E message, Duration timeout) throws InterruptedException {
        return send(message, Deadline.nanos(timeout));
    }

    private boolean send(E message, long nanos) throws InterruptedException {
        boolean entered = occupancy.enter();
        try {
            return trySend(message) || await(message, nanos);
        } finally {
            occupancy.exit(entered);
        }
    }

    /** Sends, after an unsuccessful attempt; returns whether it was sent before the timeout. */
    boolean await(E message, long nanos) throws InterruptedException {
        waiter.start(nanos);
        try {
            boolean inTime;
            boolean sent;
            do {
                inTime = waiter.pause();
                sent = trySend(message); // Also once after the timeout.
            } while (!sent && inTime);
            return sent;
        } finally {
            if (waiter.stop()) {
                passWakeup(); // The slot that caused the wakeup may still be free.
            }
        }
    }

    @Override
    void detach() {
        mailbox.remove(this);
    }
}
