package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.SyscallCounts;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A descriptor that is readable when a receiver has a message, for event loops that know no Java.
 */
@CountsSyscalls
@Timeout(60)
class NotifyFdTest {
    private static final int LONG = 30_000;
    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final MessageHandler IGNORED = (memory, offset, length) -> {};

    @TempDir Path directory;
    private int received;

    /** Returns what a descriptor of this process refers to; empty if there is none. */
    private static String target(int fd) {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString();
        } catch (java.io.IOException e) {
            return "";
        }
    }

    private static boolean isEventFd(int fd) {
        return target(fd).contains("eventfd");
    }

    private static void until(BooleanSupplier condition, String what) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - start < DEADLINE_NANOS, what);
            LockSupport.parkNanos(100_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void itIsReadableFromAMessageToTheNextCall(SelectPipesTest.WakingKind kind) throws Throwable {
        try (Pipe pipe = Pipe.anonymous(kind.spec);
                PipeReceiver receiver = kind.receiver(pipe)) {
            PipeSender sender = pipe.sender();
            int fd = receiver.notifyFd();
            assertTrue(isEventFd(fd), target(fd));
            TestThreads threads = new TestThreads(pipe);
            for (int i = 0; i < 3; i++) {
                assertFalse(EventLoop.isReadable(fd, 1));
                assertEquals(fd, receiver.notifyFd(), "a second call meanwhile has no effect");
                threads.start(() -> sender.send(new byte[5])); // It may wait: a rendezvous.
                assertTrue(EventLoop.isReadable(fd, LONG));
                assertTrue(EventLoop.isReadable(fd, 0), "until the next call");
                assertEquals(5, receiver.receive().length);
                threads.join();
                assertEquals(0, receiver.poll(IGNORED, 1));
                assertEquals(fd, receiver.notifyFd());
            }
            assertFalse(EventLoop.isReadable(fd, 0));
            sender.close();
            assertTrue(EventLoop.isReadable(fd, LONG), "the end of the stream");
            assertEquals(0, receiver.poll(IGNORED, 1));
            assertTrue(receiver.isEndOfStream());
        }
    }

    /** The loop of the Javadoc, over three pipes and a node, beside each other in one epoll set. */
    @Test
    void aLoopThatSleepsInEpollReceivesEverything() throws Throwable {
        int messages = Proof.size(3_000, 100_000);
        Path names = directory.resolve("nodes");
        List<AutoCloseable> open = new ArrayList<>();
        TestThreads senders = new TestThreads(this);
        int[] streams = {3};
        try (EventLoop loop = new EventLoop();
                Node node = Node.join(names, "loop")) {
            for (int i = 0; i < 3; i++) {
                Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeReceiver receiver = pipe.receiver();
                open.addAll(List.of(receiver, pipe));
                int fd = receiver.notifyFd();
                loop.add(
                        fd,
                        () -> {
                            while (receiver.poll((memory, at, length) -> received++, 64) > 0) {}
                            if (receiver.isEndOfStream()) {
                                streams[0]--;
                                removeFrom(loop, fd);
                            } else {
                                receiver.notifyFd();
                            }
                        });
                PipeSender sender = pipe.sender();
                senders.start(() -> send(sender, messages));
            }
            loop.add(
                    node.notifyFd(),
                    () -> {
                        while (node.poll((message, memory, at, length) -> received++, 64) > 0) {}
                        node.notifyFd();
                    });
            senders.start(
                    () -> {
                        try (Node other = Node.join(names, "other")) {
                            for (int i = 0; i < messages; i++) {
                                other.send("loop", new byte[8]);
                                pauseAfter(i);
                            }
                        }
                    });
            while (streams[0] > 0 || received < 4 * messages) {
                String state = received + " messages, streams " + streams[0];
                assertTrue(loop.runOnce(LONG) > 0, () -> "it sleeps with " + state);
            }
            senders.join();
            assertEquals(4 * messages, received);
        } finally {
            for (AutoCloseable closeable : open) {
                closeable.close();
            }
        }
    }

    private static void removeFrom(EventLoop loop, int fd) {
        try {
            loop.remove(fd);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static void send(PipeSender sender, int messages) throws InterruptedException {
        try (sender) {
            for (int i = 0; i < messages; i++) {
                sender.send(new byte[8]);
                pauseAfter(i);
            }
        }
    }

    /** Lets the loop fall asleep, or nearly, before some messages. */
    private static void pauseAfter(int i) {
        for (int spins = i % 512; spins > 0; spins--) {
            Thread.onSpinWait();
        }
    }

    @Test
    void theDeathOfTheSenderMakesItReadable() throws Throwable {
        Path path = directory.resolve("pipe");
        try (Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096).senders(1));
                ChildJvm child = ChildJvm.start(SelectPipesTest.ChildSenderOfOne.class, path);
                PipeReceiver receiver = pipe.receiver()) {
            child.expectLine("sent");
            assertEquals(42, receiver.receive().length);
            int fd = receiver.notifyFd();
            child.kill();
            assertTrue(EventLoop.isReadable(fd, LONG));
            assertEquals(0, receiver.poll(IGNORED, 1));
            assertTrue(receiver.isEndOfStream());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void itIsClosedWithTheEnd(boolean waiting) throws Throwable {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeSender sender = pipe.sender()) {
            PipeReceiver receiver = pipe.receiver();
            int fd = receiver.notifyFd();
            if (!waiting) {
                sender.send(new byte[1]);
                assertTrue(EventLoop.isReadable(fd, LONG));
            }
            assertTrue(isEventFd(fd));
            receiver.close();
            until(() -> !isEventFd(fd), "descriptor " + fd + " is open: " + target(fd));
            assertThrows(IllegalStateException.class, receiver::notifyFd);
            assertThrows(BrokenChannelException.class, () -> sender.send(new byte[1]));
        }
    }

    @Test
    void thatOfANodeIsClosedWithIt() throws Throwable {
        Node node = Node.join(directory.resolve("nodes"), "a");
        int fd = node.notifyFd();
        assertTrue(isEventFd(fd));
        node.close();
        until(() -> !isEventFd(fd), "descriptor " + fd + " is open: " + target(fd));
        assertThrows(IllegalStateException.class, node::notifyFd);
        Node.join(directory.resolve("nodes"), "a").close(); // The name is free.
    }

    /** The thread that waits does not keep what its user has dropped. */
    @Test
    void thatOfAnEndThatIsDroppedWhileItWaitsIsClosed() throws Throwable {
        Path path = directory.resolve("pipe");
        Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096).senders(1));
        PipeReceiver receiver = pipe.receiver();
        int fd = receiver.notifyFd();
        System.gc();
        assertTrue(isEventFd(fd));
        Reference.reachabilityFence(receiver);
        receiver = null;
        until(
                () -> {
                    System.gc();
                    return !isEventFd(fd);
                },
                "descriptor " + fd + " is open: " + target(fd));
        pipe.receiver().close(); // Its place is free.
    }

    private static Map<String, Long> callsSince(Map<String, Long> before) {
        Map<String, Long> calls = new TreeMap<>(SyscallCounts.snapshot());
        before.forEach((name, count) -> calls.merge(name, -count, Long::sum));
        calls.values().removeIf(count -> count == 0);
        calls.remove("fcntl"); // Whether a peer is alive: once in a millisecond without messages.
        return calls;
    }

    /** No message is announced to a receiver that has not asked again, and none costs a call. */
    @Test
    void messagesThatAreFoundByAPollMakeNoSystemCall() throws Throwable {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(1 << 16).senders(1));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            byte[] message = new byte[16];
            int fd = receiver.notifyFd();
            sender.send(message);
            assertTrue(EventLoop.isReadable(fd, LONG));
            assertEquals(1, receiver.poll(IGNORED, 100));
            Runnable pass =
                    () -> {
                        assertTrue(sender.trySend(message));
                        assertEquals(1, receiver.poll(IGNORED, 100));
                    };
            until(
                    () -> {
                        Map<String, Long> first = SyscallCounts.snapshot();
                        pass.run();
                        return callsSince(first).isEmpty();
                    },
                    "the thread that wrote the descriptor still waits");
            Map<String, Long> before = SyscallCounts.snapshot();
            for (int i = 0; i < 10_000; i++) {
                pass.run();
            }
            assertEquals(Map.of(), callsSince(before));
            before = SyscallCounts.snapshot();
            receiver.notifyFd();
            receiver.notifyFd(); // Without effect.
            sender.send(message);
            assertTrue(EventLoop.isReadable(fd, LONG));
            Map<String, Long> calls = callsSince(before);
            assertEquals(1, calls.get("eventfd_read"), calls::toString);
            assertEquals(1, calls.get("eventfd_write"), calls::toString);
        }
    }
}
