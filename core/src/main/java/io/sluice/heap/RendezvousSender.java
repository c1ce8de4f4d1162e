package io.sluice.heap;

import io.sluice.waiting.Limit;
import io.sluice.waiting.MeetingSender;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.Waiter;
import java.time.Duration;
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
final class RendezvousSender<E> extends MailboxSender<E> implements MeetingSender<E> {
    private final RendezvousMailbox<E> mailbox;
    private final Meeting meeting;
    private final Offer offer;
    private final Waiter waiter;
    private int last;

    RendezvousSender(RendezvousMailbox<E> mailbox, Meeting meeting, Offer offer, Waiter waiter) {
        this.mailbox = mailbox;
        this.meeting = meeting;
        this.offer = offer;
        this.waiter = waiter;
    }

    @Override
    public boolean trySend(E message) {
        Objects.requireNonNull(message, "message");
        checkOpen();
        if (serve(message)) {
            return true;
        }
        meeting.selectingReceivers().wakeOne(); // It then makes a demand for the next call.
        return false;
    }

    private boolean serve(E message) {
        Demand[] demands = meeting.demands();
        int next = last;
        for (int i = 0; i < demands.length; i++) { // Starts after the last one: round robin.
            next = next + 1 < demands.length ? next + 1 : 0;
            if (demands[next].serve(message)) {
                turnOf(next);
                return true;
            }
        }
        return false;
    }

    /** Writes only on change: the other end may share a cache line with this object. */
    private void turnOf(int served) {
        if (served != last) {
            last = served;
        }
    }

    /**
     * Makes the offer and then checks the demands, whose receivers may no longer check the offers;
     * if there is one, retracts the offer and serves the demand instead. Returns {@code true} if
     * the message was handed over, {@code false} if the offer is still pending.
     */
    @Override
    public boolean offer(E message) {
        do {
            offer.make(message);
            if (!meeting.hasDemand()) {
                return false;
            }
            if (!offer.retract(message)) {
                return true;
            }
        } while (!serve(message)); // Else the demand was withdrawn, perhaps to take the offer.
        return true;
    }

    @Override
    public void send(E message) throws InterruptedException {
        send(message, Waiter.NO_LIMIT);
    }

    @Override
    public boolean send(E message, Duration timeout) throws InterruptedException {
        return send(message, Limit.nanos(timeout));
    }

    private boolean send(E message, long nanos) throws InterruptedException {
        boolean entered = enter();
        try {
            return trySend(message) || meet(message, nanos);
        } finally {
            exit(entered);
        }
    }

    private boolean meet(E message, long nanos) throws InterruptedException {
        waiter.start(nanos);
        try {
            if (offer(message)) {
                return true;
            }
            meeting.offerMade();
            while (offer.stands() && isOpen() && waiter.pause()) {}
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
        if (!offer.stands() || !offer.retract(message)) {
            return true;
        }
        checkOpen();
        return false; // Timed out.
    }

    /** Does nothing: a rendezvous holds no messages. */
    @Override
    void refused() {}

    @Override
    public Sleepers sleepers() {
        return meeting.selectingSenders();
    }

    @Override
    public Sleepers cell() {
        return offer.sleepers();
    }

    @Override
    public boolean stands() {
        return offer.stands();
    }

    @Override
    public boolean retract(E message) {
        return offer.retract(message);
    }

    @Override
    public boolean ready() {
        return meeting.hasDemand() || !isOpen();
    }

    @Override
    void wake() {
        offer.wake();
    }

    @Override
    void leave() {
        mailbox.remove(this, offer);
    }

    @Override
    Object mailbox() {
        return mailbox;
    }
}
