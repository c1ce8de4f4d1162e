package io.sluice.mailbox;

import io.sluice.wait.Waiter;
import java.util.Objects;

/**
 * A sender of a broadcast. A send checks the state, writes into the ring, and wakes all receivers
 * that wait. A single sender has a class of its own, as in {@link QueueSender}.
 */
class BroadcastSender<E> extends MailboxSender<E> {
    final BroadcastRing<E> ring;
    private final FullBackoff backoff;

    BroadcastSender(BroadcastMailbox<E> mailbox, Waiter waiter) {
        super(mailbox, waiter, mailbox.waitingSenders, mailbox.waitingReceivers);
        this.ring = mailbox.ring;
        this.backoff = new FullBackoff(ring, ring.capacity());
    }

    @Override
    public boolean trySend(E message) {
        Objects.requireNonNull(message, "message");
        checkOpen();
        return ring.offerShared(message) ? sent() : refused(message);
    }

    /** Sends after a refusal and a pause, if one is due. */
    final boolean refused(E message) {
        return backoff.pause() && offer(message) && sent();
    }

    boolean offer(E message) {
        return ring.offerShared(message);
    }

    final boolean sent() {
        counterparts.wakeWaiting();
        return true;
    }

    @Override
    public boolean ready() {
        return ring.hasRoom() || !isOpen();
    }

    /** The only sender. */
    static final class Alone<E> extends BroadcastSender<E> {
        Alone(BroadcastMailbox<E> mailbox, Waiter waiter) {
            super(mailbox, waiter);
        }

        @Override
        public boolean trySend(E message) {
            Objects.requireNonNull(message, "message");
            checkOpen();
            return ring.offerAlone(message) ? sent() : refused(message);
        }

        @Override
        boolean offer(E message) {
            return ring.offerAlone(message);
        }
    }
}
