package io.sluice.heap;

import io.sluice.waiting.Sleepers;

/**
 * A sender's cell in a rendezvous: the message that it offers, or nothing. The message is the
 * state, so a hand-over moves one cache line there and back. The sender makes the offer and waits
 * until it is gone; whoever makes it go by a compare-and-set has the message: a receiver that takes
 * it, or the sender that retracts it. After the offer cells of {@code models/rdv.pml}, without the
 * crashes.
 *
 * <p>The same message offered again is another offer, and a receiver that saw the first one may
 * take the second: nothing hangs on which it is, so that needs no counter.
 *
 * <p>Wait-free. {@link #make}, {@link #stands} and {@link #retract} belong to the sender.
 */
final class Offer {
    private final Line line;
    private final Sleepers sender = new Sleepers();

    /**
     * Nothing, for one sender after the other.
     *
     * @param line where nobody else makes offers
     */
    Offer(Line line) {
        this.line = line;
    }

    /** Where its sender sleeps, alone. */
    Sleepers sleepers() {
        return sender;
    }

    /** Offers a message. Then the sender looks at the demands: one of the two sees the other. */
    void make(Object message) {
        line.setVolatile(Line.OFFER, message); // edge OFFERED, to Offer.take, Offer.isMade
    }

    /** Whether nobody has taken it yet. */
    boolean stands() {
        return line.getAcquire(Line.OFFER) != null; // edge TAKEN, from Offer.take
    }

    /** Takes it back. False: a receiver has the message. */
    boolean retract(Object message) {
        return line.compareAndSet(Line.OFFER, message, null); // edge TAKEN, from Offer.take
    }

    /** Receiver: whether there is an offer. After its demand was made. */
    boolean isMade() {
        return line.getVolatile(Line.OFFER) != null; // edge OFFERED, from Offer.make
    }

    /** Receiver: takes the message, or finds none. */
    Object take() {
        Object message = line.getAcquire(Line.OFFER); // edge OFFERED, from Offer.make
        // edge TAKEN, to Offer.stands, Offer.retract
        if (message == null || !line.compareAndSet(Line.OFFER, message, null)) {
            return null;
        }
        sender.wakeOne();
        return message;
    }

    /** Wakes the sender: the mailbox is broken. */
    void wake() {
        sender.wakeAll();
    }

    /** How many sleep on it, 0 or 1. */
    int asleep() {
        return sender.count();
    }
}
