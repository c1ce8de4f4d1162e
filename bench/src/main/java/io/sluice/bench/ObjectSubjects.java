package io.sluice.bench;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedTransferQueue;

/** The registry: name to subject, for a topology and a capacity. */
final class ObjectSubjects {
    /** Makes a subject. */
    interface Factory {
        ObjectSubject of(Topology topology, int capacity);
    }

    static final Map<String, Factory> ALL =
            new TreeMap<>(
                    Map.ofEntries(
                            entry("sluice", (t, n) -> new SluiceObjects(mailbox(t, n))),
                            entry("sluice-batch", (t, n) -> new SluiceBatchObjects(mailbox(t, n))),
                            entry("sluice-after-others", ObjectSubjects::withPollutedProfile),
                            entry(
                                    "sluice-unbounded",
                                    (t, n) -> {
                                        MailboxSpec unbounded =
                                                MailboxSpec.unbounded().receivers(Ends.MANY);
                                        return new BoundedInFlight(
                                                new SluiceObjects(mailbox(t, unbounded)), t);
                                    }),
                            entry(
                                    "sluice-waiting",
                                    (t, n) -> new SluiceWaitingObjects(mailbox(t, n), false)),
                            entry(
                                    "sluice-waiting-spinning",
                                    (t, n) -> new SluiceWaitingObjects(mailbox(t, n), true)),
                            entry("sluice-pipe", (t, n) -> SluicePipeObjects.of(t)),
                            entry("sluice-pipe-shared", (t, n) -> SluicePipeObjects.shared(t)),
                            entry("jctools", JctoolsObjects::of),
                            entry("jctools-relaxed", JctoolsObjects::relaxed),
                            entry("jctools-batch", JctoolsObjects::inBatches),
                            entry("jctools-after-others", JctoolsObjects::withPollutedProfile),
                            entry("disruptor", DisruptorObjects::of),
                            entry("disruptor-batch", DisruptorObjects::inBatches),
                            entry(
                                    "array-blocking-queue",
                                    (t, n) -> new ObjectQueueSubject(new ArrayBlockingQueue<>(n))),
                            entry(
                                    "concurrent-linked-queue",
                                    (t, n) -> boundInFlight(new ConcurrentLinkedQueue<>(), t)),
                            entry(
                                    "linked-transfer-queue",
                                    (t, n) -> boundInFlight(new LinkedTransferQueue<>(), t))));

    private static Map.Entry<String, Factory> entry(String name, Factory factory) {
        return Map.entry(name, factory);
    }

    private ObjectSubjects() {}

    static ObjectSubject of(String name, Topology topology, int capacity) {
        Factory factory = ALL.get(name);
        if (factory == null) {
            throw new IllegalArgumentException(
                    "there is no subject '" + name + "': choose from " + ALL.keySet());
        }
        return factory.of(topology, capacity);
    }

    /** Returns the mailbox subject after other queues have been used in this JVM. */
    private static ObjectSubject withPollutedProfile(Topology topology, int capacity) {
        ProfilePollution.polluteMailboxes();
        return new SluiceObjects(mailbox(topology, capacity));
    }

    private static ObjectSubject boundInFlight(Queue<Message> queue, Topology topology) {
        return new BoundedInFlight(new ObjectQueueSubject(queue), topology);
    }

    private static Mailbox<Message> mailbox(Topology topology, int capacity) {
        return mailbox(topology, MailboxSpec.bounded(capacity).receivers(Ends.MANY));
    }

    private static Mailbox<Message> mailbox(Topology topology, MailboxSpec spec) {
        return Mailbox.create(
                spec.senders(topology.oneSender() ? Ends.ONE : Ends.MANY)
                        .receivers(topology.oneReceiver() ? Ends.ONE : Ends.MANY));
    }

    /** Any {@link Queue}. */
    private static final class ObjectQueueSubject implements ObjectSubject {
        private final Queue<Message> queue;

        ObjectQueueSubject(Queue<Message> queue) {
            this.queue = queue;
        }

        @Override
        public SubjectSender sender(int number) {
            return sequence -> queue.offer(Message.of(number, sequence));
        }

        @Override
        public SubjectReceiver receiver(ObjectTally tally) {
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
}
