package io.sluice.heap;

import io.sluice.Ends;
import io.sluice.MailboxSpec;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/** Which queue fits a topology. */
final class Queues {
    private static final int LEAST_FOR_MANY_TO_MANY = 2;

    private Queues() {}

    static <E> MessagePassingQueue<E> create(MailboxSpec spec) {
        int capacity = spec.capacity();
        if (spec.senders() == Ends.ONE) {
            return spec.receivers() == Ends.ONE
                    ? new SpscVarHandleArrayQueue<>(capacity)
                    : new SpmcVarHandleArrayQueue<>(capacity);
        }
        return spec.receivers() == Ends.ONE
                ? new MpscVarHandleArrayQueue<>(capacity)
                : new MpmcVarHandleArrayQueue<>(Math.max(capacity, LEAST_FOR_MANY_TO_MANY));
    }
}
