package io.sluice.heap;

import io.sluice.BrokenChannelException;
import io.sluice.Sender;
import io.sluice.waiting.Sleepers;
import io.sluice.waiting.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.MessagePassingQueue;

/**
 * A sender of a mailbox. A send is one check of the state, the queue's own operation, and one read
 * of the word that says whether a receiver sleeps. Lock-free where the queue's operation is.
 *
 * <p>Invariant: the last receiver that closes writes the state of every open sender, so a sender
 * learns of it by a field of its own. The state is looked at before the queue is touched: after a
 * message is in, it may have been received, and "broken" would be a lie.
 */
final class QueueSender<E> implements Sender<E> {
    private static final int OPEN = 0;
    private static final int BROKEN = 1;
    private static final int CLOSED = 2;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(QueueSender.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final QueueMailbox<E> mailbox;
    private final MessagePassingQueue<E> queue;
    private final Waiter waiter;
    private final Sleepers senders;
    private final Sleepers receivers;

    @SuppressWarnings("unused") // through STATE
    private int state;

    QueueSender(
            QueueMailbox<E> mailbox,
            MessagePassingQueue<E> queue,
            Waiter waiter,
            Sleepers senders,
            Sleepers receivers) {
        this.mailbox = mailbox;
        this.queue = queue;
        this.waiter = waiter;
        this.senders = senders;
        this.receivers = receivers;
    }

    @Override
    public boolean trySend(E message) {
        Objects.requireNonNull(message, "message");
        if ((int) STATE.getOpaque(this)
                != OPEN) { // benign race: seen soon, and it publishes nothing
            throw refusal();
        }
        if (!queue.offer(message)) {
            return false;
        }
        receivers.wakeOne();
        return true;
    }

    @Override
    public void send(E message) throws InterruptedException {
        if (!trySend(message)) {
            await(message, Waiter.NO_LIMIT);
        }
    }

    @Override
    public boolean send(E message, Duration timeout) throws InterruptedException {
        long nanos = TimeUnit.NANOSECONDS.convert(timeout);
        return trySend(message) || await(message, nanos);
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
            if (waiter.stop() && queue.size() < queue.capacity()) {
                senders.wakeOne(); // The place that this end was woken for may still be free.
            }
        }
    }

    /** The last receiver has closed. Called under the mailbox's lock, while this end is open. */
    void breakOff() {
        STATE.setOpaque(this, BROKEN);
    }

    private RuntimeException refusal() {
        return (int) STATE.getOpaque(this) == CLOSED
                ? new IllegalStateException("this sender is closed; open another one")
                : new BrokenChannelException("the last receiver has closed: " + mailbox);
    }

    @Override
    public void close() {
        if ((int) STATE.getOpaque(this) != CLOSED) {
            mailbox.remove(this);
            STATE.setOpaque(this, CLOSED); // After the removal: a break no longer overwrites it.
        }
    }
}
