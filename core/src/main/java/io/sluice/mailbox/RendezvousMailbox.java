package io.sluice.mailbox;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.wait.IdleWaiter;
import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.util.function.Function;
import org.agrona.concurrent.IdleStrategy;

/**
 * A rendezvous mailbox, which has no buffer. It opens and closes the ends.
 *
 * <p>Each end waits in a queue of its own, so a thread that serves a receiver or takes a sender's
 * message wakes exactly that end. Opening and closing take a lock; any thread may call them.
 * Messages do not pass through here.
 */
final class RendezvousMailbox<E> implements Mailbox<E> {
    private final RendezvousTable rendezvousTable = new RendezvousTable();
    private final Endpoints<RendezvousSender<E>, RendezvousReceiver<E>> ends;

    RendezvousMailbox(MailboxSpec spec) {
        ends = new Endpoints<>(spec);
    }

    @Override
    public Sender<E> sender() {
        return openSender(ParkingWaiter::new);
    }

    @Override
    public Sender<E> sender(IdleStrategy idle) {
        return openSender(waitQueue -> new IdleWaiter(idle));
    }

    Sender<E> openSender(Function<WaitQueue, Waiter> waiter) {
        return ends.addSender(
                () -> {
                    Offer offer = rendezvousTable.addOffer();
                    return new RendezvousSender<>(
                            this, rendezvousTable, offer, waiter.apply(offer.waitQueue()));
                });
    }

    @Override
    public Receiver<E> receiver() {
        return openReceiver(ParkingWaiter::new);
    }

    @Override
    public Receiver<E> receiver(IdleStrategy idle) {
        return openReceiver(waitQueue -> new IdleWaiter(idle));
    }

    Receiver<E> openReceiver(Function<WaitQueue, Waiter> waiter) {
        return ends.addReceiver(
                () -> {
                    Reservation reservation = rendezvousTable.addReservation();
                    return new RendezvousReceiver<>(
                            this,
                            rendezvousTable,
                            reservation,
                            ends.senders(),
                            waiter.apply(reservation.waitQueue()));
                });
    }

    void remove(RendezvousSender<E> sender, Offer offer) {
        rendezvousTable.remove(offer);
        if (ends.removeSender(sender)) {
            rendezvousTable.wakeReceivers();
        }
    }

    void remove(RendezvousReceiver<E> receiver, Reservation reservation) {
        rendezvousTable.remove(reservation);
        if (ends.removeReceiver(receiver)) {
            rendezvousTable.wakeSenders();
        }
    }

    @Override
    public int capacity() {
        return 0;
    }

    /** {@inheritDoc} Always 0: an offered message is not sent yet. */
    @Override
    public int size() {
        return 0;
    }

    @Override
    public long dropped() {
        return 0;
    }

    @Override
    public String toString() {
        return ends.describe(
                "0",
                rendezvousTable.size(),
                rendezvousTable.waitingSenders(),
                rendezvousTable.waitingReceivers());
    }
}
