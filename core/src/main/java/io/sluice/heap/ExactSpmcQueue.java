package io.sluice.heap;

import org.jctools.queues.varhandle.SpmcVarHandleArrayQueue;

/**
 * One sender, many receivers: JCTools' queue, whose ring is as long as a power of two, with a limit
 * that need not be one.
 *
 * <p>The sender alone counts: it looks at the receiver's index when it has sent as much as that
 * left room for the last time, once in a limit of messages while the queue is nearly empty.
 */
final class ExactSpmcQueue<E> extends SpmcVarHandleArrayQueue<E> {
    private final int limit;
    private long allowed; // Up to this index there was room. The sender's.

    ExactSpmcQueue(int limit) {
        super(limit);
        this.limit = limit;
        this.allowed = limit;
    }

    @Override
    public boolean offer(E message) {
        long index = currentProducerIndex();
        return (index < allowed || hasRoom(index)) && super.offer(message);
    }

    private boolean hasRoom(long index) {
        allowed = currentConsumerIndex() + limit; // No edge: the queue itself orders the two.
        return index < allowed;
    }

    @Override
    public boolean relaxedOffer(E message) {
        return offer(message);
    }

    @Override
    public int capacity() {
        return limit;
    }
}
