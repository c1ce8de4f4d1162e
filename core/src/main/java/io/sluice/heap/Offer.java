package io.sluice.heap;

import io.sluice.waiting.Sleepers;

/**
 * A sender's cell in a rendezvous: the message that it offers, or null. The message itself is the
 * state, so a hand-over moves one cache line in each direction. The sender makes the offer and
 * waits until the cell is null. Exactly one compare-and-set to null succeeds, and the thread that
 * makes it owns the message: a receiver that takes it, or the sender that retracts it. The protocol
 * is that of the offer cells in {@code models/rdv.pml}, without crashes.
 *
 * <p>ABA: if the same message is offered twice, a receiver that read the first offer may take the
 * second. The two are interchangeable, so the cell needs no counter.
 *
 * <p>Wait-free. Only the sender calls {@link #make}, {@link #stands} and {@link #retract}.
 */
final class Offer {
    private final Line line;
    private final Sleepers sender = new Sleepers();

    /**
     * Creates an empty cell. One sender at a time uses it.
     *
     * @param line the cache line of this cell, which no other {@code Offer} uses
     */
    Offer(Line line) {
        this.line = line;
    }

    /** Returns the queue in which only this cell's sender waits. */
    Sleepers sleepers() {
        return sender;
    }

    /**
     * Offers a message. The sender then checks the demands, so that of a sender and a receiver at
     * least one sees the other.
     */
    void make(Object message) {
        line.setVolatile(Line.OFFER, message); // edge OFFERED, to Offer.take, Offer.isMade
    }

    /** Tests whether the offer is still there: no receiver has taken it. */
    boolean stands() {
        return line.getAcquire(Line.OFFER) != null; // edge TAKEN, from Offer.take
    }

    /** Retracts the offer; returns {@code false} if a receiver has taken the message. */
    boolean retract(Object message) {
        return line.compareAndSet(Line.OFFER, message, null); // edge TAKEN, from Offer.take
    }

    /** Receiver: tests whether there is an offer. Called after making a demand. */
    boolean isMade() {
        return line.getVolatile(Line.OFFER) != null; // edge OFFERED, from Offer.make
    }

    /** Receiver: takes the message and wakes the sender; returns null if there is none. */
    Object take() {
        Object message = line.getAcquire(Line.OFFER); // edge OFFERED, from Offer.make
        // edge TAKEN, to Offer.stands, Offer.retract
        if (message == null || !line.compareAndSet(Line.OFFER, message, null)) {
            return null;
        }
        sender.wakeOne();
        return message;
    }

    /** Wakes the sender because the mailbox is broken, or because the sender was closed. */
    void wake() {
        sender.wakeAll();
    }

    /** Returns how many threads wait on this cell, 0 or 1. */
    int asleep() {
        return sender.count();
    }
}
