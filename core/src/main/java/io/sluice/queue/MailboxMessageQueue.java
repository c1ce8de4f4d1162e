package io.sluice.queue;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Sender;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.MessagePassingQueueUtil;

/**
 * A JCTools {@link MessagePassingQueue} view of a mailbox, which is a {@link java.util.Queue} too.
 * Any thread may call any method. But if the mailbox was created for a single sender (or receiver),
 * two concurrent calls that send (or receive) throw {@link IllegalStateException}.
 *
 * <pre>{@code
 * MailboxMessageQueue<Order> queue = new MailboxMessageQueue<>(Mailbox.bounded(1024));
 * queue.relaxedOffer(order);
 * queue.drain(this::handle, 100);
 * }</pre>
 *
 * <p>It opens senders and receivers on demand. Other code may send to the mailbox, but should not
 * receive from it. The relaxed methods behave like the others.
 *
 * <p>{@link #close} ends the stream: sending then throws {@link IllegalStateException}, and after
 * the last message has been taken the queue stays empty.
 *
 * <p>In addition to the cost of a mailbox's ends, a message costs on each side two compare-and-sets
 * of a word that no other thread uses at that time; on the receiving side only, if it is sent by
 * {@code fill}. Nothing is allocated.
 *
 * <p>{@link #peek} is exact and not cheap: it receives the message and keeps it, under a lock, for
 * the next receive; until then every receive takes the lock. The other methods that inspect, or
 * remove in the middle, do so with all messages: see {@link MailboxBlockingQueue}.
 *
 * @param <E> the type of the messages
 */
public final class MailboxMessageQueue<E> extends MailboxQueue<E>
        implements MessagePassingQueue<E> {
    private static final int BATCH = 4096;

    /**
     * Creates a queue over a mailbox, and opens a sender and a receiver of it.
     *
     * @param mailbox the mailbox that holds the messages
     * @throws IllegalStateException if the mailbox refuses the ends
     */
    public MailboxMessageQueue(Mailbox<E> mailbox) {
        super(mailbox);
    }

    /**
     * Returns how many messages are in this queue, as a snapshot.
     *
     * @return the number of messages, 0 to the capacity
     */
    @Override
    public int size() {
        int capacity = ends().capacity();
        return Math.min(ends().size(), capacity);
    }

    /**
     * Returns the capacity.
     *
     * @return {@link Mailbox#capacity}, or {@link #UNBOUNDED_CAPACITY}
     */
    @Override
    public int capacity() {
        return ends().capacity() == MailboxSpec.UNBOUNDED ? UNBOUNDED_CAPACITY : ends().capacity();
    }

    /**
     * Sends a message, as {@link #offer} does.
     *
     * @param message the message, not null
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
     * Passes the messages that are there to a consumer, up to a limit. A message is removed before
     * it is passed on; if the consumer throws, the exception propagates and the messages after it
     * stay in the queue.
     *
     * @param consumer the consumer of the messages
     * @param limit the maximum number of messages, 0 or more
     * @return the number of messages taken
     * @throws IllegalArgumentException if the consumer is null or the limit is negative
     */
    @Override
    public int drain(Consumer<E> consumer, int limit) {
        return MessagePassingQueueUtil.drain(this, consumer, limit);
    }

    /**
     * Sends messages of a supplier while there is room, up to a limit. It calls the supplier only
     * when there is room, and always sends the message: if other threads take that room in the
     * meantime, the queue briefly holds more than its capacity.
     *
     * @param supplier the source of the messages, never null
     * @param limit the maximum number of messages, 0 or more
     * @return the number of messages sent
     * @throws IllegalArgumentException if the supplier is null or the limit is negative
     * @throws IllegalStateException if this queue is closed
     */
    @Override
    public int fill(Supplier<E> supplier, int limit) {
        check(supplier);
        if (limit < 0) {
            throw new IllegalArgumentException("limit=" + limit + " is negative");
        }
        PooledEnd<Sender<E>> pooledEnd = ends().acquireSender();
        try {
            int count = 0;
            for (int room; (room = Math.min(limit - count, ends().remainingCapacity())) > 0; ) {
                for (int i = 0; i < room; i++, count++) {
                    ends().forceSend(pooledEnd.end(), supplier.get());
                }
            }
            return count;
        } finally {
            ends().release(pooledEnd);
        }
    }

    @Override
    public int drain(Consumer<E> consumer) {
        return drain(consumer, Integer.MAX_VALUE);
    }

    /**
     * Sends messages as {@link #fill(Supplier, int)} does, up to the capacity, or up to 4096 if the
     * queue is unbounded.
     *
     * @param supplier the source of the messages, never null
     * @return the number of messages sent
     */
    @Override
    public int fill(Supplier<E> supplier) {
        int capacity = ends().capacity();
        return fill(supplier, capacity == MailboxSpec.UNBOUNDED ? BATCH : capacity);
    }

    @Override
    public void drain(Consumer<E> consumer, WaitStrategy wait, ExitCondition exit) {
        MessagePassingQueueUtil.drain(this, consumer, wait, exit);
    }

    @Override
    public void fill(Supplier<E> supplier, WaitStrategy wait, ExitCondition exit) {
        check(supplier);
        MessagePassingQueueUtil.fill(this, supplier, wait, exit);
    }

    private static void check(Supplier<?> supplier) {
        if (supplier == null) {
            throw new IllegalArgumentException("supplier is null");
        }
    }
}
