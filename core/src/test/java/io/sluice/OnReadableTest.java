package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A task that runs when a receiver has a message. */
@Timeout(60)
class OnReadableTest {
    private static final long LIMIT_SECONDS = 30;

    /** An executor whose tasks the test takes: so it sees whether one came. */
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    private void runNext() throws InterruptedException {
        Runnable task = tasks.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertTrue(task != null, "no task came");
        task.run();
    }

    @ParameterizedTest
    @EnumSource
    void eachMessageRunsTheTaskOnce(SelectPipesTest.WakingKind kind) throws Exception {
        try (Pipe pipe = Pipe.anonymous(kind.spec);
                PipeReceiver receiver = kind.receiver(pipe)) {
            PipeSender sender = pipe.sender();
            int[] runs = new int[1];
            for (int i = 1; i <= 3; i++) {
                receiver.onReadable(tasks::add, () -> runs[0]++);
                CompletableFuture<Void> sent =
                        CompletableFuture.runAsync(
                                () -> {
                                    try {
                                        sender.send(new byte[5]);
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
                runNext();
                assertEquals(i, runs[0]);
                assertEquals(5, receiver.receive().length);
                sent.get(LIMIT_SECONDS, TimeUnit.SECONDS);
                assertTrue(tasks.isEmpty());
            }
            receiver.onReadable(tasks::add, () -> runs[0]++);
            sender.close();
            runNext();
            assertEquals(0, receiver.poll((memory, offset, length) -> {}, 1));
            assertTrue(receiver.isEndOfStream());
        }
    }

    @Test
    void aMessageThatIsThereAlreadyRunsTheTask() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            sender.send(new byte[1]);
            receiver.onReadable(tasks::add, () -> {});
            runNext();
            assertEquals(1, receiver.tryReceive().length);
        }
    }

    /** Drains and calls again, as the Javadoc says: each message but the first races that call. */
    private static final class Loop {
        final CompletableFuture<Long> sum = new CompletableFuture<>();
        private final PipeReceiver receiver;
        private final Executor executor;
        private long count;

        Loop(PipeReceiver receiver, Executor executor) {
            this.receiver = receiver;
            this.executor = executor;
        }

        void onReadable() {
            while (receiver.poll((memory, offset, length) -> count++, 64) > 0) {}
            if (receiver.isEndOfStream()) {
                sum.complete(count);
            } else {
                receiver.onReadable(executor, this::onReadable);
            }
        }
    }

    @Test
    void noMessageIsMissedBetweenThePollAndTheCall() throws Exception {
        int messages = Proof.size(5_000, 200_000);
        try (ExecutorService executor = Executors.newFixedThreadPool(2);
                Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                Pipe back = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeReceiver receiver = pipe.receiver();
                PipeReceiver unused = back.receiver()) {
            PipeSender sender = pipe.sender();
            Loop loop = new Loop(receiver, executor);
            receiver.onReadable(executor, loop::onReadable);
            for (int i = 0; i < messages; i++) {
                sender.send(new byte[8]);
                for (int spins = i % 512; spins > 0; spins--) {
                    Thread.onSpinWait();
                }
            }
            sender.close();
            assertEquals(messages, loop.sum.get(LIMIT_SECONDS, TimeUnit.SECONDS));
            assertFalse(unused.isEndOfStream());
        }
    }

    @Test
    void aCloseByAnotherThreadRunsTheTask() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeSender sender = pipe.sender()) {
            PipeReceiver receiver = pipe.receiver();
            receiver.onReadable(tasks::add, () -> {});
            receiver.close();
            runNext();
            assertThrows(IllegalStateException.class, receiver::tryReceive);
            assertThrows(
                    IllegalStateException.class, () -> receiver.onReadable(tasks::add, () -> {}));
            assertTrue(sender.maxMessageLength() > 0);
        }
    }

    @Test
    void theDeathOfTheSenderRunsTheTask(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("pipe");
        try (Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096).senders(1));
                ChildJvm child = ChildJvm.start(SelectPipesTest.ChildSenderOfOne.class, path);
                PipeReceiver receiver = pipe.receiver()) {
            child.expectLine("sent");
            assertEquals(42, receiver.receive().length);
            receiver.onReadable(tasks::add, () -> {});
            child.kill();
            runNext();
            assertEquals(0, receiver.poll((memory, offset, length) -> {}, 1));
            assertTrue(receiver.isEndOfStream());
        }
    }
}
