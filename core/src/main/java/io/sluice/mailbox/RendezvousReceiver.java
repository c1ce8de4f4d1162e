package io.sluice.mailbox;

import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;

/**
 * A receiver of a rendezvous mailbox. It takes the message of a waiting sender. If no sender waits,
 * it makes a reservation and waits until a sender fulfills it, or until it sees an offer.
 *
 * <p>It checks the offers once after it has made its reservation, see {@link RendezvousTable}; from
 * then on it reads only its own cell.
 *
 * <p>It withdraws its reservation before it takes an offer, since otherwise it could get two
 * messages, and before it returns without a message or throws. If withdrawing fails, a sender has
 * served the reservation, and the receiver returns that message.
 *
 * <p>The end of the stream is exact: a sender's close follows its last send, so a receiver that
 * sees by edge ENDED that all senders have closed also sees that there is no offer, and any message
 * that its reservation was fulfilled with.
 *
 * <p>{@link #take} is lock-free: it fails to take an offer only if another receiver took it or the
 * sender retracted it.
 */
final class RendezvousReceiver<E> extends MailboxReceiver<E> implements Selectable.Reserving<E> {
    /** Spins after a repeated reservation: longer than a sender needs to fulfill it. */
    private static final int SPINS_AFTER_RETRY = 100;

    private final RendezvousTable rendezvousTable;
    private final Reservation reservation;
    private int last;

    RendezvousReceiver(
            AbstractMailbox<E> mailbox,
            RendezvousTable rendezvousTable,
            Reservation reservation,
            EndRegistry<?> senderRegistry,
            Waiter waiter) {
        super(
                mailbox,
                senderRegistry,
                waiter,
                rendezvousTable.senders.selecting,
                rendezvousTable.receivers.selecting);
        this.rendezvousTable = rendezvousTable;
        this.reservation = reservation;
    }

    @Override
    public E tryReceive() {
        checkOpen();
        return take();
    }

    @Override
    E take() {
        E message = takeOffer();
        if (message == null) {
            counterparts.wakeOne(); // A select then makes an offer for the next call.
        }
        return message;
    }

    @SuppressWarnings("unchecked") // senders of this mailbox offer E only
    private E takeOffer() {
        Offer[] offers = rendezvousTable.senders.open;
        int next = last;
        for (int i = 0; i < offers.length; i++) { // Starts after the last one: round robin.
            next = next + 1 < offers.length ? next + 1 : 0;
            Object message = offers[next].take();
            if (message != null) {
                if (last != next) { // Else no write: the other end may share this cache line.
                    last = next;
                }
                return (E) message;
            }
        }
        return null;
    }

    @Override
    E await(long nanos) throws InterruptedException {
        waiter.start(nanos);
        reserve();
        counterparts.wakeOne();
        try {
            boolean inTime = true;
            boolean looked = false;
            while (true) {
                boolean gone = senderRegistry.allClosed(); // Before the checks, by edge ENDED.
                if (reservation.isFulfilled()) {
                    return collect();
                }
                if (!looked && rendezvousTable.senders.hasMade()) {
                    E message = reservation.cancel() ? takeOffer() : collect();
                    if (message != null) {
                        return message;
                    }
                    reserveAgain();
                    continue;
                }
                looked = true;
                if (gone || !inTime) {
                    return reservation.cancel() ? null : collect();
                }
                checkOpen();
                inTime = waiter.pause();
            }
        } catch (Throwable e) {
            if (reservation.cancel()) {
                throw e;
            }
            if (e instanceof InterruptedException) { // Thrown only if there was no message.
                Thread.currentThread().interrupt();
            }
            return collect();
        } finally {
            waiter.stop();
        }
    }

    @Override
    public void reserve() {
        reservation.make();
    }

    @Override
    public E cancelReservation() {
        return reservation.cancel() ? null : collect();
    }

    /**
     * Makes a second reservation after the offer that this receiver saw is gone: another receiver
     * took it, or its sender retracted it, perhaps to fulfill this receiver's reservation.
     */
    private void reserveAgain() {
        reserve();
        counterparts.wakeOne();
        for (int i = 0; i < SPINS_AFTER_RETRY && !reservation.isFulfilled(); i++) {
            Thread.onSpinWait();
        }
    }

    @SuppressWarnings("unchecked") // senders of this mailbox store E only
    private E collect() {
        return (E) reservation.collect();
    }

    @Override
    boolean hasEnded() {
        return senderRegistry.allClosed();
    }

    @Override
    public WaitQueue ownWaitQueue() {
        return reservation.waitQueue();
    }

    @Override
    public boolean isPending() {
        return !reservation.isFulfilled();
    }

    @Override
    public boolean ready() {
        return rendezvousTable.senders.hasMade();
    }

    @Override
    void wake() {
        super.wake(); // A wait for a sender, in onReadable, makes no reservation.
        reservation.waitQueue().wakeAll();
    }

    @Override
    void detach() {
        rendezvousTable.remove(reservation);
        super.detach();
    }
}
