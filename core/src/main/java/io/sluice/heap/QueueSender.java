package io.sluice.heap;

import io.sluice.waiting.Limit;
import io.sluice.waiting.Selectable;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.Waiter;
import java.time.Duration;
import java.util.Objects;
import org.jctools.queues.MessagePassingQueue;

/**
 * A sender of a mailbox over a queue. A send checks the state, performs the queue's operation, and
 * reads the word that shows whether a receiver waits. Lock-free where the queue's operation is.
 *
 * <p>The state is checked before the queue is accessed: once a message is in the queue a receiver
 * may have taken it, and reporting the mailbox as broken would be wrong.
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
                sent = trySend(message); // Also once after the timeout.
            } while (!sent && inTime);
            return sent;
        } finally {
            if (waiter.stop()) {
                passOn(); // The slot that caused the wakeup may still be free.
            }
        }
    }

    /** Passes messages that were being sent while the last receiver closed to the callback. */
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
