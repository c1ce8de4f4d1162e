package io.sluice.mailbox;

import io.sluice.wait.Deadline;
import io.sluice.wait.RendezvousReceiverEnd;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.time.Duration;

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
final class RendezvousReceiver<E> extends MailboxReceiver<E> implements RendezvousReceiverEnd<E> {
    /** Spins after a repeated reservation: longer than a sender needs to fulfill it. */
    private static final int SPINS_AFTER_RETRY = 100;

    private final RendezvousMailbox<E> mailbox;
    private final RendezvousTable rendezvousTable;
    private final Reservation reservation;
    private final EndRegistry<?> senderRegistry;
    private final Waiter waiter;
    private int last;

    RendezvousReceiver(
            RendezvousMailbox<E> mailbox,
            RendezvousTable rendezvousTable,
            Reservation reservation,
            EndRegistry<?> senderEndRegistry,
            Waiter waiter) {
        this.mailbox = mailbox;
        this.rendezvousTable = rendezvousTable;
        this.reservation = reservation;
        this.senderRegistry = senderEndRegistry;
        this.waiter = waiter;
    }

    @Override
    E take() {
        E message = takeOffer();
        if (message == null) {
            rendezvousTable
                    .selectingSenders()
                    .wakeOne(); // It then makes an offer for the next call.
        }
        return message;
    }

    @SuppressWarnings("unchecked") // senders of this mailbox offer E only
    private E takeOffer() {
        Offer[] offers = rendezvousTable.offers();
        int next = last;
        for (int i = 0; i < offers.length; i++) { // Starts after the last one: round robin.
            next = next + 1 < offers.length ? next + 1 : 0;
            Object message = offers[next].take();
            if (message != null) {
                updateLast(next);
                return (E) message;
            }
        }
        return null;
    }

    /** Writes only on change: the other end may share a cache line with this object. */
    private void updateLast(int taken) {
        if (taken != last) {
            last = taken;
        }
    }

    @Override
    public E receive() throws InterruptedException {
        return receive(Waiter.NO_TIMEOUT);
    }

    @Override
    public E receive(Duration timeout) throws InterruptedException {
        return receive(Deadline.nanos(timeout));
    }

    private E receive(long nanos) throws InterruptedException {
        boolean entered = enter();
        try {
            E message = tryReceive();
            return message != null ? message : await(nanos);
        } finally {
            exit(entered);
        }
    }

    private E await(long nanos) throws InterruptedException {
        waiter.start(nanos);
        reserve();
        rendezvousTable.onReservation();
        try {
            boolean inTime = true;
            boolean looked = false;
            while (true) {
                boolean gone = senderRegistry.allClosed(); // Before the checks, by edge ENDED.
                if (reservation.isFulfilled()) {
                    return collect();
                }
                if (!looked && rendezvousTable.hasOffer()) {
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
        rendezvousTable.onReservation();
        for (int i = 0; i < SPINS_AFTER_RETRY && !reservation.isFulfilled(); i++) {
            Thread.onSpinWait();
        }
    }

    @SuppressWarnings("unchecked") // senders of this mailbox store E only
    private E collect() {
        return (E) reservation.collect();
    }

    @Override
    public boolean isEndOfStream() {
        checkOpen();
        return senderRegistry.allClosed();
    }

    @Override
    public WaitQueue waitQueue() {
        return rendezvousTable.selectingReceivers();
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
        return rendezvousTable.hasOffer();
    }

    @Override
    void wake() {
        reservation.wake();
    }

    @Override
    void detach() {
        mailbox.remove(this, reservation);
    }
}
