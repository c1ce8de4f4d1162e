package io.sluice.heap;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Overflow;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.waiting.ParkWaiter;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.SpinWaiter;
import io.sluice.waiting.Waiter;
import java.util.function.Consumer;
import java.util.function.Function;
import org.agrona.concurrent.IdleStrategy;
import org.jctools.queues.MessagePassingQueue;

/**
 * A mailbox over a queue. It opens and closes the ends and notifies the other side.
 *
 * <p>Opening and closing take a lock; any thread may call them. Messages do not pass through here.
 */
final class QueueMailbox<E> implements Mailbox<E> {
    private final Overflow overflow;
    private final MessagePassingQueue<E> queue;
    private final Undelivered<E> undelivered;
    private final WhenFull<E> whenFull;
    private final OpenEnds<QueueSender<E>, QueueReceiver<E>> ends;
    private final Sleepers sleepingSenders = new Sleepers();
    private final Sleepers sleepingReceivers = new Sleepers();

    QueueMailbox(MailboxSpec spec, Consumer<? super E> onUndelivered) {
        overflow = spec.overflow();
        queue = Queues.create(spec);
        undelivered = new Undelivered<>(onUndelivered);
        whenFull = WhenFull.of(spec, queue, undelivered);
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
                () ->
                        new QueueSender<>(
                                this,
                                queue,
                                whenFull,
                                waiter.apply(sleepingSenders),
                                sleepingSenders,
                                sleepingReceivers));
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
                () ->
                        new QueueReceiver<>(
                                this,
                                queue,
                                ends.senders(),
                                waiter.apply(sleepingReceivers),
                                sleepingSenders,
                                sleepingReceivers));
    }

    void remove(QueueSender<E> sender) {
        if (ends.removeSender(sender)) {
            sleepingReceivers.wakeAll();
        }
        if (ends.broken()) {
            letGo();
        }
    }

    void remove(QueueReceiver<E> receiver) {
        if (ends.removeReceiver(receiver)) {
            sleepingSenders.wakeAll();
            letGo();
        }
    }

    /**
     * Passes the messages that no receiver will take to the callback. The last receiver calls this
     * when it closes; afterwards each sender does when it detects the break or closes. By then the
     * sender's last message is in the queue, so none is left behind.
     */
    void letGo() {
        undelivered.handOver(queue);
    }

    @Override
    public int capacity() {
        int capacity = queue.capacity();
        return capacity == MessagePassingQueue.UNBOUNDED_CAPACITY
                ? MailboxSpec.UNBOUNDED
                : capacity;
    }

    @Override
    public Overflow overflow() {
        return overflow;
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
        int capacity = capacity();
        return ends.describe(
                capacity == MailboxSpec.UNBOUNDED ? "unbounded" : Integer.toString(capacity),
                queue.size(),
                sleepingSenders.count(),
                sleepingReceivers.count());
    }
}
