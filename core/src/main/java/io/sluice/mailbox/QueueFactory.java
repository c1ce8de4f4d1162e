package io.sluice.mailbox;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.OverflowPolicy;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpscUnboundedVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/** Selects and creates the queue for a mailbox specification. */
final class QueueFactory {
    private static final int MIN_SPSC_CAPACITY = 4;
    private static final int MIN_MPMC_CAPACITY = 2;

    /** Growth step of an unbounded queue, in messages: an array of 1 KiB at a time. */
    private static final int CHUNK_SIZE = 256;

    private QueueFactory() {}

    static <E> MessagePassingQueue<E> create(MailboxSpec spec) {
        if (spec.overflow() == OverflowPolicy.CONFLATE) {
            return new ConflatingSlot<>();
        }
        return spec.capacity() == MailboxSpec.UNBOUNDED ? unbounded(spec) : bounded(spec);
    }

    private static <E> MessagePassingQueue<E> bounded(MailboxSpec spec) {
        int capacity = spec.capacity();
        // With DROP_OLDEST senders poll the queue too, concurrently with the receiver.
        boolean oneTakes =
                spec.receivers() == Ends.ONE && spec.overflow() != OverflowPolicy.DROP_OLDEST;
        if (spec.senders() == Ends.ONE) {
            return oneTakes ? spsc(capacity) : spmc(capacity);
        }
        return oneTakes ? mpsc(capacity) : mpmc(capacity);
    }

    private static <E> MessagePassingQueue<E> spsc(int capacity) {
        return capacity >= MIN_SPSC_CAPACITY && isPowerOfTwo(capacity)
                ? new SpscVarHandleArrayQueue<>(capacity)
                : new ExactSpscQueue<>(capacity);
    }

    private static <E> MessagePassingQueue<E> spmc(int capacity) {
        return isPowerOfTwo(capacity)
                ? new SpmcVarHandleArrayQueue<>(capacity)
                : new ExactSpmcQueue<>(capacity);
    }

    private static <E> MessagePassingQueue<E> mpsc(int capacity) {
        return isPowerOfTwo(capacity)
                ? new MpscVarHandleArrayQueue<>(capacity)
                : new ExactMpscQueue<>(capacity);
    }

    private static <E> MessagePassingQueue<E> mpmc(int capacity) {
        return capacity >= MIN_MPMC_CAPACITY && isPowerOfTwo(capacity)
                ? new MpmcVarHandleArrayQueue<>(capacity)
                : new ExactMpmcQueue<>(capacity);
    }

    /** JCTools rounds a ring up to a power of two, so such a capacity needs no separate limit. */
    private static boolean isPowerOfTwo(int capacity) {
        return Integer.bitCount(capacity) == 1;
    }

    private static <E> MessagePassingQueue<E> unbounded(MailboxSpec spec) {
        if (spec.receivers() == Ends.MANY) {
            return new LinkedQueue<>();
        }
        return spec.senders() == Ends.ONE
                ? new SpscUnboundedVarHandleArrayQueue<>(CHUNK_SIZE)
                : new MpscUnboundedVarHandleArrayQueue<>(CHUNK_SIZE);
    }

    /**
     * Calls {@link MessagePassingQueue#offer}, with a direct call for bounded queues with one
     * receiver. In a program that uses more than two kinds of queue the interface call is
     * megamorphic and cannot be inlined, which costs a tenth for these queues; for the others it is
     * negligible beside their compare-and-sets.
     */
    static <E> boolean offer(MessagePassingQueue<E> queue, E message) {
        if (queue instanceof SpscVarHandleArrayQueue<E> spsc) {
            return spsc.offer(message);
        }
        if (queue instanceof MpscVarHandleArrayQueue<E> mpsc) {
            return mpsc.offer(message);
        }
        return queue.offer(message);
    }

    /** Calls {@link MessagePassingQueue#poll}, with direct calls as in {@link #offer}. */
    static <E> E poll(MessagePassingQueue<E> queue) {
        if (queue instanceof SpscVarHandleArrayQueue<E> spsc) {
            return spsc.poll();
        }
        if (queue instanceof MpscVarHandleArrayQueue<E> mpsc) {
            return mpsc.poll();
        }
        return queue.poll();
    }
}
