package io.sluice.bench;

import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/** The queue that Sluice's mailbox of a topology uses, without the mailbox. */
final class JctoolsObjects implements ObjectSubject {
    private final MessagePassingQueue<Message> queue;
    private final boolean relaxed;

    private JctoolsObjects(MessagePassingQueue<Message> queue, boolean relaxed) {
        this.queue = queue;
        this.relaxed = relaxed;
    }

    /** Returns one that is used as a {@link java.util.Queue}. */
    static ObjectSubject of(Topology topology, int capacity) {
        return new JctoolsObjects(queue(topology, capacity), false);
    }

    /** Returns one that is used by {@code relaxedOffer} and {@code drain}. */
    static ObjectSubject relaxed(Topology topology, int capacity) {
        return new JctoolsObjects(queue(topology, capacity), true);
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
        return relaxed
                ? sequence -> queue.relaxedOffer(Message.of(number, sequence))
                : sequence -> queue.offer(Message.of(number, sequence));
    }

    @Override
    public SubjectReceiver receiver(ObjectTally tally) {
        if (relaxed) {
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
