package io.sluice.mailbox;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.OverflowPolicy;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.wait.IdleWaiter;
import io.sluice.wait.ParkingWaiter;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
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
    private final OverflowPolicy overflow;
    private final MessagePassingQueue<E> queue;
    private final Undelivered<E> undelivered;
    private final OverflowHandler<E> overflowHandler;
    private final Endpoints<QueueSender<E>, QueueReceiver<E>> ends;
    private final WaitQueue waitingSenders = new WaitQueue();
    private final WaitQueue waitingReceivers = new WaitQueue();

    QueueMailbox(MailboxSpec spec, Consumer<? super E> onUndelivered) {
        overflow = spec.overflow();
        queue = QueueFactory.create(spec);
        undelivered = new Undelivered<>(onUndelivered);
        overflowHandler = OverflowHandler.of(spec, queue, undelivered);
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
                () ->
                        new QueueSender<>(
                                this,
                                queue,
                                overflowHandler,
                                waiter.apply(waitingSenders),
                                waitingSenders,
                                waitingReceivers));
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
                () ->
                        new QueueReceiver<>(
                                this,
                                queue,
                                ends.senders(),
                                waiter.apply(waitingReceivers),
                                waitingSenders,
                                waitingReceivers));
    }

    void remove(QueueSender<E> sender) {
        if (ends.removeSender(sender)) {
            waitingReceivers.wakeAll();
        }
        if (ends.broken()) {
            drainUndelivered();
        }
    }

    void remove(QueueReceiver<E> receiver) {
        if (ends.removeReceiver(receiver)) {
            waitingSenders.wakeAll();
            drainUndelivered();
        }
    }

    /**
     * Passes the messages that no receiver will take to the callback. The last receiver calls this
     * when it closes; afterwards each sender does when it detects the break or closes. By then the
     * sender's last message is in the queue, so none is left behind.
     */
    void drainUndelivered() {
        undelivered.drainToCallback(queue);
    }

    @Override
    public int capacity() {
        int capacity = queue.capacity();
        return capacity == MessagePassingQueue.UNBOUNDED_CAPACITY
                ? MailboxSpec.UNBOUNDED
                : capacity;
    }

    @Override
    public OverflowPolicy overflow() {
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
                waitingSenders.count(),
                waitingReceivers.count());
    }
}
