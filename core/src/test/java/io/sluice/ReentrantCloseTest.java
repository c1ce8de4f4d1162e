package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Another thread closes an end during a blocking call, at any point of it: the result of the call
 * matches its effect.
 */
@Timeout(120)
class ReentrantCloseTest {
    @TempDir Path directory;

    static Set<String> flavors() {
        return BlockingCalls.flavors().keySet();
    }

    private static void elsewhere(TestThreads.Work work) {
        TestThreads testThreads = new TestThreads("elsewhere");
        testThreads.start(work);
        try {
            testThreads.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs a step once, when its end begins to wait. */
    private static final class Once implements IdleStrategy {
        private Runnable step = () -> {};

        @Override
        public void idle(int workCount) {
            idle();
        }

        @Override
        public void idle() {
            Runnable next = step;
            step = () -> {};
            next.run();
        }

        @Override
        public void reset() {}
    }

    /** The end is closed while the call waits; then room becomes available. */
    @ParameterizedTest
    @MethodSource("flavors")
    void whatReturnsIsSent(String flavor) throws Exception {
        if (flavor.equals("rendezvous")) {
            return;
        }
        Map<String, BlockingCalls.SenderCall> calls = BlockingCalls.senders(false);
        calls.put("claim and commit", s -> s.claim(100).putLong(0, 1).commit());
        for (Map.Entry<String, BlockingCalls.SenderCall> way :
                calls.entrySet().stream()
                        .filter(e -> !e.getKey().equals("agrona claim"))
                        .toList()) {
            Pipe pipe = Pipe.anonymous(BlockingCalls.flavors().get(flavor));
            Once once = new Once();
            try (pipe;
                    PipeReceiver receiver = pipe.receiver();
                    PipeSender sender = pipe.sender(once)) {
                BlockingCalls.fill(sender);
                once.step =
                        () -> {
                            elsewhere(sender::close);
                            while (receiver.poll((memory, offset, length) -> {}, 1000) > 0) {}
                        };
                boolean returned = true;
                try {
                    way.getValue().call(sender);
                } catch (IllegalStateException e) {
                    assertTrue(e.getMessage().endsWith("is closed"), e::toString);
                    returned = false;
                } catch (java.io.IOException e) { // From a stream.
                    returned = false;
                }
                int received = 0;
                while (!receiver.isEndOfStream()) {
                    received += receiver.poll((memory, offset, length) -> {}, 1000);
                }
                boolean sends = !way.getKey().startsWith("claim(");
                assertEquals(returned && sends ? 1 : 0, received, way.getKey());
                assertTrue(sends || !returned, way.getKey());
            }
        }
    }

    private static Map<String, BlockingCalls.SenderCall> loops() {
        Map<String, BlockingCalls.SenderCall> loops = new LinkedHashMap<>();
        byte[] message = new byte[16];
        loops.put("send", s -> s.send(message));
        loops.put("claim", s -> s.claim(16).putLong(8, 1).commit());
        loops.put("buffer", s -> s.send(ByteBuffer.wrap(message)));
        loops.put("codec", s -> Codec.bytes().sender(s).send(message, Duration.ofDays(1)));
        return loops;
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void aSenderThatSendsAllTheTimeIsClosedAnywhere(String flavor) throws Exception {
        for (Map.Entry<String, BlockingCalls.SenderCall> way : loops().entrySet()) {
            for (int round = 0; round < Proof.size(2, 500); round++) {
                Pipe pipe = Pipe.anonymous(BlockingCalls.flavors().get(flavor));
                try (pipe;
                        PipeReceiver receiver = pipe.receiver()) {
                    PipeSender sender = pipe.sender();
                    long[] sent = new long[1];
                    long[] received = new long[1];
                    TestThreads testThreads = new TestThreads(flavor + ", " + way.getKey());
                    testThreads.start(
                            () -> {
                                IllegalStateException e =
                                        assertThrows(
                                                IllegalStateException.class,
                                                () -> {
                                                    while (true) {
                                                        way.getValue().call(sender);
                                                        sent[0]++;
                                                    }
                                                });
                                assertTrue(e.getMessage().contains("closed"), e::toString);
                            });
                    testThreads.start(
                            () -> {
                                while (receiver.receive() != null) {
                                    if (++received[0] == 20) {
                                        elsewhere(sender::close);
                                    }
                                }
                            });
                    testThreads.join();
                    assertEquals(sent[0], received[0], flavor + ", " + way.getKey());
                }
            }
        }
    }

    /** The receiver is closed while its handler runs: the message stays readable. */
    @ParameterizedTest
    @MethodSource("flavors")
    void whatIsHandedOutStays(String flavor) throws Exception {
        PipeSpec spec = BlockingCalls.flavors().get(flavor).retainWithoutReceivers(true);
        Pipe pipe = Pipe.create(directory.resolve("pipe"), spec);
        try (PipeSender sender = pipe.sender()) {
            PipeReceiver receiver = pipe.receiver();
            List<Byte> seen = new ArrayList<>();
            MessageHandler handler =
                    (memory, offset, length) -> {
                        seen.add(first(memory, offset));
                        isThere(receiver); // A nested call does not end the outer one.
                        elsewhere(receiver::close);
                        seen.add(first(memory, offset));
                        assertThrows(
                                IllegalStateException.class,
                                () -> receiver.awaitSender(Duration.ZERO));
                        seen.add(first(memory, offset));
                    };
            byte[] message = {7, 7, 7, 7, 7, 7, 7, 7};
            TestThreads testThreads = new TestThreads(flavor);
            testThreads.start(() -> sender.send(message));
            if (!flavor.equals("rendezvous")) {
                testThreads.join();
            }
            assertEquals(1, receiver.receive(handler, 1));
            testThreads.join();
            assertEquals(List.of((byte) 7, (byte) 7, (byte) 7), seen);
            assertThrows(IllegalStateException.class, receiver::receive);
            try (PipeReceiver next = pipe.receiver()) { // The slot is free.
                assertNull(next.tryReceive());
            }
        }
    }

    private static byte first(MemorySegment memory, long offset) {
        return memory.get(ValueLayout.JAVA_BYTE, offset);
    }

    private static void isThere(PipeReceiver receiver) {
        try {
            assertTrue(receiver.awaitSender(Duration.ZERO));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The sender is closed in the callback of a send that has not waited. */
    @Test
    void theStreamOfAMailboxDoesNotEndBeneathASend() throws Exception {
        List<Sender<Integer>> senders = new ArrayList<>();
        List<Receiver<Integer>> receivers = new ArrayList<>();
        List<Boolean> ended = new ArrayList<>();
        Mailbox<Integer> mailbox =
                Mailbox.create(
                        MailboxSpec.bounded(1)
                                .receivers(Ends.MANY)
                                .overflow(OverflowPolicy.DROP_OLDEST),
                        dropped -> {
                            elsewhere(senders.get(0)::close);
                            receivers.get(0).tryReceive();
                            ended.add(receivers.get(0).isEndOfStream());
                        });
        senders.add(mailbox.sender());
        receivers.add(mailbox.receiver());
        senders.get(0).send(1);
        senders.get(0).send(2);
        assertEquals(List.of(false), ended);
        receivers.get(0).receive();
        assertTrue(receivers.get(0).isEndOfStream());
        assertThrows(IllegalStateException.class, () -> senders.get(0).send(3));
    }

    @ParameterizedTest
    @EnumSource(Ends.class)
    void whatAClosedReceiverLeavesIsUndelivered(Ends ends) throws Exception {
        for (MailboxSpec spec :
                List.of(
                        MailboxSpec.bounded(3).receivers(Ends.MANY),
                        MailboxSpec.bounded(64).receivers(Ends.MANY),
                        MailboxSpec.unbounded().receivers(Ends.MANY),
                        MailboxSpec.rendezvous().receivers(Ends.MANY))) {
            for (int round = 0; round < Proof.size(2, 100); round++) {
                ConcurrentLinkedQueue<Integer> undelivered = new ConcurrentLinkedQueue<>();
                Mailbox<Integer> mailbox =
                        Mailbox.create(spec.senders(ends).receivers(ends), undelivered::add);
                Sender<Integer> sender = mailbox.sender();
                Receiver<Integer> receiver = mailbox.receiver();
                List<Integer> sent = new ArrayList<>();
                List<Integer> received = new ArrayList<>();
                TestThreads testThreads = new TestThreads(mailbox);
                testThreads.start(
                        () ->
                                assertThrows(
                                        BrokenChannelException.class,
                                        () -> {
                                            for (int i = 0; ; i++) {
                                                sender.send(i);
                                                sent.add(i);
                                            }
                                        }));
                AtomicInteger count = new AtomicInteger();
                testThreads.start(
                        () ->
                                assertThrows(
                                        IllegalStateException.class,
                                        () -> {
                                            while (true) {
                                                received.add(receiver.receive());
                                                count.getAndIncrement();
                                            }
                                        }));
                testThreads.spinUntil(() -> count.get() > 500);
                receiver.close();
                testThreads.join();
                sender.close();
                received.addAll(undelivered.stream().sorted().toList());
                // A send concurrent with the close may have failed and yet be reported undelivered.
                assertEquals(sent, received.subList(0, Math.min(sent.size(), received.size())));
                assertTrue(received.size() <= sent.size() + 1, () -> sent.size() + ": " + received);
            }
        }
    }
}
