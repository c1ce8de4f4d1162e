package io.sluice.mailbox;

import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/**
 * Bounded SPSC queue: JCTools' queue, whose ring length is a power of two, with a capacity that
 * need not be one.
 *
 * <p>Only the sender checks the limit. It caches the receiver's index and reads it again when the
 * room that it left is used up: once per {@code limit} messages while the queue is nearly empty.
 */
final class ExactSpscQueue<E> extends SpscVarHandleArrayQueue<E> {
    private final int limit;
    private long sendLimit; // The sender may send up to this index. Sender only.

    ExactSpscQueue(int limit) {
        super(limit);
        this.limit = limit;
        this.sendLimit = limit;
    }

    @Override
    public boolean offer(E message) {
        long index = currentProducerIndex();
        return (index < sendLimit || hasRoom(index)) && super.offer(message);
    }

    private boolean hasRoom(long index) {
        sendLimit = currentConsumerIndex() + limit; // No edge: the queue orders both sides.
        return index < sendLimit;
    }
}
