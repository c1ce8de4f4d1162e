package io.sluice.mailbox;

import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.util.Objects;

/**
 * A sender of a rendezvous mailbox. It serves a waiting receiver. If no receiver waits, it offers
 * the message and waits until a receiver has taken it.
 *
 * <p>Before a send fails, for any reason, it retracts its offer; if retracting fails, a receiver
 * has taken the message and the send succeeds. So a message is received exactly once if the send
 * reports success, and not at all otherwise.
 *
 * <p>{@link #trySend} is wait-free if no select waits here; the other sends block.
 */
final class RendezvousSender<E> extends MailboxSender<E> implements Selectable.Offering<E> {
    private final RendezvousTable rendezvousTable;
    private final Offer offer;
    private int last;

    RendezvousSender(
            AbstractMailbox<E> mailbox,
            RendezvousTable rendezvousTable,
            Offer offer,
            Waiter waiter) {
        super(
                mailbox,
                waiter,
                rendezvousTable.senders.selecting,
                rendezvousTable.receivers.selecting);
        this.rendezvousTable = rendezvousTable;
        this.offer = offer;
    }

    @Override
    public boolean trySend(E message) {
        Objects.requireNonNull(message, "message");
        checkOpen();
        if (fulfill(message)) {
            return true;
        }
        counterparts.wakeOne(); // A select then makes a reservation for the next call.
        return false;
    }

    private boolean fulfill(E message) {
        Reservation[] reservations = rendezvousTable.receivers.open;
        int next = last;
        for (int i = 0; i < reservations.length; i++) { // Starts after the last one: round robin.
            next = next + 1 < reservations.length ? next + 1 : 0;
            if (reservations[next].fulfill(message)) {
                if (last != next) { // Else no write: the other end may share this cache line.
                    last = next;
                }
                return true;
            }
        }
        return false;
    }

    /**
     * Makes the offer and then checks the reservations, whose receivers may no longer check the
     * offers; if there is one, retracts the offer and fulfills the reservation instead. Returns
     * {@code true} if the message was handed over, {@code false} if the offer is still pending.
     */
    @Override
    public boolean offer(E message) {
        do {
            offer.make(message);
            if (!rendezvousTable.receivers.hasMade()) {
                return false;
            }
            if (!offer.retract(message)) {
                return true;
            }
        } while (!fulfill(
                message)); // Else the reservation was withdrawn, perhaps to take the offer.
        return true;
    }

    @Override
    boolean await(E message, long nanos) throws InterruptedException {
        waiter.start(nanos);
        try {
            if (offer(message)) {
                return true;
            }
            counterparts.wakeOne();
            while (offer.isPending() && isOpen() && waiter.pause()) {}
        } catch (Throwable e) {
            if (offer.retract(message)) {
                throw e;
            }
            if (e instanceof InterruptedException) { // Thrown only if there was no receiver.
                Thread.currentThread().interrupt();
            }
            return true;
        } finally {
            waiter.stop();
        }
        if (!offer.isPending() || !offer.retract(message)) {
            return true;
        }
        checkOpen();
        return false; // Timed out.
    }

    @Override
    public WaitQueue ownWaitQueue() {
        return offer.waitQueue();
    }

    @Override
    public boolean isPending() {
        return offer.isPending();
    }

    @Override
    public boolean retract(E message) {
        return offer.retract(message);
    }

    @Override
    public boolean ready() {
        return rendezvousTable.receivers.hasMade() || !isOpen();
    }

    @Override
    void wake() {
        offer.waitQueue().wakeAll();
    }

    @Override
    void detach() {
        rendezvousTable.remove(offer);
        super.detach();
    }
}
