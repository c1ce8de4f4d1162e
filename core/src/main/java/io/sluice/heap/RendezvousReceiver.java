package io.sluice.heap;

import io.sluice.waiting.Limit;
import io.sluice.waiting.MeetingReceiver;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.Waiter;
import java.time.Duration;

/**
 * A receiver of a rendezvous mailbox. It takes the message of a waiting sender. If no sender waits,
 * it makes a demand and waits until a sender serves it, or until it sees an offer.
 *
 * <p>It checks the offers once after it has made its demand, see {@link Meeting}; from then on it
 * reads only its own cell.
 *
 * <p>It withdraws its demand before it takes an offer, since otherwise it could get two messages,
 * and before it returns without a message or throws. If withdrawing fails, a sender has served the
 * demand, and the receiver returns that message.
 *
 * <p>The end of the stream is exact: a sender's close follows its last send, so a receiver that
 * sees by edge ENDED that all senders have closed also sees that there is no offer, and any message
 * that its demand was served with.
 *
 * <p>{@link #tryReceive} is lock-free: it fails to take an offer only if another receiver took it
 * or the sender retracted it.
 */
final class RendezvousReceiver<E> extends MailboxReceiver<E> implements MeetingReceiver<E> {
    /** Spins after a repeated demand: longer than a sender needs to serve it. */
    private static final int LEFT_ALONE = 100;

    private final RendezvousMailbox<E> mailbox;
    private final Meeting meeting;
    private final Demand demand;
    private final Side<?> senderSide;
    private final Waiter waiter;
    private int last;

    RendezvousReceiver(
            RendezvousMailbox<E> mailbox,
            Meeting meeting,
            Demand demand,
            Side<?> senderSide,
            Waiter waiter) {
        this.mailbox = mailbox;
        this.meeting = meeting;
        this.demand = demand;
        this.senderSide = senderSide;
        this.waiter = waiter;
    }

    @Override
    public E tryReceive() {
        checkOpen();
        E message = takeOffer();
        if (message == null) {
            meeting.selectingSenders().wakeOne(); // It then makes an offer for the next call.
        }
        return message;
    }

    @SuppressWarnings("unchecked") // senders of this mailbox offer E only
    private E takeOffer() {
        Offer[] offers = meeting.offers();
        int next = last;
        for (int i = 0; i < offers.length; i++) { // Starts after the last one: round robin.
            next = next + 1 < offers.length ? next + 1 : 0;
            Object message = offers[next].take();
            if (message != null) {
                turnOf(next);
                return (E) message;
            }
        }
        return null;
    }

    /** Writes only on change: the other end may share a cache line with this object. */
    private void turnOf(int taken) {
        if (taken != last) {
            last = taken;
        }
    }

    @Override
    public E receive() throws InterruptedException {
        return receive(Waiter.NO_LIMIT);
    }

    @Override
    public E receive(Duration timeout) throws InterruptedException {
        return receive(Limit.nanos(timeout));
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
        demand();
        meeting.demandMade();
        try {
            boolean inTime = true;
            boolean looked = false;
            while (true) {
                boolean gone = senderSide.gone(); // Before the checks, by edge ENDED.
                if (demand.isServed()) {
                    return collect();
                }
                if (!looked && meeting.hasOffer()) {
                    E message = demand.withdraw() ? takeOffer() : collect();
                    if (message != null) {
                        return message;
                    }
                    demandAgain();
                    continue;
                }
                looked = true;
                if (gone || !inTime) {
                    return demand.withdraw() ? null : collect();
                }
                checkOpen();
                inTime = waiter.pause();
            }
        } catch (Throwable e) {
            if (demand.withdraw()) {
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
    public void demand() {
        demand.make();
    }

    @Override
    public E withdraw() {
        return demand.withdraw() ? null : collect();
    }

    /**
     * Makes a second demand after the offer that this receiver saw is gone: another receiver took
     * it, or its sender retracted it, perhaps to serve this receiver's demand.
     */
    private void demandAgain() {
        demand();
        meeting.demandMade();
        for (int i = 0; i < LEFT_ALONE && !demand.isServed(); i++) {
            Thread.onSpinWait();
        }
    }

    @SuppressWarnings("unchecked") // senders of this mailbox store E only
    private E collect() {
        return (E) demand.collect();
    }

    @Override
    public boolean ended() {
        checkOpen();
        return senderSide.gone();
    }

    @Override
    public Sleepers sleepers() {
        return meeting.selectingReceivers();
    }

    @Override
    public Sleepers cell() {
        return demand.sleepers();
    }

    @Override
    public boolean stands() {
        return !demand.isServed();
    }

    @Override
    public boolean ready() {
        return meeting.hasOffer();
    }

    @Override
    void wake() {
        demand.wake();
    }

    @Override
    void leave() {
        mailbox.remove(this, demand);
    }
}
