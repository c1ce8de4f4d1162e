package io.sluice.heap;

import io.sluice.waiting.Limit;
import io.sluice.waiting.Selectable;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.Waiter;
import java.time.Duration;
import java.util.Objects;
import org.jctools.queues.MessagePassingQueue;

/**
 * A sender of a mailbox. A send is one check of the state, the queue's own operation, and one read
 * of the word that says whether a receiver sleeps. Lock-free where the queue's operation is.
 *
 * <p>The state is looked at before the queue is touched: after a message is in, it may have been
 * received, and "broken" would be a lie.
 */
final class QueueSender<E> extends MailboxSender<E> implements Selectable {
    private final QueueMailbox<E> mailbox;
    private final MessagePassingQueue<E> queue;
    private final WhenFull<E> whenFull;
    private final Waiter waiter;
    private final Sleepers senders;
    private final Sleepers receivers;

    QueueSender(
            QueueMailbox<E> mailbox,
            MessagePassingQueue<E> queue,
            WhenFull<E> whenFull,
            Waiter waiter,
            Sleepers senders,
            Sleepers receivers) {
        this.mailbox = mailbox;
        this.queue = queue;
        this.whenFull = whenFull;
        this.waiter = waiter;
        this.senders = senders;
        this.receivers = receivers;
    }

    @Override
    public boolean trySend(E message) {
        Objects.requireNonNull(message, "message");
        checkOpen();
        if (!Queues.offer(queue, message) && !whenFull.accept(message)) {
            return false;
        }
        receivers.wakeOne();
        return true;
    }

    @Override
    public void send(E message) throws InterruptedException {
        send(message, Waiter.NO_LIMIT);
    }

    @Override
    public boolean send(E message, Duration timeout) throws InterruptedException {
        return send(message, Limit.nanos(timeout));
    }

    private boolean send(E message, long nanos) throws InterruptedException {
        boolean entered = enter();
        try {
            return trySend(message) || await(message, nanos);
        } finally {
            exit(entered);
        }
    }

    private boolean await(E message, long nanos) throws InterruptedException {
        waiter.start(nanos);
        try {
            boolean inTime;
            boolean sent;
            do {
                inTime = waiter.pause();
                sent = trySend(message); // Also when the time is over: the last look.
            } while (!sent && inTime);
            return sent;
        } finally {
            if (waiter.stop()) {
                passOn(); // The place that this end was woken for may still be free.
            }
        }
    }

    /** A message that was on its way in when the last receiver closed is let go here. */
    @Override
    void refused() {
        mailbox.letGo();
    }

    @Override
    public Sleepers sleepers() {
        return senders;
    }

    @Override
    public boolean ready() {
        int capacity = queue.capacity();
        return capacity == MessagePassingQueue.UNBOUNDED_CAPACITY
                || queue.size() < capacity
                || !whenFull.waits()
                || !isOpen();
    }

    @Override
    void wake() {
        senders.wakeAll();
    }

    @Override
    void leave() {
        mailbox.remove(this);
    }

    @Override
    Object mailbox() {
        return mailbox;
    }
}
