package io.sluice.mailbox;

import io.sluice.MailboxSpec;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.util.function.Function;

/**
 * A rendezvous mailbox, which has no buffer. Each end waits in a queue of its own, so a thread that
 * serves a receiver or takes a sender's message wakes exactly that end.
 */
final class RendezvousMailbox<E> extends AbstractMailbox<E> {
    private final RendezvousTable rendezvousTable = new RendezvousTable();

    RendezvousMailbox(MailboxSpec spec) {
        super(spec);
    }

    @Override
    MailboxSender<E> newSender(Function<WaitQueue, Waiter> waiter) {
        Offer offer = rendezvousTable.addOffer();
        return new RendezvousSender<>(
                this, rendezvousTable, offer, waiter.apply(offer.waitQueue()));
    }

    @Override
    MailboxReceiver<E> newReceiver(Function<WaitQueue, Waiter> waiter) {
        Reservation reservation = rendezvousTable.addReservation();
        Waiter own = waiter.apply(reservation.waitQueue());
        return new RendezvousReceiver<>(this, rendezvousTable, reservation, senders, own);
    }

    @Override
    void wakeSenders() {
        rendezvousTable.senders.wakeAll();
    }

    @Override
    void wakeReceivers() {
        rendezvousTable.receivers.wakeAll();
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
        return describe(
                rendezvousTable.senders.made(),
                rendezvousTable.senders.waiting(),
                rendezvousTable.receivers.waiting());
    }
}
