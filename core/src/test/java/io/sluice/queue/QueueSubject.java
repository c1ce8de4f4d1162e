package io.sluice.queue;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.function.Supplier;

/** A queue that the suite runs over: the JDK's, which validate the suite, and ours. */
record QueueSubject(String name, Supplier<BlockingQueue<?>> maker) {
    static List<QueueSubject> references() {
        return List.of(
                new QueueSubject("ArrayBlockingQueue", () -> new ArrayBlockingQueue<>(8)),
                new QueueSubject("LinkedBlockingQueue", () -> new LinkedBlockingQueue<>(8)),
                new QueueSubject("LinkedBlockingQueue, unbounded", LinkedBlockingQueue::new),
                new QueueSubject("SynchronousQueue", SynchronousQueue::new));
    }

    static List<QueueSubject> of(List<MailboxSpec> flavors) {
        List<QueueSubject> subjects = new ArrayList<>(references());
        for (MailboxSpec spec : flavors) {
            subjects.add(
                    new QueueSubject(
                            spec.toString(),
                            () -> new MailboxBlockingQueue<>(Mailbox.create(spec))));
        }
        return subjects;
    }

    @SuppressWarnings("unchecked") // A new queue is empty.
    <E> BlockingQueue<E> queue() {
        return (BlockingQueue<E>) maker.get();
    }

    @Override
    public String toString() {
        return name;
    }
}
