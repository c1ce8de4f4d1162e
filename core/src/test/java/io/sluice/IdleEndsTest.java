package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An idle end keeps no message reachable that passed through it. */
@Timeout(60)
class IdleEndsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private static void collected(String what, WeakReference<?> message) {
        long start = System.nanoTime();
        while (!message.refersTo(null)) {
            assertTrue(System.nanoTime() - start < DEADLINE.toNanos(), what + " is kept");
            System.gc();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static WeakReference<?> receive(PipeReceiver receiver, int call) throws Exception {
        switch (call) {
            case 0:
                return new WeakReference<>(receiver.tryReceive());
            case 1:
                return new WeakReference<>(receiver.receive());
            case 2:
                return new WeakReference<>(receiver.receive(DEADLINE));
            default:
                ByteBuffer target = ByteBuffer.allocate(1000);
                int length =
                        call == 3
                                ? receiver.tryReceive(target)
                                : call == 4
                                        ? receiver.receive(target)
                                        : receiver.receive(target, DEADLINE);
                assertEquals(100, length);
                return new WeakReference<>(target);
        }
    }

    @Test
    void aPipesReceiverKeepsNothing() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            for (int call = 0; call < 6; call++) {
                sender.send(new byte[100]);
                collected("call " + call, receive(receiver, call));
            }
            sender.send(new byte[100]);
            Receiver<byte[]> decoding = Codec.bytes().receiver(receiver);
            collected("decoded", new WeakReference<>(decoding.tryReceive()));
            Reference.reachabilityFence(decoding);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 4, -1})
    void aMailboxKeepsNothing(int capacity) throws Exception {
        Mailbox<byte[]> mailbox =
                capacity < 0
                        ? Mailbox.create(MailboxSpec.unbounded().receivers(Ends.MANY))
                        : capacity == 0
                                ? Mailbox.create(MailboxSpec.rendezvous().receivers(Ends.MANY))
                                : Mailbox.create(
                                        MailboxSpec.bounded(capacity).receivers(Ends.MANY));
        try (Sender<byte[]> sender = mailbox.sender();
                Receiver<byte[]> receiver = mailbox.receiver()) {
            TestThreads testThreads = new TestThreads(mailbox);
            testThreads.start(() -> sender.send(new byte[100]));
            collected("received", new WeakReference<>(receiver.receive()));
            testThreads.join();
            Reference.reachabilityFence(testThreads);
        }
    }

    /** A message that a select has offered and retracted is not kept. */
    @Test
    @SuppressWarnings("try") // It only has to be open.
    void aSelectKeepsNothing() throws Exception {
        Mailbox<byte[]> mailbox = Mailbox.create(MailboxSpec.rendezvous().receivers(Ends.MANY));
        try (Sender<byte[]> sender = mailbox.sender();
                Receiver<byte[]> receiver = mailbox.receiver()) {
            WeakReference<?>[] offered = new WeakReference<?>[1];
            Select select =
                    Select.builder()
                            .send(
                                    sender,
                                    () -> {
                                        byte[] message = new byte[100];
                                        offered[0] = new WeakReference<>(message);
                                        return message;
                                    })
                            .build();
            while (offered[0] == null) { // It may time out before it offers.
                assertEquals(Select.NONE, select.select(Duration.ofMillis(1)));
            }
            collected("offered", offered[0]);
            Reference.reachabilityFence(select);
        }
    }
}
