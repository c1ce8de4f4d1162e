package io.sluice.bench;

import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/** The queue that Sluice's mailbox of a topology uses, without the mailbox. */
final class JctoolsObjects implements ObjectSubject {
    private final MessagePassingQueue<Message> queue;
    private final Calls calls;

    /** How the queue is used. */
    private enum Calls {
        /** {@code offer} and {@code poll}. */
        QUEUE,
        /** {@code relaxedOffer} and {@code drain}. */
        RELAXED,
        /** {@code fill} and {@code drain}. */
        BATCH
    }

    private JctoolsObjects(MessagePassingQueue<Message> queue, Calls calls) {
        this.queue = queue;
        this.calls = calls;
    }

    /** Returns one that is used as a {@link java.util.Queue}. */
    static ObjectSubject of(Topology topology, int capacity) {
        return new JctoolsObjects(queue(topology, capacity), Calls.QUEUE);
    }

    /** Returns one that is used by {@code relaxedOffer} and {@code drain}. */
    static ObjectSubject relaxed(Topology topology, int capacity) {
        return new JctoolsObjects(queue(topology, capacity), Calls.RELAXED);
    }

    /** Returns one that is used by {@code fill} and {@code drain}. */
    static ObjectSubject inBatches(Topology topology, int capacity) {
        return new JctoolsObjects(queue(topology, capacity), Calls.BATCH);
    }

    /** Returns one after the queues of the other topologies have been used in this JVM. */
    static ObjectSubject withPollutedProfile(Topology topology, int capacity) {
        ProfilePollution.polluteQueues();
        return of(topology, capacity);
    }

    private static MessagePassingQueue<Message> queue(Topology topology, int capacity) {
        if (topology.oneSender()) {
            return topology.oneReceiver()
                    ? new SpscVarHandleArrayQueue<>(capacity)
                    : new SpmcVarHandleArrayQueue<>(capacity);
        }
        return topology.oneReceiver()
                ? new MpscVarHandleArrayQueue<>(capacity)
                : new MpmcVarHandleArrayQueue<>(capacity);
    }

    @Override
    public SubjectSender sender(int number) {
        return switch (calls) {
            case QUEUE -> sequence -> queue.offer(Message.of(number, sequence));
            case RELAXED -> sequence -> queue.relaxedOffer(Message.of(number, sequence));
            case BATCH -> new BatchSender(number);
        };
    }

    private final class BatchSender
            implements SubjectSender, MessagePassingQueue.Supplier<Message> {
        private final int number;
        private long next;

        BatchSender(int number) {
            this.number = number;
        }

        @Override
        public Message get() {
            return Message.of(number, next++);
        }

        @Override
        public boolean trySend(long sequence) {
            return queue.offer(Message.of(number, sequence));
        }

        @Override
        public int trySendSome(long sequence) {
            next = sequence;
            return queue.fill(this, BATCH);
        }
    }

    @Override
    public SubjectReceiver receiver(ObjectTally tally) {
        if (calls != Calls.QUEUE) {
            MessagePassingQueue.Consumer<Message> consumer = tally::accept;
            return limit -> queue.drain(consumer, limit);
        }
        return limit -> {
            for (int i = 0; i < limit; i++) {
                Message message = queue.poll();
                if (message == null) {
                    return i;
                }
                tally.accept(message);
            }
            return limit;
        };
    }
}
