package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.sluice.agrona.DirectBufferReceiver;
import io.sluice.agrona.DirectBufferSender;
import io.sluice.agrona.PipeRingBuffer;
import io.sluice.io.PipeStreams;
import io.sluice.linux.Mapping;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A peer truncates a file: every call, waiting or not, throws {@link ChannelCorruptedException},
 * also when repeated; the JVM's {@link InternalError} reaches no caller.
 */
@Timeout(60)
class MappingFaultTest {
    @TempDir Path directory;

    private interface Call {
        void run() throws Exception;
    }

    static Set<String> flavors() {
        return BlockingCalls.flavors().keySet();
    }

    private Pipe pipe(String name, String flavor) throws IOException {
        PipeSpec spec = BlockingCalls.flavors().get(flavor).retainWithoutReceivers(true);
        return Pipe.create(directory.resolve(name), spec);
    }

    private static void truncate(Pipe pipe, String file, long length) throws IOException {
        Path path = pipe.path().resolve(file);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    private static void isCorrupted(String what, Call call) {
        try {
            call.run();
            fail(what + " returned");
        } catch (ChannelCorruptedException e) {
            // Expected.
        } catch (IOException e) { // From a stream.
            assertTrue(e.getCause() instanceof ChannelCorruptedException, () -> what + ": " + e);
        } catch (Throwable e) {
            throw new AssertionError(what, e);
        }
    }

    /** Runs one sender per waiting call concurrently, each in its own pipe. */
    @ParameterizedTest
    @MethodSource("flavors")
    void aSenderThatWaitsForRoomGetsAnException(String flavor) throws Exception {
        boolean rendezvous = flavor.equals("rendezvous");
        for (String file : new String[] {"lane-0", "meta"}) {
            TestThreads testThreads = new TestThreads(flavor + ", " + file);
            List<Pipe> pipes = new ArrayList<>();
            List<BooleanSupplier> asleep = new ArrayList<>();
            BlockingCalls.some(BlockingCalls.senders(rendezvous), flavor, 6)
                    .forEach(
                            way -> {
                                String name = way.getKey();
                                BlockingCalls.SenderCall call = way.getValue();
                                String what = flavor + ": " + name + ", " + file + " cut off";
                                try {
                                    Pipe pipe = pipe(file + pipes.size(), flavor);
                                    PipeSender sender = pipe.sender();
                                    if (!rendezvous) {
                                        BlockingCalls.fill(sender);
                                    }
                                    pipes.add(pipe);
                                    asleep.add(BlockingCalls.senderWaits(pipe.path()));
                                    testThreads.start(
                                            () -> {
                                                isCorrupted(what, () -> call.call(sender));
                                                isCorrupted(what, () -> call.call(sender));
                                                sender.close();
                                            });
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            for (int i = 0; i < pipes.size(); i++) {
                testThreads.spinUntil(asleep.get(i));
                truncate(pipes.get(i), file, 0);
            }
            testThreads.join();
        }
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void aReceiverThatWaitsForMessagesGetsAnException(String flavor) throws Exception {
        PipeSpec spec = BlockingCalls.flavors().get(flavor);
        int senders = flavor.contains("many") || flavor.contains("arrival") ? 2 : 1;
        int receivers = flavor.contains("shared") ? 2 : 1;
        TestThreads testThreads = new TestThreads(flavor);
        List<Pipe> pipes = new ArrayList<>();
        List<BooleanSupplier> asleep = new ArrayList<>();
        for (Map.Entry<String, BlockingCalls.ReceiverCall> way :
                BlockingCalls.some(BlockingCalls.receivers(), flavor, 3)) {
            String what = flavor + ": " + way.getKey();
            Pipe pipe = Pipe.create(directory.resolve("pipe" + pipes.size()), spec);
            PipeReceiver receiver = pipe.receiver();
            pipes.add(pipe);
            asleep.add(BlockingCalls.receiverWaits(pipe.path(), senders, receivers));
            testThreads.start(
                    () -> {
                        isCorrupted(what, () -> way.getValue().call(receiver));
                        isCorrupted(what, () -> way.getValue().call(receiver));
                        receiver.close();
                    });
        }
        for (int i = 0; i < pipes.size(); i++) {
            testThreads.spinUntil(asleep.get(i));
            truncate(pipes.get(i), "meta", 0);
        }
        testThreads.join();
    }

    /** Checks that a call returns or throws a documented exception. */
    private static void call(String what, Call call) {
        try {
            call.run();
        } catch (ChannelException | IOException e) {
            // Expected.
        } catch (IllegalStateException e) {
            String message = e.getMessage(); // Open claim, or types not readable.
            assertTrue(message.contains("claimed") || message.contains("type"), what + message);
        } catch (Throwable e) {
            throw new AssertionError(what, e);
        }
    }

    /**
     * Compiled code throws the error of a lost page late; it must not escape the code that
     * translates it.
     */
    @Test
    void compiledSendersThrow() throws Exception {
        for (int way = 0; way < 4; way++) {
            Pipe pipe = pipe("compiled" + way, "bounded");
            try (PipeSender sender = pipe.sender();
                    PipeReceiver receiver = pipe.receiver()) {
                DirectBufferSender buffers = new DirectBufferSender(sender);
                Sender<byte[]> codec = Codec.bytes().sender(sender);
                PipeRingBuffer ring = new PipeRingBuffer(sender, receiver);
                byte[] message = new byte[40];
                UnsafeBuffer buffer = new UnsafeBuffer(message);
                List<Call> ways =
                        List.of(
                                () -> sender.trySend(ByteBuffer.wrap(message)),
                                () -> codec.trySend(message),
                                () -> buffers.trySend(buffer, 0, message.length),
                                () -> ring.write(1, buffer, 0, message.length));
                Call call = ways.get(way);
                for (int i = 0; i < 30_000; i++) {
                    call.run();
                    assertEquals(1, receiver.poll((m, offset, length) -> {}, 1));
                }
                truncate(pipe, "lane-0", 0);
                for (int i = 0; i < 3; i++) {
                    call("way " + way, call); // Never an InternalError.
                }
            }
        }
    }

    /** Truncates the file at each of its first pages, for every adapter. */
    @ParameterizedTest
    @MethodSource("flavors")
    void everyAdapterThrows(String flavor) throws Exception {
        for (int pages = 0; pages < 6; pages++) {
            Pipe pipe = pipe("pipe" + pages, flavor);
            PipeSender sender = pipe.sender();
            PipeReceiver receiver = pipe.receiver();
            for (int i = 0; i < 10; i++) {
                sender.trySend(new byte[16]);
            }
            truncate(pipe, "lane-0", (long) pages * Mapping.pageSize());
            String what = flavor + " cut off behind " + pages + " pages: ";
            for (int i = 0; i < Proof.size(4, 30); i++) {
                call(what, () -> sender.trySend(ByteBuffer.allocate(300)));
                call(what, () -> sender.trySend(ByteBuffer.allocateDirect(300)));
                call(what, () -> Codec.utf8().sender(sender).trySend("a".repeat(300)));
                DirectBufferSender buffers = new DirectBufferSender(sender);
                call(what, () -> buffers.trySend(new UnsafeBuffer(new byte[300]), 0, 300));
                PipeRingBuffer ring = new PipeRingBuffer(sender, receiver);
                call(what, () -> ring.write(1, new UnsafeBuffer(new byte[300]), 0, 300));
                call(
                        what,
                        () -> {
                            int index = ring.tryClaim(1, 300);
                            if (index > 0) {
                                ring.abort(index);
                            }
                        });
                call(what, () -> PipeStreams.writable(sender).isOpen());
            }
            for (int i = 0; i < Proof.size(4, 30); i++) {
                call(what, () -> receiver.tryReceive(ByteBuffer.allocate(1000)));
                call(what, () -> Codec.bytes().receiver(receiver).tryReceive());
                call(
                        what,
                        () ->
                                new DirectBufferReceiver(receiver)
                                        .poll((b, o, l) -> b.getLong(o), 1));
                PipeRingBuffer ring = new PipeRingBuffer(sender, receiver);
                call(what, () -> ring.read((type, buffer, index, length) -> {}, 1));
                call(what, () -> PipeStreams.input(receiver).available());
            }
            call(what, () -> receiver.awaitSender(Duration.ZERO));
            call(what, pipe::statistics);
            receiver.close();
            sender.close();
            call(what, () -> pipe.sender().close());
            call(what, () -> pipe.receiver().close());
        }
    }

    /** {@code Claim.abort} returns or throws what a caller that writes by itself has to throw. */
    @Test
    void aClaimSaysWhatToThrow() throws Exception {
        Pipe pipe = pipe("pipe", "bounded");
        try (PipeSender sender = pipe.sender()) {
            RuntimeException other = new RuntimeException();
            assertEquals(other, sender.tryClaim(8).abort(other));
            Exception checked = new Exception();
            assertEquals(checked, sender.tryClaim(8).abort(checked).getCause());
            assertThrows(
                    StackOverflowError.class,
                    () -> sender.tryClaim(8).abort(new StackOverflowError()));
            Claim claim = sender.tryClaim(100);
            truncate(pipe, "lane-0", 0);
            RuntimeException thrown =
                    assertThrows(
                            ChannelCorruptedException.class,
                            () -> {
                                try {
                                    claim.memory().fill((byte) 1);
                                    claim.commit();
                                } catch (InternalError e) {
                                    throw claim.abort(e);
                                }
                            });
            assertTrue(thrown.getCause() instanceof InternalError);
        }
    }
}
