package io.sluice.mailbox;

import io.sluice.wait.Waiter;
import java.util.Queue;
import java.util.function.Consumer;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/**
 * A receiver of a mailbox over a queue. A receive checks one field, performs the queue's operation,
 * and reads the word that shows whether a sender waits. Lock-free where the queue's operation is.
 *
 * <p>The end of the stream is exact. Every sender closes after its own last send, under the lock
 * that counts the senders, and the last one publishes the end by edge ENDED. A receiver reads that
 * flag first and polls afterwards: if the flag was set, everything ever sent is visible to that
 * poll, and an empty queue is the end. Polling first would miss messages sent between the two.
 *
 * <p>Each bounded queue has a class of its own, as in {@link QueueSender}.
 */
class QueueReceiver<E> extends MailboxReceiver<E> {
    private final Queue<E> queue;

    private QueueReceiver(QueueMailbox<E> mailbox, Waiter waiter) {
        super(mailbox, mailbox.senders, waiter, mailbox.waitingSenders, mailbox.waitingReceivers);
        this.queue = mailbox.queue;
    }

    /** Receives from any other queue. */
    @Override
    public E tryReceive() {
        checkOpen();
        return take();
    }

    @Override
    final E take() {
        return received(queue.poll());
    }

    /** Completes a receive: wakes a sender if there was a message. */
    final E received(E message) {
        if (message != null) {
            counterparts.wakeOne();
        }
        return message;
    }

    /**
     * Polls once. Before the deadline the relaxed poll is correct: it does not spin inside the
     * queue for a sender that was preempted in the middle of an operation, and that sender wakes a
     * receiver when it is done. After the end of the stream no sender is in the middle of an
     * operation, so the relaxed poll is exact there too.
     */
    @Override
    final E takeOnce(boolean inTime) {
        return received(inTime ? QueueFactory.relaxedPoll(queue) : queue.poll());
    }

    @Override
    boolean hasEnded() {
        return senderRegistry.allClosed() && queue.isEmpty(); // In this order, by edge ENDED.
    }

    @Override
    public boolean ready() {
        return !queue.isEmpty();
    }

    /** Returns a new receiver, for the mailbox's queue. */
    static <E> QueueReceiver<E> of(QueueMailbox<E> mailbox, Waiter waiter) {
        return switch (mailbox.queue) {
            case ExactSpscQueue<E> queue -> new QueueReceiver<>(mailbox, waiter);
            case ExactMpscQueue<E> queue -> new QueueReceiver<>(mailbox, waiter);
            case ExactSpmcQueue<E> queue -> new QueueReceiver<>(mailbox, waiter);
            case SpscVarHandleArrayQueue<E> queue -> new Spsc<>(queue, mailbox, waiter);
            case MpscVarHandleArrayQueue<E> queue -> new Mpsc<>(queue, mailbox, waiter);
            case SpmcVarHandleArrayQueue<E> queue -> new Spmc<>(queue, mailbox, waiter);
            case MpmcVarHandleArrayQueue<E> queue -> new Mpmc<>(queue, mailbox, waiter);
            default -> new QueueReceiver<>(mailbox, waiter);
        };
    }

    private static final class Spsc<E> extends QueueReceiver<E> {
        private final SpscVarHandleArrayQueue<E> queue;

        Spsc(SpscVarHandleArrayQueue<E> queue, QueueMailbox<E> mailbox, Waiter waiter) {
            super(mailbox, waiter);
            this.queue = queue;
        }

        @Override
        public E tryReceive() {
            checkOpen();
            return received(queue.poll());
        }

        @Override
        int takeEach(Consumer<? super E> handler, int limit) {
            int count = 0;
            for (E message;
                    count < limit && isPolling() && (message = received(queue.poll())) != null;
                    count++) {
                handler.accept(message);
            }
            return count;
        }
    }

    private static final class Mpsc<E> extends QueueReceiver<E> {
        private final MpscVarHandleArrayQueue<E> queue;

        Mpsc(MpscVarHandleArrayQueue<E> queue, QueueMailbox<E> mailbox, Waiter waiter) {
            super(mailbox, waiter);
            this.queue = queue;
        }

        @Override
        public E tryReceive() {
            checkOpen();
            return received(queue.poll());
        }

        @Override
        int takeEach(Consumer<? super E> handler, int limit) {
            int count = 0;
            for (E message;
                    count < limit && isPolling() && (message = received(queue.poll())) != null;
                    count++) {
                handler.accept(message);
            }
            return count;
        }
    }

    private static final class Spmc<E> extends QueueReceiver<E> {
        private final SpmcVarHandleArrayQueue<E> queue;

        Spmc(SpmcVarHandleArrayQueue<E> queue, QueueMailbox<E> mailbox, Waiter waiter) {
            super(mailbox, waiter);
            this.queue = queue;
        }

        @Override
        public E tryReceive() {
            checkOpen();
            return received(queue.poll());
        }

        @Override
        int takeEach(Consumer<? super E> handler, int limit) {
            int count = 0;
            for (E message;
                    count < limit && isPolling() && (message = received(queue.poll())) != null;
                    count++) {
                handler.accept(message);
            }
            return count;
        }
    }

    private static final class Mpmc<E> extends QueueReceiver<E> {
        private final MpmcVarHandleArrayQueue<E> queue;

        Mpmc(MpmcVarHandleArrayQueue<E> queue, QueueMailbox<E> mailbox, Waiter waiter) {
            super(mailbox, waiter);
            this.queue = queue;
        }

        @Override
        public E tryReceive() {
            checkOpen();
            return received(queue.poll());
        }

        @Override
        int takeEach(Consumer<? super E> handler, int limit) {
            int count = 0;
            for (E message;
                    count < limit && isPolling() && (message = received(queue.poll())) != null;
                    count++) {
                handler.accept(message);
            }
            return count;
        }
    }
}
