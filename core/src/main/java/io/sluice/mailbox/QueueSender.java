package io.sluice.mailbox;

import io.sluice.MailboxSpec;
import io.sluice.OverflowPolicy;
import io.sluice.wait.Waiter;
import java.util.Objects;
import java.util.Queue;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/**
 * A sender of a mailbox over a queue. A send checks the state, performs the queue's operation, and
 * reads the word that shows whether a receiver waits. Lock-free where the queue's operation is.
 *
 * <p>The state is checked before the queue is accessed: once a message is in the queue a receiver
 * may have taken it, and reporting the mailbox as broken would be wrong.
 *
 * <p>Each bounded queue has a class of its own with {@link #trySend} in it. In one method for all
 * queues the JIT compiler does not inline the queue's operation, once a program has used several.
 * Where several senders compete, {@link #fill} claims places for several messages in one step. A
 * sender that fills the queue backs off ({@link FullBackoff}).
 */
class QueueSender<E> extends MailboxSender<E> {
    private final Queue<E> queue;
    private final QueueMailbox<E> queueMailbox;
    private final boolean drops; // Else sends wait for room.
    private final FullBackoff backoff;

    private QueueSender(QueueMailbox<E> mailbox, Waiter waiter) {
        super(mailbox, waiter, mailbox.waitingSenders, mailbox.waitingReceivers);
        this.queue = mailbox.queue;
        this.queueMailbox = mailbox;
        this.drops = mailbox.overflow() != OverflowPolicy.BLOCK;
        this.backoff = new FullBackoff(queue, mailbox.capacity());
    }

    /** Sends to any other queue. */
    @Override
    public boolean trySend(E message) {
        Objects.requireNonNull(message, "message");
        checkOpen();
        return queue.offer(message) ? sent() : refused(message);
    }

    @Override
    public final int fill(E[] messages, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, messages.length);
        for (int i = 0; i < length; i++) {
            Objects.requireNonNull(messages[offset + i], "message");
        }
        checkOpen();
        int count = offerEach(messages, offset, length);
        if (count < length && !drops && backoff.pause()) {
            count += offerEach(messages, offset + count, length - count);
        }
        if (drops) {
            for (; count < length; count++) {
                if (!queue.offer(messages[offset + count])) {
                    queueMailbox.addOrDrop(messages[offset + count]);
                }
            }
        }
        counterparts.wakeOne();
        for (int i = 1; i < count && counterparts.count() > 0; i++) {
            counterparts.wakeOne();
        }
        return count;
    }

    /** Offers messages to the queue until it refuses one, and returns how many it has accepted. */
    int offerEach(E[] messages, int offset, int length) {
        int count = 0;
        while (count < length && queue.offer(messages[offset + count])) {
            count++;
        }
        return count;
    }

    /** Completes a send to the queue: wakes a receiver. */
    final boolean sent() {
        counterparts.wakeOne();
        return true;
    }

    /** Completes a send that the queue refused. */
    final boolean refused(E message) {
        if (drops) {
            queueMailbox.addOrDrop(message);
            return sent();
        }
        return backoff.pause() && queue.offer(message) && sent();
    }

    @Override
    public boolean ready() {
        int capacity = mailbox.capacity();
        return capacity == MailboxSpec.UNBOUNDED || queue.size() < capacity || drops || !isOpen();
    }

    /** Returns a new sender, for the mailbox's queue. */
    static <E> QueueSender<E> of(QueueMailbox<E> mailbox, Waiter waiter) {
        return switch (mailbox.queue) {
            case ExactSpscQueue<E> queue -> new QueueSender<>(mailbox, waiter);
            case ExactMpscQueue<E> queue -> new QueueSender<>(mailbox, waiter);
            case ExactSpmcQueue<E> queue -> new QueueSender<>(mailbox, waiter);
            case SpscVarHandleArrayQueue<E> queue -> new Spsc<>(queue, mailbox, waiter);
            case MpscVarHandleArrayQueue<E> queue -> new Mpsc<>(queue, mailbox, waiter);
            case SpmcVarHandleArrayQueue<E> queue -> new Spmc<>(queue, mailbox, waiter);
            case MpmcVarHandleArrayQueue<E> queue -> new Mpmc<>(queue, mailbox, waiter);
            default -> new QueueSender<>(mailbox, waiter);
        };
    }

    private static final class Spsc<E> extends QueueSender<E> {
        private final SpscVarHandleArrayQueue<E> queue;

        Spsc(SpscVarHandleArrayQueue<E> queue, QueueMailbox<E> mailbox, Waiter waiter) {
            super(mailbox, waiter);
            this.queue = queue;
        }

        @Override
        public boolean trySend(E message) {
            Objects.requireNonNull(message, "message");
            checkOpen();
            return queue.offer(message) ? sent() : refused(message);
        }

        @Override
        int offerEach(E[] messages, int offset, int length) {
            int count = 0;
            while (count < length && queue.offer(messages[offset + count])) {
                count++;
            }
            return count;
        }
    }

    private static final class Mpsc<E> extends QueueSender<E> {
        private final MpscVarHandleArrayQueue<E> queue;
        private final ArraySource<E> source = new ArraySource<>();

        Mpsc(MpscVarHandleArrayQueue<E> queue, QueueMailbox<E> mailbox, Waiter waiter) {
            super(mailbox, waiter);
            this.queue = queue;
        }

        @Override
        public boolean trySend(E message) {
            Objects.requireNonNull(message, "message");
            checkOpen();
            return queue.offer(message) ? sent() : refused(message);
        }

        @Override
        int offerEach(E[] messages, int offset, int length) {
            int count = queue.fill(source.of(messages, offset), length);
            source.clear();
            while (count < length && queue.offer(messages[offset + count])) {
                count++;
            }
            return count;
        }
    }

    private static final class Spmc<E> extends QueueSender<E> {
        private final SpmcVarHandleArrayQueue<E> queue;

        Spmc(SpmcVarHandleArrayQueue<E> queue, QueueMailbox<E> mailbox, Waiter waiter) {
            super(mailbox, waiter);
            this.queue = queue;
        }

        @Override
        public boolean trySend(E message) {
            Objects.requireNonNull(message, "message");
            checkOpen();
            return queue.offer(message) ? sent() : refused(message);
        }

        @Override
        int offerEach(E[] messages, int offset, int length) {
            int count = 0;
            while (count < length && queue.offer(messages[offset + count])) {
                count++;
            }
            return count;
        }
    }

    private static final class Mpmc<E> extends QueueSender<E> {
        private final MpmcVarHandleArrayQueue<E> queue;
        private final ArraySource<E> source = new ArraySource<>();

        Mpmc(MpmcVarHandleArrayQueue<E> queue, QueueMailbox<E> mailbox, Waiter waiter) {
            super(mailbox, waiter);
            this.queue = queue;
        }

        @Override
        public boolean trySend(E message) {
            Objects.requireNonNull(message, "message");
            checkOpen();
            return queue.offer(message) ? sent() : refused(message);
        }

        @Override
        int offerEach(E[] messages, int offset, int length) {
            int count = queue.fill(source.of(messages, offset), length);
            source.clear();
            while (count < length && queue.offer(messages[offset + count])) {
                count++;
            }
            return count;
        }
    }
}
