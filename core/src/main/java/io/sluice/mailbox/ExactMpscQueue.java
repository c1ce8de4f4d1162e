package io.sluice.mailbox;

import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;

/**
 * Bounded MPSC queue: JCTools' queue, whose ring length is a power of two, with a capacity that
 * need not be one. JCTools implements the limit itself, as fast as a plain {@code offer}.
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
}
