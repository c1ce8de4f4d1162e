package io.sluice.heap;

import io.sluice.waiting.Limit;
import io.sluice.waiting.MeetingSender;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.Waiter;
import java.time.Duration;
import java.util.Objects;

/**
 * A sender of a rendezvous. It gives its message to a receiver that waits, and if none does offers
 * it and waits until one has taken it.
 *
 * <p>A send that gives up, for whatever reason, retracts its offer first; if that fails the message
 * was received, and the send has succeeded. So a message is received exactly once if the send says
 * that it was sent, and not at all otherwise.
 *
 * <p>{@link #trySend} is wait-free if no select sleeps here, the others wait.
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
        meeting.selectingReceivers().wakeOne(); // It is to make a demand, for the next try.
        return false;
    }

    private boolean serve(E message) {
        Demand[] demands = meeting.demands();
        int next = last;
        for (int i = 0; i < demands.length; i++) { // Begins behind the last one: each has its turn.
            next = next + 1 < demands.length ? next + 1 : 0;
            if (demands[next].serve(message)) {
                turnOf(next);
                return true;
            }
        }
        return false;
    }

    /** Written only when it changes: the other end may lie on the same line as this object. */
    private void turnOf(int served) {
        if (served != last) {
            last = served;
        }
    }

    /**
     * Makes the offer and then looks at the demands, whose receivers may not look at offers any
     * more: if there is one, it serves that instead. True: the message was handed over.
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
        } while (!serve(message)); // Else its receiver has withdrawn, perhaps to take the offer.
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
            if (e instanceof InterruptedException) { // It counts only if there was no receiver.
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
        return false; // The time is over.
    }

    /** Nothing of it is left anywhere. */
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
