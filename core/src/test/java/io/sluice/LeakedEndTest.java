package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.agrona.DirectBufferReceiver;
import io.sluice.agrona.DirectBufferSender;
import io.sluice.io.PipeStreams;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ends and pipes that are closed, and ones that are dropped without a close. */
@CountsSyscalls
@Timeout(60)
class LeakedEndTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final byte[] MESSAGE = {1, 2, 3};

    @TempDir Path directory;

    private CapturedLog log;

    @BeforeEach
    void listen() {
        log = new CapturedLog(message -> true);
        log.logger.setUseParentHandlers(false);
    }

    @AfterEach
    void stopListening() {
        log.close();
        log.logger.setUseParentHandlers(true);
    }

    private void collectUntil(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(
                    System.nanoTime() - start < DEADLINE.toNanos(),
                    () -> "not collected; warnings: " + log.lines);
            System.gc();
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void warned(String kind, Path path) {
        collectUntil(() -> !log.lines.isEmpty());
        String warning = log.lines.get(0);
        assertTrue(warning.startsWith("WARNING: a " + kind + " of " + path + " was "), warning);
        assertEquals(1, log.lines.size(), log.lines::toString);
    }

    static List<Function<PipeSender, Object>> senders() {
        return List.of(
                sender -> sender,
                sender -> Codec.bytes().sender(sender),
                sender -> PipeStreams.output(sender),
                sender -> PipeStreams.writable(sender),
                DirectBufferSender::new);
    }

    static List<Function<PipeReceiver, Object>> receivers() {
        return List.of(
                receiver -> receiver,
                receiver -> Codec.bytes().receiver(receiver),
                receiver -> PipeStreams.input(receiver),
                receiver -> PipeStreams.readable(receiver),
                DirectBufferReceiver::new);
    }

    @ParameterizedTest
    @MethodSource("senders")
    void aLeakedSenderIsClosed(Function<PipeSender, Object> adapter) throws Exception {
        Path path = directory.resolve("pipe");
        Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096).senders(1));
        try (PipeReceiver receiver = pipe.receiver()) {
            Object end = adapter.apply(open(pipe));
            System.gc();
            assertThrows(IllegalStateException.class, pipe::sender, "it is in use");
            Reference.reachabilityFence(end);
            end = null;
            warned("sender", path);
            assertTrue(isFree(pipe));
            assertArrayEquals(MESSAGE, receiver.receive(DEADLINE));
            assertNull(receiver.receive(DEADLINE));
            assertTrue(receiver.isEndOfStream());
        }
    }

    private static PipeSender open(Pipe pipe) throws Exception {
        PipeSender sender = pipe.sender();
        sender.send(MESSAGE);
        return sender;
    }

    private static boolean isFree(Pipe pipe) {
        try {
            pipe.sender().close();
            return true;
        } catch (IllegalStateException e) {
            return false;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("receivers")
    void aLeakedReceiverIsClosed(Function<PipeReceiver, Object> adapter) throws Exception {
        Path path = directory.resolve("pipe");
        Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096).senders(1));
        try (PipeSender sender = pipe.sender()) {
            Object end = adapter.apply(pipe.receiver());
            System.gc();
            assertTrue(sender.trySend(MESSAGE));
            Reference.reachabilityFence(end);
            end = null;
            warned("receiver", path);
            assertThrows(BrokenChannelException.class, () -> sender.trySend(MESSAGE));
        }
    }

    @Test
    void aClaimKeepsItsSender() throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(4096).senders(1));
        try (PipeReceiver receiver = pipe.receiver()) {
            Claim claim = open(pipe).tryClaim(MESSAGE.length);
            for (int i = 0; i < 5; i++) {
                System.gc();
                LockSupport.parkNanos(1_000_000);
            }
            claim.putBytes(0, MESSAGE, 0, MESSAGE.length).commit();
            claim = null;
            assertEquals(List.of(), log.lines);
            warned("sender", pipe.path());
            assertArrayEquals(MESSAGE, receiver.receive());
            assertArrayEquals(MESSAGE, receiver.receive());
            assertNull(receiver.receive());
        }
    }

    /** A message that was claimed but not committed is not sent. */
    @Test
    void theClaimOfALeakedSenderIsNotSent() throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.unbounded(1 << 20).senders(1));
        try (PipeReceiver receiver = pipe.receiver()) {
            open(pipe).claim(8).putLong(0, 1);
            warned("sender", pipe.path());
            assertArrayEquals(MESSAGE, receiver.receive());
            assertNull(receiver.receive());
        }
    }

    @Test
    void whatWasClosedIsNotWarnedOf() throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(4096).senders(1));
        for (int i = 0; i < 10; i++) {
            open(pipe).close();
        }
        pipe.receiver().close();
        Object marker = new Object();
        List<Object> cleaned = new CopyOnWriteArrayList<>();
        io.sluice.pipe.storage.PipeFiles.onUnreachable(marker, () -> cleaned.add(1));
        marker = null;
        collectUntil(() -> !cleaned.isEmpty());
        assertEquals(List.of(), log.lines);
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void closedAnonymousPipesKeepNoDescriptor() throws Exception {
        int pipes = 100;
        long before = descriptors();
        List<Pipe> all = new ArrayList<>();
        for (int i = 0; i < pipes; i++) {
            Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
            try (pipe;
                    PipeSender sender = pipe.sender();
                    PipeReceiver receiver = pipe.receiver()) {
                sender.send(MESSAGE);
                assertArrayEquals(MESSAGE, receiver.receive());
            }
            pipe.close();
            all.add(pipe);
        }
        long after = descriptors();
        assertTrue(after < before + pipes / 2, () -> before + " before, " + after + " after");
        assertThrows(IllegalStateException.class, all.get(0)::sender);
        assertThrows(IllegalStateException.class, all.get(0)::receiver);
        assertThrows(IllegalStateException.class, all.get(0)::statistics);
    }

    @Test
    void endsKeepAClosedAnonymousPipeAlive() throws Exception {
        Path path;
        Pipe second;
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(3));
                PipeReceiver receiver = pipe.receiver()) {
            path = pipe.path();
            pipe.close();
            second = Pipe.open(path);
            try (PipeSender sender = second.sender()) { // Its lane is created after the close.
                second.close();
                sender.send(MESSAGE);
                assertArrayEquals(MESSAGE, receiver.receive());
                assertThrows(IllegalStateException.class, second::sender);
            }
            assertNull(receiver.receive());
        }
        assertThrows(NoSuchFileException.class, () -> Pipe.open(path));
        Pipe named = Pipe.create(directory.resolve("named"), PipeSpec.bounded(4096).senders(1));
        named.close();
        assertThrows(IllegalStateException.class, named::sender);
        Pipe.open(named.path()).sender().close();
        assertFalse(log.lines.stream().anyMatch(w -> w.contains("named")));
    }
}
