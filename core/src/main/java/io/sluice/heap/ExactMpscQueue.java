package io.sluice.heap;

import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;

/**
 * Many senders, one receiver: JCTools' queue, whose ring is as long as a power of two, with a limit
 * that need not be one. It has that itself, for as much as its own.
 */
final class ExactMpscQueue<E> extends MpscVarHandleArrayQueue<E> {
    private final int limit;

    ExactMpscQueue(int limit) {
        super(limit);
        this.limit = limit;
    }

    @Override
    public boolean offer(E message) {
        return offerIfBelowThreshold(message, limit);
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
