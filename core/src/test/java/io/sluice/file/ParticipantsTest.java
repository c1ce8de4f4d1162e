package io.sluice.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.os.CallCounter;
import io.sluice.os.Descriptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is attached, who has closed, who is dead, and who takes over. */
@Timeout(60)
class ParticipantsTest {
    private static final int SENDER = 0;
    private static final int RECEIVER = 1;
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path directory;
    private PipeFiles files;

    @BeforeEach
    void create() throws IOException {
        files = PipeFiles.create(directory.resolve("pipe"), 1 << 16);
    }

    private long state(int participant) throws IOException {
        ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        try (FileChannel meta = FileChannel.open(files.path().resolve(PipeFiles.META))) {
            meta.read(word, MetaDescriptor.participantOffset(participant));
        }
        return word.getLong(0);
    }

    /** As a process that died leaves it: attached, and no lock. */
    private void die(int participant) throws IOException {
        ByteBuffer word = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        word.putLong(0, Participants.ATTACHED);
        Path meta = files.path().resolve(PipeFiles.META);
        try (FileChannel channel = FileChannel.open(meta, StandardOpenOption.WRITE)) {
            channel.write(word, MetaDescriptor.participantOffset(participant));
        }
    }

    @Test
    void whoHasNeverBeenThereHasNotLeft() throws IOException {
        try (Participants receiver = files.attach(RECEIVER)) {
            assertFalse(receiver.hasLeft(SENDER));
            assertFalse(receiver.findLeft(SENDER));
            assertEquals(0, receiver.pid(SENDER));
            assertEquals(Participants.VACANT, state(SENDER));
        }
    }

    @Test
    void whoLivesHasNotLeftAndWhoHasClosedHas() throws IOException {
        try (Participants receiver = files.attach(RECEIVER)) {
            Participants sender = files.attach(SENDER);
            assertFalse(receiver.findLeft(SENDER));
            assertEquals(ProcessHandle.current().pid(), receiver.pid(SENDER));
            sender.close();
            assertTrue(receiver.hasLeft(SENDER));
            assertTrue(receiver.findLeft(SENDER));
            assertEquals(Participants.CLOSED, state(SENDER));
            files.attach(SENDER).close(); // The lock is free again.
        }
    }

    @Test
    void whoDiedIsNotedByWhoeverAsksTheKernel() throws IOException {
        try (Participants receiver = files.attach(RECEIVER)) {
            die(SENDER);
            assertFalse(receiver.hasLeft(SENDER), "nobody has asked yet");
            assertTrue(receiver.findLeft(SENDER));
            assertTrue(receiver.hasLeft(SENDER));
            assertEquals(Participants.DEAD, state(SENDER));
            try (Participants next = files.attach(SENDER)) {
                assertFalse(receiver.hasLeft(SENDER));
                assertFalse(receiver.findLeft(SENDER));
                assertFalse(next.hasLeft(RECEIVER));
            }
        }
    }

    @Test
    void aSecondEndIsRefused() throws IOException {
        try (Participants sender = files.attach(SENDER)) {
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> files.attach(SENDER));
            assertTrue(e.getMessage().contains("has its sender already"), e.getMessage());
            assertFalse(sender.hasLeft(RECEIVER));
        }
    }

    /** Noting a death takes the dead end's lock for a moment; the next end may come just then. */
    @Test
    void anEndAttachesThoughAnotherJustNowNotesTheDeathOfTheLast() throws Exception {
        int attached = 0;
        for (int round = 0; round < 20 && attached == 0; round++) {
            die(SENDER);
            try (Descriptor undertaker = Descriptor.open(files.path().resolve(PipeFiles.LOCKS))) {
                assertTrue(undertaker.tryLock(SENDER));
                long before = CallCounter.snapshot().get("fcntl");
                FutureTask<Participants> next = new FutureTask<>(() -> files.attach(SENDER));
                Thread thread = Thread.ofPlatform().start(next);
                while (CallCounter.snapshot().get("fcntl") == before && thread.isAlive()) {
                    Thread.onSpinWait();
                }
                undertaker.unlock(SENDER); // It was refused once at least.
                assertTrue(thread.join(DEADLINE), thread::toString);
                if (next.state() == FutureTask.State.SUCCESS) { // Else this thread was too slow.
                    next.resultNow().close();
                    attached++;
                }
            }
        }
        assertEquals(1, attached, "each time the end was taken for a second one");
    }

    /**
     * An end says that it closes before it gives its lock back, not after: then another is there.
     */
    @Test
    void anEndThatTakesOverAtOnceIsNeverTakenForTheOneThatClosed() throws Exception {
        try (Participants receiver = files.attach(RECEIVER)) {
            AtomicInteger mistaken = new AtomicInteger();
            Thread[] threads = new Thread[2];
            for (int i = 0; i < threads.length; i++) {
                threads[i] =
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            for (int round = 0; round < 3_000; round++) {
                                                takeOver(receiver, mistaken);
                                            }
                                        });
            }
            for (Thread thread : threads) {
                assertTrue(thread.join(DEADLINE), thread::toString);
            }
            assertEquals(0, mistaken.get());
        }
    }

    private void takeOver(Participants receiver, AtomicInteger mistaken) {
        try (Participants sender = files.attach(SENDER)) {
            for (int look = 0; look < 1_000; look++) {
                if (receiver.hasLeft(SENDER)) {
                    mistaken.incrementAndGet();
                    return;
                }
            }
            assertFalse(sender.hasLeft(RECEIVER));
        } catch (IllegalStateException e) {
            Thread.onSpinWait(); // The other thread has been there for long.
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
