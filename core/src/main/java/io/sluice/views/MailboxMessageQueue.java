package io.sluice.views;

import io.sluice.Mailbox;
import io.sluice.Sender;
import org.jctools.queues.MessagePassingQueue;

/**
 * A mailbox as a queue of JCTools, which is a {@link java.util.Queue} too. Any thread may call any
 * method, whatever the mailbox was made for; but where it was made for one sender, two calls that
 * send at the same time are refused by an {@link IllegalStateException}, and so for receivers.
 *
 * <pre>{@code
 * MailboxMessageQueue<Order> queue = new MailboxMessageQueue<>(Mailbox.bounded(1024));
 * queue.relaxedOffer(order);
 * queue.drain(this::handle, 100);
 * }</pre>
 *
 * <p>It opens senders and receivers as its callers need them. Others may send to the mailbox, but
 * should not receive from it. The relaxed methods do what the others do.
 *
 * <p>{@link #close} ends the stream: sending then throws {@link IllegalStateException}, and when
 * all was taken the queue is empty for good.
 *
 * <p>Beside what a mailbox's end costs, a message pays two compare-and-sets of a word that no other
 * thread uses at that time on each side, or one side if it is filled in. Nothing is allocated.
 *
 * <p>{@link #peek} is exact and not cheap: it takes the message out and keeps it, under a lock; the
 * next one to receive gets it, and until then all that receive take the lock. So do all others that
 * look or remove in the middle, with all messages: see {@link MailboxBlockingQueue}.
 *
 * @param <E> the messages' type
 */
public final class MailboxMessageQueue<E> extends MailboxQueue<E>
        implements MessagePassingQueue<E> {
    private static final int BATCH = 4096;

    /**
     * A queue over a mailbox, of which it opens a sender and a receiver at once.
     *
     * @param mailbox holds the messages
     * @throws IllegalStateException if the mailbox refuses the ends
     */
    public MailboxMessageQueue(Mailbox<E> mailbox) {
        super(mailbox);
    }

    /**
     * How many messages wait, a snapshot.
     *
     * @return 0 to the capacity
     */
    @Override
    public int size() {
        int capacity = ends().capacity();
        return Math.min(ends().size(), capacity);
    }

    /**
     * How many messages fit.
     *
     * @return what {@link Mailbox#capacity} says, or {@link #UNBOUNDED_CAPACITY}
     */
    @Override
    public int capacity() {
        return ends().capacity() == SharedEnds.UNBOUNDED ? UNBOUNDED_CAPACITY : ends().capacity();
    }

    /**
     * As {@link #offer}.
     *
     * @param message what to send, not null
     * @return whether it was sent
     * @throws IllegalStateException if this queue is closed
     */
    @Override
    public boolean relaxedOffer(E message) {
        return offer(message);
    }

    @Override
    public E relaxedPoll() {
        return poll();
    }

    @Override
    public E relaxedPeek() {
        return peek();
    }

    /**
     * Hands out what is there, up to a limit. A message is taken before it is handed over; if the
     * consumer throws, the exception comes out of here and the messages behind it stay.
     *
     * @param consumer gets each message
     * @param limit the most to take, 0 or more
     * @return how many were taken
     * @throws IllegalArgumentException if the consumer is null or the limit is negative
     */
    @Override
    public int drain(Consumer<E> consumer, int limit) {
        check(consumer, "consumer");
        check(limit);
        int count = 0;
        for (E message; count < limit && (message = poll()) != null; count++) {
            consumer.accept(message);
        }
        return count;
    }

    /**
     * Sends what a supplier makes, while there is room, up to a limit. The supplier is asked only
     * when there is room, and what it made is sent: if others take that room meanwhile, the queue
     * holds more than its capacity for a moment.
     *
     * @param supplier makes each message, never null
     * @param limit the most to send, 0 or more
     * @return how many were sent
     * @throws IllegalArgumentException if the supplier is null or the limit is negative
     * @throws IllegalStateException if this queue is closed
     */
    @Override
    public int fill(Supplier<E> supplier, int limit) {
        check(supplier, "supplier");
        check(limit);
        Lease<Sender<E>> lease = ends().takeSender();
        try {
            int count = 0;
            for (int room; (room = Math.min(limit - count, ends().room())) > 0; ) {
                for (int i = 0; i < room; i++, count++) {
                    ends().insist(lease.end(), supplier.get());
                }
            }
            return count;
        } finally {
            ends().giveBack(lease);
        }
    }

    @Override
    public int drain(Consumer<E> consumer) {
        return drain(consumer, Integer.MAX_VALUE);
    }

    /**
     * As {@link #fill(Supplier, int)}, until the queue is full, or up to 4096 if it never is.
     *
     * @param supplier makes each message, never null
     * @return how many were sent
     */
    @Override
    public int fill(Supplier<E> supplier) {
        int capacity = ends().capacity();
        return fill(supplier, capacity == SharedEnds.UNBOUNDED ? BATCH : capacity);
    }

    @Override
    public void drain(Consumer<E> consumer, WaitStrategy wait, ExitCondition exit) {
        check(consumer, "consumer");
        check(wait, "wait");
        check(exit, "exit");
        int idle = 0;
        while (exit.keepRunning()) {
            E message = poll();
            if (message == null) {
                idle = wait.idle(idle);
            } else {
                idle = 0;
                consumer.accept(message);
            }
        }
    }

    @Override
    public void fill(Supplier<E> supplier, WaitStrategy wait, ExitCondition exit) {
        check(supplier, "supplier");
        check(wait, "wait");
        check(exit, "exit");
        int idle = 0;
        while (exit.keepRunning()) {
            idle = fill(supplier, BATCH) == 0 ? wait.idle(idle) : 0;
        }
    }

    private static void check(Object argument, String name) {
        if (argument == null) {
            throw new IllegalArgumentException(name + " is null");
        }
    }

    private static void check(int limit) {
        if (limit < 0) {
            throw new IllegalArgumentException("limit=" + limit + " is negative");
        }
    }
}
