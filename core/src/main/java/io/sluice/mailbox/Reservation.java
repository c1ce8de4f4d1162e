package io.sluice.mailbox;

import io.sluice.wait.WaitQueue;

/**
 * A receiver's reservation in a rendezvous, as in a dual queue (Scherer and Scott). The cell is
 * empty, requests a message, or holds the message that a sender stored there. A sender that finds a
 * request hands its message over with one compare-and-set: the receiver is committed to it, so the
 * sender does not wait. The receiver may withdraw the request as long as no message is stored; if
 * withdrawing fails, the receiver must return the message.
 *
 * <p>Wait-free. Only the receiver calls {@link #make}, {@link #isFulfilled}, {@link #cancel} and
 * {@link #collect}.
 */
final class Reservation {
    private static final Object REQUESTED = new Object();

    private final PaddedSlotPair paddedSlotPair;
    private final WaitQueue receiver = new WaitQueue();

    /**
     * Creates an empty cell. One receiver at a time uses it.
     *
     * @param paddedSlotPair the cache line of this cell, which no other {@code Reservation} uses
     */
    Reservation(PaddedSlotPair paddedSlotPair) {
        this.paddedSlotPair = paddedSlotPair;
    }

    /** Returns the queue in which only this cell's receiver waits. */
    WaitQueue waitQueue() {
        return receiver;
    }

    /**
     * Requests a message. The receiver then checks the offers, so that of a sender and a receiver
     * at least one sees the other.
     */
    void make() {
        paddedSlotPair.setVolatile(
                PaddedSlotPair.RESERVATION,
                REQUESTED); // edge REQUESTED, to Reservation.fulfill, Reservation.isMade
    }

    /** Tests whether the request is over: a message is stored, or nothing is requested. */
    boolean isFulfilled() {
        return paddedSlotPair.getAcquire(PaddedSlotPair.RESERVATION)
                != REQUESTED; // edge FULFILLED, from Reservation.fulfill
    }

    /** Withdraws the request; returns {@code false} if a message is stored already. */
    boolean cancel() {
        return paddedSlotPair.compareAndSet(
                PaddedSlotPair.RESERVATION,
                REQUESTED,
                null); // edge FULFILLED, from Reservation.fulfill
    }

    /** Removes the stored message and returns it. */
    Object collect() {
        Object message =
                paddedSlotPair.getAcquire(
                        PaddedSlotPair.RESERVATION); // edge FULFILLED, from Reservation.fulfill
        paddedSlotPair.set(
                PaddedSlotPair.RESERVATION, null); // no edge: senders write only over WANTED
        return message;
    }

    /** Sender: stores a message if the receiver requests one, and wakes the receiver. */
    boolean fulfill(Object message) {
        // edge REQUESTED, from Reservation.make
        // edge FULFILLED, to Reservation.isFulfilled, Reservation.cancel, Reservation.collect
        if (paddedSlotPair.getAcquire(PaddedSlotPair.RESERVATION) != REQUESTED
                || !paddedSlotPair.compareAndSet(PaddedSlotPair.RESERVATION, REQUESTED, message)) {
            return false;
        }
        receiver.wakeOne();
        return true;
    }

    /** Sender: tests whether the receiver requests a message. Called after making an offer. */
    boolean isMade() {
        return paddedSlotPair.getVolatile(PaddedSlotPair.RESERVATION)
                == REQUESTED; // edge REQUESTED, from Reservation.make
    }

    /** Wakes the receiver because the stream has ended, or because the receiver was closed. */
    void wake() {
        receiver.wakeAll();
    }

    /** Returns how many threads wait on this cell, 0 or 1. */
    int waiterCount() {
        return receiver.count();
    }
}
