package io.sluice.mailbox;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.OverflowPolicy;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
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

    static <E> Queue<E> create(MailboxSpec spec) {
        if (spec.overflow() == OverflowPolicy.CONFLATE) {
            return new ConflatingSlot<>();
        }
        return spec.capacity() == MailboxSpec.UNBOUNDED ? unbounded(spec) : bounded(spec);
    }

    private static <E> Queue<E> bounded(MailboxSpec spec) {
        int capacity = spec.capacity();
        // With DROP_OLDEST senders poll the queue too, concurrently with the receiver.
        boolean oneTakes =
                spec.receivers() == Ends.ONE && spec.overflow() != OverflowPolicy.DROP_OLDEST;
        if (spec.senders() == Ends.ONE) {
            return oneTakes ? spsc(capacity) : spmc(capacity);
        }
        return oneTakes ? mpsc(capacity) : mpmc(capacity);
    }

    private static <E> Queue<E> spsc(int capacity) {
        return capacity >= MIN_SPSC_CAPACITY && isPowerOfTwo(capacity)
                ? new SpscVarHandleArrayQueue<>(capacity)
                : new ExactSpscQueue<>(capacity);
    }

    private static <E> Queue<E> spmc(int capacity) {
        return isPowerOfTwo(capacity)
                ? new SpmcVarHandleArrayQueue<>(capacity)
                : new ExactSpmcQueue<>(capacity);
    }

    private static <E> Queue<E> mpsc(int capacity) {
        return isPowerOfTwo(capacity)
                ? new MpscVarHandleArrayQueue<>(capacity)
                : new ExactMpscQueue<>(capacity);
    }

    private static <E> Queue<E> mpmc(int capacity) {
        return capacity >= MIN_MPMC_CAPACITY && isPowerOfTwo(capacity)
                ? new MpmcVarHandleArrayQueue<>(capacity)
                : new ExactMpmcQueue<>(capacity);
    }

    /** JCTools rounds a ring up to a power of two, so such a capacity needs no separate limit. */
    private static boolean isPowerOfTwo(int capacity) {
        return Integer.bitCount(capacity) == 1;
    }

    private static <E> Queue<E> unbounded(MailboxSpec spec) {
        if (spec.receivers() == Ends.MANY) {
            return new ConcurrentLinkedQueue<>(); // JCTools has none with VarHandles, see ADR 8.
        }
        return spec.senders() == Ends.ONE
                ? new SpscUnboundedVarHandleArrayQueue<>(CHUNK_SIZE)
                : new MpscUnboundedVarHandleArrayQueue<>(CHUNK_SIZE);
    }

    /** Polls, and does not wait for a sender in the middle of an operation. */
    @SuppressWarnings("unchecked") // Both types are of the same queue.
    static <E> E relaxedPoll(Queue<E> queue) {
        if (queue instanceof MessagePassingQueue<?> q) {
            return (E) q.relaxedPoll();
        }
        return queue instanceof ExactMpmcQueue<E> exact ? exact.relaxedPoll() : queue.poll();
    }
}
