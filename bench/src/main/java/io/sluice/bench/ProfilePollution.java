package io.sluice.bench;

import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Order;
import io.sluice.PipeReceiver;
import io.sluice.PipeSender;
import io.sluice.PipeSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Uses pipes and mailboxes of several flavors, once in a JVM, before one of them is measured: so
 * call sites in shared code are polymorphic, as in a program that uses all flavors. If only one had
 * been used, the JIT compiler would devirtualize the calls, which real programs rarely get.
 */
final class ProfilePollution {
    /** Twice the number of calls after which the JIT compiler compiles at its highest tier. */
    private static final int MESSAGES = 30_000;

    private static final int CAPACITY = 4096;
    private static final int LENGTH = 32;

    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static boolean pipesPolluted;
    private static boolean mailboxesPolluted;

    private static boolean queuesPolluted;

    private ProfilePollution() {}

    /** Sends and receives through pipes of all flavors that hold messages. */
    static synchronized void pollutePipes() {
        if (pipesPolluted) {
            return;
        }
        pipesPolluted = true;
        PipeSpec bounded = PipeSpec.bounded(CAPACITY).senders(1);
        PipeSpec unbounded = PipeSpec.unbounded(16L * CAPACITY, CAPACITY).senders(1);
        for (PipeSpec spec :
                List.of(
                        bounded,
                        bounded.senders(2).order(Order.ARRIVAL),
                        bounded.senders(2),
                        bounded.receivers(2),
                        unbounded,
                        unbounded.receivers(2))) {
            use(spec);
        }
    }

    private static void use(PipeSpec spec) {
        byte[] message = new byte[LENGTH];
        PipeReader reader = new PipeReader(LENGTH);
        try (TemporaryPipe temporary = new TemporaryPipe(spec);
                PipeSender sender = temporary.pipe().sender();
                PipeReceiver receiver = temporary.pipe().receiver()) {
            for (int i = 0; i < MESSAGES; i++) {
                WORD.set(message, 0, (long) i);
                if (!sender.trySend(message, 0, LENGTH)) {
                    throw new IllegalStateException("no room in " + sender);
                }
                while (receiver.poll(reader.handler(), 1) == 0) {
                    Thread.onSpinWait();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends and receives through mailboxes of all queues. */
    static synchronized void polluteMailboxes() {
        if (mailboxesPolluted) {
            return;
        }
        mailboxesPolluted = true;
        for (MailboxSpec spec :
                List.of(
                        MailboxSpec.bounded(64).receivers(Ends.MANY),
                        MailboxSpec.unbounded().receivers(Ends.MANY))) {
            for (Ends senders : Ends.values()) {
                for (Ends receivers : Ends.values()) {
                    use(Mailbox.create(spec.senders(senders).receivers(receivers)));
                }
            }
        }
    }

    /** Sends and receives through the bare queues of all topologies. */
    static synchronized void polluteQueues() {
        if (queuesPolluted) {
            return;
        }
        queuesPolluted = true;
        for (String name : Topology.ALL) {
            Topology topology = Topology.of(name);
            ObjectSubject subject = JctoolsObjects.of(topology, CAPACITY);
            SubjectSender sender = subject.sender(0);
            SubjectReceiver receiver = subject.receiver(new ObjectTally(topology));
            for (int i = 0; i < MESSAGES; i++) {
                if (!sender.trySend(i) || receiver.poll(1) != 1) {
                    throw new IllegalStateException("message " + i + " does not pass " + name);
                }
            }
        }
    }

    private static void use(Mailbox<Message> mailbox) {
        try (Sender<Message> sender = mailbox.sender();
                Receiver<Message> receiver = mailbox.receiver()) {
            for (int i = 0; i < MESSAGES; i++) {
                if (!sender.trySend(Message.of(0, i)) || receiver.tryReceive() == null) {
                    throw new IllegalStateException("message " + i + " does not pass " + mailbox);
                }
            }
        }
    }
}
