package io.sluice.bench;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.function.IntFunction;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/** The registry: name to subject with one sender, one receiver and a capacity. */
final class ObjectSubjects {
    static final Map<String, IntFunction<ObjectSubject>> ALL =
            new TreeMap<>(
                    Map.of(
                            "sluice", MailboxSubject::new,
                            "jctools", n -> new QueueSubject(new SpscVarHandleArrayQueue<>(n)),
                            "disruptor", DisruptorSubject::new,
                            "array-blocking-queue",
                                    n -> new QueueSubject(new ArrayBlockingQueue<>(n)),
                            // Unbounded: it cannot be told to hold less.
                            "linked-transfer-queue",
                                    n -> new QueueSubject(new LinkedTransferQueue<>())));

    private ObjectSubjects() {}

    static ObjectSubject of(String name, int capacity) {
        IntFunction<ObjectSubject> factory = ALL.get(name);
        if (factory == null) {
            throw new IllegalArgumentException(
                    "there is no subject '" + name + "': choose from " + ALL.keySet());
        }
        return factory.apply(capacity);
    }

    /** Our mailbox, both ends spinning. */
    private static final class MailboxSubject implements ObjectSubject {
        private final Sender<Message> sender;
        private final Receiver<Message> receiver;
        private final Tally tally = new Tally();

        MailboxSubject(int capacity) {
            Mailbox<Message> mailbox =
                    Mailbox.create(
                            MailboxSpec.bounded(capacity).senders(Ends.ONE).receivers(Ends.ONE));
            sender = mailbox.sender(BusySpinIdleStrategy.INSTANCE);
            receiver = mailbox.receiver(BusySpinIdleStrategy.INSTANCE);
        }

        @Override
        public boolean trySend(long sequence) {
            return sender.trySend(Message.of(sequence));
        }

        @Override
        public int poll(int limit) {
            for (int i = 0; i < limit; i++) {
                Message message = receiver.tryReceive();
                if (message == null) {
                    return i;
                }
                message.receive(tally);
            }
            return limit;
        }

        @Override
        public Tally tally() {
            return tally;
        }
    }

    /** Whatever is a queue. */
    private static final class QueueSubject implements ObjectSubject {
        /** An unbounded queue would grow for ever; this keeps its sender within reach. */
        private static final int MOST = Message.COUNT / 2;

        private final Queue<Message> queue;
        private final boolean unbounded;
        private final Tally tally = new Tally();

        QueueSubject(Queue<Message> queue) {
            this.queue = queue;
            this.unbounded = queue instanceof LinkedTransferQueue;
        }

        @Override
        public boolean trySend(long sequence) {
            if (unbounded && sequence % 1024 == 0 && queue.size() > MOST) {
                return false;
            }
            return queue.offer(Message.of(sequence));
        }

        @Override
        public int poll(int limit) {
            for (int i = 0; i < limit; i++) {
                Message message = queue.poll();
                if (message == null) {
                    return i;
                }
                message.receive(tally);
            }
            return limit;
        }

        @Override
        public Tally tally() {
            return tally;
        }
    }
}
