package io.sluice.heap;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import io.sluice.Overflow;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscUnboundedVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpscUnboundedVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/** Which queue fits a specification. */
final class Queues {
    private static final int LEAST_FOR_MANY_TO_MANY = 2;

    /** What an unbounded queue grows by, in messages: an array of 1 KiB at a time. */
    private static final int CHUNK = 256;

    private Queues() {}

    static <E> MessagePassingQueue<E> create(MailboxSpec spec) {
        if (spec.overflow() == Overflow.KEEP_LATEST) {
            return new LatestSlot<>();
        }
        return spec.capacity() == MailboxSpec.UNBOUNDED ? unbounded(spec) : bounded(spec);
    }

    private static <E> MessagePassingQueue<E> bounded(MailboxSpec spec) {
        int capacity = spec.capacity();
        // Who drops the oldest message takes it as a receiver does, beside the receiver.
        boolean oneTakes = spec.receivers() == Ends.ONE && spec.overflow() != Overflow.DROP_OLDEST;
        if (spec.senders() == Ends.ONE) {
            return oneTakes
                    ? new SpscVarHandleArrayQueue<>(capacity)
                    : new SpmcVarHandleArrayQueue<>(capacity);
        }
        return oneTakes
                ? new MpscVarHandleArrayQueue<>(capacity)
                : new MpmcVarHandleArrayQueue<>(Math.max(capacity, LEAST_FOR_MANY_TO_MANY));
    }

    private static <E> MessagePassingQueue<E> unbounded(MailboxSpec spec) {
        if (spec.receivers() == Ends.MANY) {
            return new LinkedQueue<>();
        }
        return spec.senders() == Ends.ONE
                ? new SpscUnboundedVarHandleArrayQueue<>(CHUNK)
                : new MpscUnboundedVarHandleArrayQueue<>(CHUNK);
    }

    /**
     * {@link MessagePassingQueue#offer}, called directly for bounded queues with one receiver. In a
     * program that uses more than two kinds of queue the compiler cannot follow the call through
     * the interface, which costs a tenth there; beside the compare-and-sets of the others it is
     * nothing.
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

    /** {@link MessagePassingQueue#poll}, as {@link #offer}. */
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
