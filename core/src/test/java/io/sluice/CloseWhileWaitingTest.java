package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.io.PipeStreams;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Another thread closes an end of a pipe while a call waits in it. */
@Timeout(60)
class CloseWhileWaitingTest {
    @TempDir Path directory;

    private interface Call {
        void run() throws Exception;
    }

    static Set<String> flavors() {
        return BlockingCalls.flavors().keySet();
    }

    private static int senders(String flavor) {
        return flavor.contains("many") || flavor.contains("arrival") ? 2 : 1;
    }

    private static int receivers(String flavor) {
        return flavor.contains("shared") ? 2 : 1;
    }

    /** Checks that a call fails because its end is closed, before or during the call. */
    private static void isRefused(String what, Call call) {
        try {
            call.run();
            fail(what + " returned");
        } catch (IllegalStateException e) {
            assertTrue(e.getMessage().endsWith("is closed"), () -> what + ": " + e);
        } catch (IOException e) { // From a stream.
            assertTrue(e.getCause() instanceof IllegalStateException, () -> what + ": " + e);
        } catch (Throwable e) {
            throw new AssertionError(what, e);
        }
    }

    /** How the end waits: a platform thread or a virtual thread that sleeps, or spinning. */
    private enum Kind {
        PLATFORM,
        VIRTUAL,
        SPINNING;

        /** Returns more calls for a platform thread than for the other kinds, outside a proof. */
        <C> List<Map.Entry<String, C>> some(Map<String, C> calls, String flavor) {
            int few = this == PLATFORM ? 2 : 1;
            List<Map.Entry<String, C>> some = BlockingCalls.some(calls, flavor, few);
            return this == PLATFORM || Proof.isProofBuild() ? some : some.subList(0, few);
        }
    }

    private record WaitingEnd(String what, Pipe pipe, BooleanSupplier waits, AutoCloseable end) {}

    @ParameterizedTest
    @MethodSource("flavors")
    void aWaitingSenderGetsAnException(String flavor) throws Exception {
        boolean rendezvous = flavor.equals("rendezvous");
        List<WaitingEnd> all = new ArrayList<>();
        List<PipeReceiver> receivers = new ArrayList<>();
        TestThreads platform = new TestThreads(flavor);
        TestThreads virtual = new TestThreads(flavor, true);
        for (Kind kind : Kind.values()) {
            for (Map.Entry<String, BlockingCalls.SenderCall> way :
                    kind.some(BlockingCalls.senders(rendezvous), flavor)) {
                String what = flavor + ": " + kind + ", " + way.getKey();
                Path path = directory.resolve("pipe" + all.size());
                Pipe pipe = Pipe.create(path, BlockingCalls.flavors().get(flavor));
                receivers.add(pipe.receiver());
                SignalingIdle idle = new SignalingIdle();
                PipeSender sender = kind == Kind.SPINNING ? pipe.sender(idle) : pipe.sender();
                if (!rendezvous) {
                    BlockingCalls.fill(sender);
                }
                BooleanSupplier asleep = BlockingCalls.senderWaits(path);
                all.add(
                        new WaitingEnd(
                                what,
                                pipe,
                                kind == Kind.SPINNING ? idle::isWaiting : asleep,
                                sender));
                (kind == Kind.VIRTUAL ? virtual : platform)
                        .start(
                                () -> {
                                    isRefused(what, () -> way.getValue().call(sender));
                                    isRefused(what, () -> way.getValue().call(sender));
                                });
            }
        }
        closeAll(all, platform, virtual);
        for (int i = 0; i < all.size(); i++) {
            WaitingEnd waiting = all.get(i);
            PipeReceiver receiver = receivers.get(i);
            while (receiver.tryReceive() != null) {}
            assertTrue(receiver.isEndOfStream(), waiting.what);
            try (PipeSender next = waiting.pipe.sender()) { // The slot is free and intact.
                if (!rendezvous) {
                    assertTrue(next.trySend(new byte[7]), waiting.what);
                    assertEquals(7, receiver.receive().length, waiting.what);
                }
            }
            assertNull(receiver.receive(), waiting.what);
            receiver.close();
        }
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void aWaitingReceiverGetsAnException(String flavor) throws Exception {
        List<WaitingEnd> all = new ArrayList<>();
        List<PipeSender> senders = new ArrayList<>();
        TestThreads platform = new TestThreads(flavor);
        TestThreads virtual = new TestThreads(flavor, true);
        for (Kind kind : Kind.values()) {
            for (Map.Entry<String, BlockingCalls.ReceiverCall> way :
                    kind.some(BlockingCalls.receivers(), flavor)) {
                String what = flavor + ": " + kind + ", " + way.getKey();
                Path path = directory.resolve("pipe" + all.size());
                PipeSpec spec = BlockingCalls.flavors().get(flavor).retainWithoutReceivers(true);
                Pipe pipe = Pipe.create(path, spec);
                senders.add(pipe.sender());
                SignalingIdle idle = new SignalingIdle();
                PipeReceiver receiver =
                        kind == Kind.SPINNING ? pipe.receiver(idle) : pipe.receiver();
                BooleanSupplier asleep =
                        BlockingCalls.receiverWaits(path, senders(flavor), receivers(flavor));
                all.add(
                        new WaitingEnd(
                                what,
                                pipe,
                                kind == Kind.SPINNING ? idle::isWaiting : asleep,
                                receiver));
                (kind == Kind.VIRTUAL ? virtual : platform)
                        .start(
                                () -> {
                                    isRefused(what, () -> way.getValue().call(receiver));
                                    isRefused(what, () -> way.getValue().call(receiver));
                                });
            }
        }
        closeAll(all, platform, virtual);
        for (int i = 0; i < all.size(); i++) {
            WaitingEnd waiting = all.get(i);
            PipeSender sender = senders.get(i);
            boolean sent = sender.trySend(new byte[7]);
            try (PipeReceiver next = waiting.pipe.receiver()) { // The slot is free and intact.
                assertEquals(!flavor.equals("rendezvous"), sent, waiting.what);
                assertEquals(sent ? 7 : -1, next.tryReceive(ByteBuffer.allocate(10)), waiting.what);
            }
            sender.close();
        }
    }

    private static void closeAll(List<WaitingEnd> all, TestThreads... testThreadses)
            throws Exception {
        for (WaitingEnd waiting : all) {
            testThreadses[0].spinUntil(waiting.waits);
            waiting.end.close();
            waiting.end.close();
        }
        for (TestThreads testThreads : testThreadses) {
            testThreads.join();
        }
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void aThreadThatAwaitsPeersGetsAnException(String flavor) throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), BlockingCalls.flavors().get(flavor));
        TestThreads testThreads = new TestThreads(flavor);
        PipeSender sender = pipe.sender();
        Thread waits =
                testThreads.start(
                        () -> isRefused(flavor, () -> sender.awaitReceiver(Duration.ofDays(1))));
        testThreads.spinUntil(() -> waits.getState() == Thread.State.TIMED_WAITING);
        sender.close();
        testThreads.join();
        pipe.sender().close();
        PipeReceiver receiver = pipe.receiver();
        receiver.close();
        assertThrows(IllegalStateException.class, () -> receiver.awaitSender(Duration.ZERO));
    }

    /** As {@link java.nio.channels.InterruptibleChannel} specifies. */
    @ParameterizedTest
    @MethodSource("flavors")
    @SuppressWarnings("try") // They only have to be open.
    void aChannelSaysThatItWasClosed(String flavor) throws Exception {
        PipeSpec spec = BlockingCalls.flavors().get(flavor);
        Pipe full = Pipe.create(directory.resolve("full"), spec);
        Pipe empty = Pipe.create(directory.resolve("empty"), spec);
        TestThreads testThreads = new TestThreads(flavor);
        try (PipeReceiver receiver = full.receiver();
                PipeSender sender = empty.sender()) {
            PipeSender writing = full.sender();
            if (!flavor.equals("rendezvous")) {
                BlockingCalls.fill(writing);
            }
            WritableByteChannel writer = PipeStreams.writable(writing);
            ReadableByteChannel reader = PipeStreams.readable(empty.receiver());
            BooleanSupplier writes = BlockingCalls.senderWaits(full.path());
            BooleanSupplier reads =
                    BlockingCalls.receiverWaits(empty.path(), senders(flavor), receivers(flavor));
            testThreads.start(
                    () ->
                            assertThrows(
                                    AsynchronousCloseException.class,
                                    () -> writer.write(ByteBuffer.allocate(100))));
            testThreads.start(
                    () ->
                            assertThrows(
                                    AsynchronousCloseException.class,
                                    () -> reader.read(ByteBuffer.allocate(100))));
            testThreads.spinUntil(writes);
            writer.close();
            testThreads.spinUntil(reads);
            reader.close();
            testThreads.join();
            assertFalse(reader.isOpen() || writer.isOpen());
            full.sender().close();
            empty.receiver().close();
        }
    }

    /**
     * A thread calls {@code trySend} continuously: no message accepted around the close is lost.
     */
    @ParameterizedTest
    @MethodSource("flavors")
    void aThreadThatSendsAllTheTimeGetsAnException(String flavor) throws Exception {
        if (flavor.equals("rendezvous")) {
            return; // A rendezvous has no buffer.
        }
        for (int round = 0; round < Proof.size(1, 20); round++) {
            PipeSpec spec = BlockingCalls.flavors().get(flavor).retainWithoutReceivers(true);
            Pipe pipe = Pipe.create(directory.resolve("pipe" + round), spec);
            TestThreads testThreads = new TestThreads(flavor);
            PipeSender sender = pipe.sender();
            PipeReceiver receiver = pipe.receiver();
            long[] sent = new long[1];
            testThreads.start(
                    () -> {
                        try {
                            while (true) {
                                if (sender.trySend(new byte[10])) {
                                    sent[0]++;
                                }
                            }
                        } catch (IllegalStateException e) {
                            assertTrue(e.getMessage().contains("closed"), e::toString);
                        }
                    });
            long received = 0;
            while (received < 1000) {
                received += receiver.poll((memory, offset, length) -> {}, 100);
            }
            sender.close();
            testThreads.join();
            while (!receiver.isEndOfStream()) {
                received += receiver.poll((memory, offset, length) -> {}, 100);
            }
            assertTrue(sent[0] - received <= 1, sent[0] + " sent, " + received + " received");
            pipe.sender().close();
            receiver.close();
        }
    }
}
