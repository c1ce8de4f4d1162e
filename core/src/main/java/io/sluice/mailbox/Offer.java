package io.sluice.mailbox;

import io.sluice.wait.WaitQueue;

/**
 * A sender's cell in a rendezvous: the message that it offers, or null. The message itself is the
 * state, so a hand-over moves one cache line in each direction. The sender makes the offer and
 * waits until the cell is null. Exactly one compare-and-set to null succeeds, and the thread that
 * makes it owns the message: a receiver that takes it, or the sender that retracts it. The protocol
 * is that of the offer cells in {@code models/rendezvous.pml}, without crashes.
 *
 * <p>ABA: if the same message is offered twice, a receiver that read the first offer may take the
 * second. The two are interchangeable, so the cell needs no counter.
 *
 * <p>Wait-free. Only the sender calls {@link #make}, {@link #isPending} and {@link #retract}.
 */
final class Offer {
    private final PaddedSlotPair paddedSlotPair;
    private final WaitQueue sender = new WaitQueue();

    /**
     * Creates an empty cell. One sender at a time uses it.
     *
     * @param paddedSlotPair the cache line of this cell, which no other {@code Offer} uses
     */
    Offer(PaddedSlotPair paddedSlotPair) {
        this.paddedSlotPair = paddedSlotPair;
    }

    /** Returns the queue in which only this cell's sender waits. */
    WaitQueue waitQueue() {
        return sender;
    }

    /**
     * Offers a message. The sender then checks the reservations, so that of a sender and a receiver
     * at least one sees the other.
     */
    void make(Object message) {
        paddedSlotPair.setVolatile(
                PaddedSlotPair.OFFER, message); // edge OFFERED, to Offer.take, Offer.isMade
    }

    /** Tests whether the offer is still there: no receiver has taken it. */
    boolean isPending() {
        return paddedSlotPair.getAcquire(PaddedSlotPair.OFFER)
                != null; // edge TAKEN, from Offer.take
    }

    /** Retracts the offer; returns {@code false} if a receiver has taken the message. */
    boolean retract(Object message) {
        return paddedSlotPair.compareAndSet(
                PaddedSlotPair.OFFER, message, null); // edge TAKEN, from Offer.take
    }

    /** Receiver: tests whether there is an offer. Called after making a reservation. */
    boolean isMade() {
        return paddedSlotPair.getVolatile(PaddedSlotPair.OFFER)
                != null; // edge OFFERED, from Offer.make
    }

    /** Receiver: takes the message and wakes the sender; returns null if there is none. */
    Object take() {
        Object message =
                paddedSlotPair.getAcquire(PaddedSlotPair.OFFER); // edge OFFERED, from Offer.make
        // edge TAKEN, to Offer.isPending, Offer.retract
        if (message == null || !paddedSlotPair.compareAndSet(PaddedSlotPair.OFFER, message, null)) {
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
    int waiterCount() {
        return sender.count();
    }
}
