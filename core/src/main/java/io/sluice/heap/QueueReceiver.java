package io.sluice.heap;

import io.sluice.waiting.Limit;
import io.sluice.waiting.Selectable;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.Waiter;
import java.time.Duration;
import org.jctools.queues.MessagePassingQueue;

/**
 * A receiver of a mailbox. A receive is one check of a field, the queue's own operation, and one
 * read of the word that says whether a sender sleeps. Lock-free where the queue's operation is.
 *
 * <p>The end of the stream is exact. Every sender closes after its own last send, under the lock
 * that counts them, and the last one says so by edge ENDED. A receiver looks at that first and
 * polls afterwards: if it was said, everything ever sent is visible to that poll, and empty is the
 * end. Polling first would miss what was sent between the two.
 */
final class QueueReceiver<E> extends MailboxReceiver<E> implements Selectable {
    private final QueueMailbox<E> mailbox;
    private final MessagePassingQueue<E> queue;
    private final Side<?> senderSide;
    private final Waiter waiter;
    private final Sleepers senders;
    private final Sleepers receivers;

    QueueReceiver(
            QueueMailbox<E> mailbox,
            MessagePassingQueue<E> queue,
            Side<?> senderSide,
            Waiter waiter,
            Sleepers senders,
            Sleepers receivers) {
        this.mailbox = mailbox;
        this.queue = queue;
        this.senderSide = senderSide;
        this.waiter = waiter;
        this.senders = senders;
        this.receivers = receivers;
    }

    @Override
    public E tryReceive() {
        checkOpen();
        // Not the relaxed poll: it says "empty" also while another sender's earlier message is on
        // its way in, and would hide one whose send has returned.
        E message = Queues.poll(queue);
        if (message != null) {
            senders.wakeOne();
        }
        return message;
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
        try {
            boolean inTime = true;
            while (true) {
                boolean last = senderSide.gone(); // Before the look, by edge ENDED.
                E message = look(inTime);
                if (message != null || last || !inTime) {
                    return message;
                }
                checkOpen();
                inTime = waiter.pause();
            }
        } finally {
            if (waiter.stop()) {
                passOn(); // The message that this end was woken for may still be there.
            }
        }
    }

    /**
     * While there is time the relaxed poll is right: it never waits inside the queue for a sender
     * that was preempted in the middle of its operation, and that sender wakes somebody when it is
     * done. After the end nobody is in the middle, so that it is exact there too.
     */
    private E look(boolean inTime) {
        E message = inTime ? queue.relaxedPoll() : queue.poll();
        if (message != null) {
            senders.wakeOne();
        }
        return message;
    }

    @Override
    public boolean ended() {
        checkOpen();
        return senderSide.gone() && queue.isEmpty(); // In this order, by edge ENDED.
    }

    @Override
    public Sleepers sleepers() {
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
    void leave() {
        mailbox.remove(this);
    }
}
