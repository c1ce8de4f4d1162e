package io.sluice.mailbox;

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
final class Offer extends RendezvousCell {
    private static final int INDEX = 32;

    Offer(Object[] pair) {
        super(pair);
    }

    /**
     * Offers a message. The sender then checks the reservations, so that of a sender and a receiver
     * at least one sees the other.
     */
    void make(Object message) {
        SLOT.setVolatile(slots, INDEX, message); // edge OFFERED, to Offer.take, Offer.isMade
    }

    /** Tests whether the offer is still there: no receiver has taken it. */
    boolean isPending() {
        return SLOT.getAcquire(slots, INDEX) != null; // edge TAKEN, from Offer.take
    }

    /** Retracts the offer; returns {@code false} if a receiver has taken the message. */
    boolean retract(Object message) {
        return SLOT.compareAndSet(
                slots, INDEX, message, (Object) null); // edge TAKEN, from Offer.take
    }

    /** Receiver: tests whether there is an offer. Called after making a reservation. */
    @Override
    boolean isMade() {
        return SLOT.getVolatile(slots, INDEX) != null; // edge OFFERED, from Offer.make
    }

    /** Receiver: takes the message and wakes the sender; returns null if there is none. */
    Object take() {
        Object message = SLOT.getAcquire(slots, INDEX); // edge OFFERED, from Offer.make
        // edge TAKEN, to Offer.isPending, Offer.retract
        if (message == null || !SLOT.compareAndSet(slots, INDEX, message, (Object) null)) {
            return null;
        }
        waitQueue().wakeOne();
        return message;
    }
}
