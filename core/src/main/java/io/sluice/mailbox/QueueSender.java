package io.sluice.mailbox;

import io.sluice.wait.Deadline;
import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
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
    private final OverflowHandler<E> overflowHandler;
    private final Waiter waiter;
    private final WaitQueue senders;
    private final WaitQueue receivers;

    QueueSender(
            QueueMailbox<E> mailbox,
            MessagePassingQueue<E> queue,
            OverflowHandler<E> overflowHandler,
            Waiter waiter,
            WaitQueue senders,
            WaitQueue receivers) {
        this.mailbox = mailbox;
        this.queue = queue;
        this.overflowHandler = overflowHandler;
        this.waiter = waiter;
        this.senders = senders;
        this.receivers = receivers;
    }

    @Override
    public boolean trySend(E message) {
        Objects.requireNonNull(message, "message");
        checkOpen();
        if (!QueueFactory.offer(queue, message) && !overflowHandler.accept(message)) {
            return false;
        }
        receivers.wakeOne();
        return true;
    }

    @Override
    public void send(E message) throws InterruptedException {
        send(message, Waiter.NO_TIMEOUT);
    }

    @Override
    public boolean send(E message, Duration timeout) throws InterruptedException {
        return send(message, Deadline.nanos(timeout));
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
                passWakeup(); // The slot that caused the wakeup may still be free.
            }
        }
    }

    /** Passes messages that were being sent while the last receiver closed to the callback. */
    @Override
    void onRefused() {
        mailbox.drainUndelivered();
    }

    @Override
    public WaitQueue waitQueue() {
        return senders;
    }

    @Override
    public boolean ready() {
        int capacity = queue.capacity();
        return capacity == MessagePassingQueue.UNBOUNDED_CAPACITY
                || queue.size() < capacity
                || !overflowHandler.blocks()
                || !isOpen();
    }

    @Override
    void wake() {
        senders.wakeAll();
    }

    @Override
    void detach() {
        mailbox.remove(this);
    }

    @Override
    Object mailbox() {
        return mailbox;
    }
}
