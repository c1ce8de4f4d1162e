package io.sluice.bench;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Exchanger;
import java.util.concurrent.SynchronousQueue;
import java.util.function.Supplier;
import org.agrona.concurrent.BusySpinIdleStrategy;

/** The registry: name to subject, for one sending and one receiving thread. */
final class HandoffSubjects {
    static final Map<String, Supplier<HandoffSubject>> ALL =
            new TreeMap<>(
                    Map.of(
                            "sluice",
                            () -> new Rendezvous(false),
                            "sluice-spinning",
                            () -> new Rendezvous(true),
                            "synchronous-queue",
                            Synchronous::new,
                            "exchanger",
                            Exchange::new));

    private HandoffSubjects() {}

    static HandoffSubject of(String name) {
        Supplier<HandoffSubject> factory = ALL.get(name);
        if (factory == null) {
            throw new IllegalArgumentException(
                    "there is no subject '" + name + "': choose from " + ALL.keySet());
        }
        return factory.get();
    }

    private static final class Rendezvous implements HandoffSubject {
        private final Sender<Message> sender;
        private final Receiver<Message> receiver;

        Rendezvous(boolean spins) {
            Mailbox<Message> mailbox =
                    Mailbox.create(MailboxSpec.rendezvous().senders(Ends.ONE).receivers(Ends.ONE));
            sender = spins ? mailbox.sender(BusySpinIdleStrategy.INSTANCE) : mailbox.sender();
            receiver = spins ? mailbox.receiver(BusySpinIdleStrategy.INSTANCE) : mailbox.receiver();
        }

        @Override
        public void put(Message message) throws InterruptedException {
            sender.send(message);
        }

        @Override
        public Message take() throws InterruptedException {
            return receiver.receive();
        }
    }

    private static final class Synchronous implements HandoffSubject {
        private final SynchronousQueue<Message> queue = new SynchronousQueue<>();

        @Override
        public void put(Message message) throws InterruptedException {
            queue.put(message);
        }

        @Override
        public Message take() throws InterruptedException {
            return queue.take();
        }
    }

    private static final class Exchange implements HandoffSubject {
        private final Exchanger<Message> exchanger = new Exchanger<>();

        @Override
        public void put(Message message) throws InterruptedException {
            exchanger.exchange(message);
        }

        @Override
        public Message take() throws InterruptedException {
            return exchanger.exchange(null);
        }
    }
}
