package io.sluice.mailbox;

import io.sluice.wait.Deadline;
import io.sluice.wait.Selectable;
import io.sluice.wait.WaitQueue;
import io.sluice.wait.Waiter;
import java.time.Duration;
import org.jctools.queues.MessagePassingQueue;

/**
 * A receiver of a mailbox over a queue. A receive checks one field, performs the queue's operation,
 * and reads the word that shows whether a sender waits. Lock-free where the queue's operation is.
 *
 * <p>The end of the stream is exact. Every sender closes after its own last send, under the lock
 * that counts the senders, and the last one publishes the end by edge ENDED. A receiver reads that
 * flag first and polls afterwards: if the flag was set, everything ever sent is visible to that
 * poll, and an empty queue is the end. Polling first would miss messages sent between the two.
 */
final class QueueReceiver<E> extends MailboxReceiver<E> implements Selectable {
    private final QueueMailbox<E> mailbox;
    private final MessagePassingQueue<E> queue;
    private final EndRegistry<?> senderRegistry;
    private final Waiter waiter;
    private final WaitQueue senders;
    private final WaitQueue receivers;

    QueueReceiver(
            QueueMailbox<E> mailbox,
            MessagePassingQueue<E> queue,
            EndRegistry<?> senderEndRegistry,
            Waiter waiter,
            WaitQueue senders,
            WaitQueue receivers) {
        this.mailbox = mailbox;
        this.queue = queue;
        this.senderRegistry = senderEndRegistry;
        this.waiter = waiter;
        this.senders = senders;
        this.receivers = receivers;
    }

    @Override
    E take() {
        // Not the relaxed poll: it returns null while an earlier message of another sender is being
        // written, and would hide a later message whose send has returned.
        E message = QueueFactory.poll(queue);
        if (message != null) {
            senders.wakeOne();
        }
        return message;
    }

    @Override
    public E receive() throws InterruptedException {
        return receive(Waiter.NO_TIMEOUT);
    }

    @Override
    public E receive(Duration timeout) throws InterruptedException {
        return receive(Deadline.nanos(timeout));
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
        try {
            boolean inTime = true;
            while (true) {
                boolean last = senderRegistry.allClosed(); // Before the poll, by edge ENDED.
                E message = pollOnce(inTime);
                if (message != null || last || !inTime) {
                    return message;
                }
                checkOpen();
                inTime = waiter.pause();
            }
        } finally {
            if (waiter.stop()) {
                passWakeup(); // The message that caused the wakeup may still be there.
            }
        }
    }

    /**
     * Polls once. Before the deadline the relaxed poll is correct: it does not spin inside the
     * queue for a sender that was preempted in the middle of an operation, and that sender wakes a
     * receiver when it is done. After the end of the stream no sender is in the middle of an
     * operation, so the relaxed poll is exact there too.
     */
    private E pollOnce(boolean inTime) {
        E message = inTime ? queue.relaxedPoll() : queue.poll();
        if (message != null) {
            senders.wakeOne();
        }
        return message;
    }

    @Override
    public boolean isEndOfStream() {
        checkOpen();
        return senderRegistry.allClosed() && queue.isEmpty(); // In this order, by edge ENDED.
    }

    @Override
    public WaitQueue waitQueue() {
        return receivers;
    }

    @Override
    public boolean ready() {
        return !queue.isEmpty();
    }

    @Override
    void wake() {
        receivers.wakeAll();
    }

    @Override
    void detach() {
        mailbox.remove(this);
    }
}
