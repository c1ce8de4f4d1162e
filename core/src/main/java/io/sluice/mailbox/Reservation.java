package io.sluice.mailbox;

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
final class Reservation extends RendezvousCell {
    private static final int INDEX = 33;
    private static final Object REQUESTED = new Object();

    Reservation(Object[] pair) {
        super(pair);
    }

    /**
     * Requests a message. The receiver then checks the offers, so that of a sender and a receiver
     * at least one sees the other.
     */
    void make() {
        // edge REQUESTED, to Reservation.fulfill, Reservation.isMade
        SLOT.setVolatile(slots, INDEX, REQUESTED);
    }

    /** Tests whether the request is over: a message is stored, or nothing is requested. */
    boolean isFulfilled() {
        // edge FULFILLED, from Reservation.fulfill
        return SLOT.getAcquire(slots, INDEX) != REQUESTED;
    }

    /** Withdraws the request; returns {@code false} if a message is stored already. */
    boolean cancel() {
        // edge FULFILLED, from Reservation.fulfill
        return SLOT.compareAndSet(slots, INDEX, REQUESTED, (Object) null);
    }

    /** Removes the stored message and returns it. */
    Object collect() {
        Object message = SLOT.getAcquire(slots, INDEX); // edge FULFILLED, from Reservation.fulfill
        SLOT.set(slots, INDEX, (Object) null); // no edge: senders write only over REQUESTED
        return message;
    }

    /** Sender: stores a message if the receiver requests one, and wakes the receiver. */
    boolean fulfill(Object message) {
        // edge REQUESTED, from Reservation.make
        // edge FULFILLED, to Reservation.isFulfilled, Reservation.cancel, Reservation.collect
        if (SLOT.getAcquire(slots, INDEX) != REQUESTED
                || !SLOT.compareAndSet(slots, INDEX, REQUESTED, message)) {
            return false;
        }
        waitQueue().wakeOne();
        return true;
    }

    /** Sender: tests whether the receiver requests a message. Called after making an offer. */
    @Override
    boolean isMade() {
        // edge REQUESTED, from Reservation.make
        return SLOT.getVolatile(slots, INDEX) == REQUESTED;
    }
}
