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
    final WaitQueue waitingSenders = new WaitQueue();
    final WaitQueue waitingReceivers = new WaitQueue();

    QueueMailbox(MailboxSpec spec, Consumer<? super E> onUndelivered) {
        super(spec);
        this.spec = spec;
        queue = QueueFactory.create(spec);
        undelivered = new Undelivered<>(onUndelivered);
    }

    @Override
    MailboxSender<E> newSender(Function<WaitQueue, Waiter> waiter) {
        return QueueSender.of(this, waiter.apply(waitingSenders));
    }

    @Override
    MailboxReceiver<E> newReceiver(Function<WaitQueue, Waiter> waiter) {
        return QueueReceiver.of(this, waiter.apply(waitingReceivers));
    }

    /** Adds or drops a message that the queue refused, by the policy. Any thread, lock-free. */
    void addOrDrop(E message) {
        switch (spec.overflow()) {
            case DROP_NEWEST -> undelivered.drop(message);
            case DROP_OLDEST -> dropOldest(message);
            case CONFLATE -> dropReplaced(((ConflatingSlot<E>) queue).replace(message));
            case BLOCK, FAIL -> throw new AssertionError(spec);
        }
    }

    private void dropOldest(E message) {
        do { // Another sender may fill the slot first.
            dropReplaced(queue.poll());
        } while (!queue.offer(message));
    }

    private void dropReplaced(E replaced) {
        if (replaced != null) { // Null: it was received in the meantime.
            undelivered.drop(replaced);
        }
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
