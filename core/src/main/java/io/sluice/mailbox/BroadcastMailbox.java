package io.sluice.mailbox;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.util.function.Function;
import org.agrona.concurrent.IdleStrategy;

/** A mailbox of which every receiver gets every message. */
final class BroadcastMailbox<E> extends AbstractMailbox<E> {
    final BroadcastRing<E> ring;
    final WaitQueue waitingSenders = new WaitQueue();
    final WaitQueue waitingReceivers = new WaitQueue();
    private final boolean oneSender;

    BroadcastMailbox(MailboxSpec spec) {
        super(spec);
        oneSender = spec.senders() == Ends.ONE;
        ring = new BroadcastRing<>(spec.capacity(), oneSender);
    }

    @Override
    MailboxSender<E> newSender(Function<WaitQueue, Waiter> waiter) {
        Waiter its = waiter.apply(waitingSenders);
        return oneSender
                ? new BroadcastSender.Alone<>(this, its)
                : new BroadcastSender<>(this, its);
    }

    @Override
    MailboxReceiver<E> newReceiver(Function<WaitQueue, Waiter> waiter) {
        return new BroadcastReceiver.Gated<>(this, waiter.apply(waitingReceivers));
    }

    @Override
    public Receiver<E> lossyReceiver() {
        return openLossy(ParkingWaiter::new);
    }

    @Override
    public Receiver<E> lossyReceiver(IdleStrategy idle) {
        return openLossy(waitQueue -> Waiter.idle(idle));
    }

    private Receiver<E> openLossy(Function<WaitQueue, Waiter> waiter) {
        return addReceiver(
                () -> new BroadcastReceiver.Lossy<>(this, waiter.apply(waitingReceivers)));
    }

    /**
     * Adds a receiver, under the lock. A sender that waits may have room then: the first receiver
     * removes the gate before the first message, and a gate is further back while it is added.
     */
    void join(long[] receiver, boolean gated) {
        ring.join(receiver, gated);
        wakeSenders();
    }

    /** Removes the gate of a receiver that has closed. */
    void leave(long[] receiver) {
        whileLocked(() -> ring.leave(receiver));
        wakeSenders();
    }

    @Override
    void wakeSenders() {
        waitingSenders.wakeAll();
    }

    @Override
    void wakeReceivers() {
        waitingReceivers.wakeAll();
    }

    @Override
    public int capacity() {
        return ring.capacity();
    }

    @Override
    public int size() {
        return ring.size();
    }

    @Override
    public long dropped() {
        return 0;
    }

    @Override
    public String toString() {
        return describe(size(), waitingSenders.count(), waitingReceivers.count());
    }
}
