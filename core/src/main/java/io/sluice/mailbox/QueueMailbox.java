package io.sluice.mailbox;

import io.sluice.MailboxSpec;
import io.sluice.OverflowPolicy;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.util.Queue;
import java.util.function.Consumer;
import java.util.function.Function;

/** A mailbox over a queue. */
final class QueueMailbox<E> extends AbstractMailbox<E> {
    private final MailboxSpec spec;
    final Queue<E> queue;
    private final Undelivered<E> undelivered;
    final OverflowHandler<E> overflowHandler;
    final WaitQueue waitingSenders = new WaitQueue();
    final WaitQueue waitingReceivers = new WaitQueue();

    QueueMailbox(MailboxSpec spec, Consumer<? super E> onUndelivered) {
        super(spec);
        this.spec = spec;
        queue = QueueFactory.create(spec);
        undelivered = new Undelivered<>(onUndelivered);
        overflowHandler = OverflowHandler.of(spec, queue, undelivered);
    }

    @Override
    MailboxSender<E> newSender(Function<WaitQueue, Waiter> waiter) {
        return QueueSender.of(this, waiter.apply(waitingSenders));
    }

    @Override
    MailboxReceiver<E> newReceiver(Function<WaitQueue, Waiter> waiter) {
        return QueueReceiver.of(this, waiter.apply(waitingReceivers));
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
    void drainUndelivered() {
        undelivered.drainToCallback(queue);
    }

    @Override
    public int capacity() {
        return spec.capacity();
    }

    @Override
    public OverflowPolicy overflow() {
        return spec.overflow();
    }

    @Override
    public long dropped() {
        return undelivered.dropped();
    }

    @Override
    public int size() {
        return queue.size();
    }

    @Override
    public boolean isEmpty() {
        return queue.isEmpty();
    }

    @Override
    public String toString() {
        return describe(size(), waitingSenders.count(), waitingReceivers.count());
    }
}
