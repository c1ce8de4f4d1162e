package io.sluice.heap;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.waiting.ParkWaiter;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.SpinWaiter;
import io.sluice.waiting.Waiter;
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
    private final Meeting meeting = new Meeting();
    private final OpenEnds<RendezvousSender<E>, RendezvousReceiver<E>> ends;

    RendezvousMailbox(MailboxSpec spec) {
        ends = new OpenEnds<>(spec);
    }

    @Override
    public Sender<E> sender() {
        return openSender(ParkWaiter::new);
    }

    @Override
    public Sender<E> sender(IdleStrategy idle) {
        return openSender(sleepers -> new SpinWaiter(idle));
    }

    Sender<E> openSender(Function<Sleepers, Waiter> waiter) {
        return ends.addSender(
                () -> {
                    Offer offer = meeting.addOffer();
                    return new RendezvousSender<>(
                            this, meeting, offer, waiter.apply(offer.sleepers()));
                });
    }

    @Override
    public Receiver<E> receiver() {
        return openReceiver(ParkWaiter::new);
    }

    @Override
    public Receiver<E> receiver(IdleStrategy idle) {
        return openReceiver(sleepers -> new SpinWaiter(idle));
    }

    Receiver<E> openReceiver(Function<Sleepers, Waiter> waiter) {
        return ends.addReceiver(
                () -> {
                    Demand demand = meeting.addDemand();
                    return new RendezvousReceiver<>(
                            this, meeting, demand, ends.senders(), waiter.apply(demand.sleepers()));
                });
    }

    void remove(RendezvousSender<E> sender, Offer offer) {
        meeting.remove(offer);
        if (ends.removeSender(sender)) {
            meeting.wakeReceivers();
        }
    }

    void remove(RendezvousReceiver<E> receiver, Demand demand) {
        meeting.remove(demand);
        if (ends.removeReceiver(receiver)) {
            meeting.wakeSenders();
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
                "0", meeting.size(), meeting.sendersAsleep(), meeting.receiversAsleep());
    }
}
