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
 * A mailbox that holds nothing: opens and closes the ends that meet in it.
 *
 * <p>Each end sleeps alone: whoever hands it a message, or takes its own, knows whom to wake.
 * Opening and closing take a lock and may be called by any thread; no message passes here.
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

    /** None waits: what is offered was not sent yet. */
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
