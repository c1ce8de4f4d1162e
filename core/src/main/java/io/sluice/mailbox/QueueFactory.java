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
        // JCTools rounds a ring up to a power of two, so such a capacity needs no limit beside it.
        boolean plain = Integer.bitCount(capacity) == 1;
        if (spec.senders() == Ends.ONE && oneTakes) {
            return plain && capacity >= MIN_SPSC_CAPACITY
                    ? new SpscVarHandleArrayQueue<>(capacity)
                    : new ExactSpscQueue<>(capacity);
        }
        if (spec.senders() == Ends.ONE) {
            return plain ? new SpmcVarHandleArrayQueue<>(capacity) : new ExactSpmcQueue<>(capacity);
        }
        if (oneTakes) {
            return plain ? new MpscVarHandleArrayQueue<>(capacity) : new ExactMpscQueue<>(capacity);
        }
        return plain && capacity >= MIN_MPMC_CAPACITY
                ? new MpmcVarHandleArrayQueue<>(capacity)
                : new ExactMpmcQueue<>(capacity);
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
