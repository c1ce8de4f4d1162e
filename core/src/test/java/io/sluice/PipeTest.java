package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.agrona.concurrent.IdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** The semantics of a pipe, both ends in one process. */
@Timeout(60)
class PipeTest extends OnePipe {
    private static final MessageHandler IGNORE = (memory, offset, length) -> {};

    @Test
    void messagesArriveInOrder() throws Exception {
        sender.send(new byte[] {1});
        assertTrue(sender.trySend(new byte[] {2, 3}));
        assertTrue(sender.send(new byte[0], Duration.ofSeconds(1)));
        assertArrayEquals(new byte[] {1}, receiver.receive());
        assertArrayEquals(new byte[] {2, 3}, receiver.tryReceive());
        assertArrayEquals(new byte[0], receiver.receive(Duration.ofSeconds(1)));
        assertNull(receiver.tryReceive());
    }

    @Test
    void emptyIsNotTheEnd() throws Exception {
        assertEquals(0, receiver.poll(IGNORE, 1));
        assertNull(receiver.receive(Duration.ofMillis(5)));
        assertEquals(0, receiver.receive(IGNORE, 1, Duration.ZERO));
        assertFalse(receiver.isEndOfStream());
    }

    @Test
    void beforeTheFirstSenderHasComeTheReceiverWaits() throws Exception {
        Pipe other = Pipe.create(directory.resolve("other"), PipeSpec.bounded().senders(1));
        try (PipeReceiver early = other.receiver()) {
            assertEquals(0, early.receive(IGNORE, 1, Duration.ofMillis(20)));
            assertFalse(early.isEndOfStream());
        }
    }

    @Test
    void beforeTheFirstReceiverHasComeMessagesWait() throws Exception {
        Pipe other = Pipe.create(directory.resolve("other"), PipeSpec.bounded().senders(1));
        try (PipeSender early = other.sender()) {
            early.send(new byte[] {7});
        }
        try (PipeReceiver late = other.receiver()) {
            assertArrayEquals(new byte[] {7}, late.receive());
            assertNull(late.receive());
            assertTrue(late.isEndOfStream());
        }
    }

    @Test
    void afterTheSenderClosedTheReceiverDrainsAndThenSeesTheEnd() throws Exception {
        sender.send(new byte[] {1});
        sender.send(new byte[] {2});
        sender.close();
        assertEquals(1, receiver.receive(IGNORE, 1));
        assertFalse(receiver.isEndOfStream());
        assertEquals(1, receiver.receive(IGNORE, 5));
        assertEquals(-1, receiver.receive(IGNORE, 5));
        assertTrue(receiver.isEndOfStream());
        assertEquals(-1, receiver.receive(IGNORE, 5, Duration.ofDays(400_000)));
        assertEquals(0, receiver.poll(IGNORE, 5));
        assertNull(receiver.receive());
        assertNull(receiver.tryReceive());
    }

    @Test
    void aLaterSenderResumesThePipe() throws Exception {
        sender.send(new byte[] {1});
        sender.close();
        try (PipeSender later = Pipe.open(pipe.path()).sender()) {
            later.send(new byte[] {2});
            assertArrayEquals(new byte[] {1}, receiver.receive());
            assertArrayEquals(new byte[] {2}, receiver.receive());
            assertNull(receiver.tryReceive());
            assertFalse(receiver.isEndOfStream());
        }
        assertNull(receiver.receive());
        assertTrue(receiver.isEndOfStream());
    }

    @Test
    void afterTheReceiverClosedSendingIsBroken() {
        receiver.close();
        assertThrows(BrokenChannelException.class, () -> sender.trySend(new byte[1]));
        assertThrows(BrokenChannelException.class, () -> sender.send(new byte[1]));
        assertThrows(BrokenChannelException.class, () -> sender.send(new byte[1], Duration.ZERO));
        assertThrows(BrokenChannelException.class, () -> sender.tryClaim(1));
    }

    @Test
    void aWaitingSenderFailsWhenTheReceiverCloses() throws Exception {
        fill();
        Thread closer = Thread.ofPlatform().start(receiver::close);
        assertThrows(
                BrokenChannelException.class,
                () -> {
                    while (true) {
                        sender.send(new byte[56]);
                    }
                });
        closer.join();
    }

    @Test
    void aFullPipeRefusesWaitsAndTimesOut() throws Exception {
        fill();
        assertFalse(sender.trySend(new byte[56]));
        assertFalse(sender.send(new byte[56], Duration.ofMillis(5)));
        assertFalse(sender.send(new byte[56], Duration.ZERO));
        assertNull(sender.tryClaim(56));
        receiver.poll(IGNORE, 1);
        assertTrue(sender.send(new byte[56], Duration.ofMillis(5)));
    }

    @Test
    void interruptionEndsAWaitAndNothingHasHappened() throws Exception {
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> receiver.receive(IGNORE, 1));
        fill();
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, () -> sender.send(new byte[56]));
        assertFalse(Thread.interrupted());
        int count = 0;
        int n;
        while ((n = receiver.poll(IGNORE, 1000)) > 0) {
            count += n;
        }
        assertEquals(4096 / 64 - 1, count);
    }

    @Test
    void aClaimIsWrittenInPlace() {
        Claim claim = sender.tryClaim(20);
        assertNotNull(claim);
        assertEquals(20, claim.length());
        claim.putLong(0, 1L).putInt(8, 2).putBytes(12, new byte[] {0, 3, 4, 5}, 1, 3);
        claim.memory().set(ValueLayout.JAVA_BYTE, 15, (byte) 6);
        assertThrows(IndexOutOfBoundsException.class, () -> claim.putLong(13, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> claim.putInt(-1, 0));
        assertThrows(IllegalStateException.class, () -> sender.trySend(new byte[1]));
        assertThrows(IllegalStateException.class, () -> sender.tryClaim(1));
        assertEquals(0, receiver.poll(IGNORE, 1));
        claim.commit();
        assertThrows(IllegalStateException.class, claim::commit);
        assertThrows(IllegalStateException.class, claim::abort);
        assertThrows(IllegalStateException.class, () -> claim.putInt(0, 0));
        byte[] received = receiver.tryReceive();
        assertEquals(1, received[0]);
        assertEquals(2, received[8]);
        assertEquals(3, received[12]);
        assertEquals(6, received[15]);
        sender.tryClaim(8).abort();
        assertNull(receiver.tryReceive());
        assertTrue(sender.trySend(new byte[] {9}));
        assertArrayEquals(new byte[] {9}, receiver.tryReceive());
    }

    @Test
    void closingAbortsAClaimAndItCannotBeCommittedAfterwards() throws Exception {
        Claim claim = sender.tryClaim(8);
        sender.close();
        assertThrows(IllegalStateException.class, claim::commit);
        assertThrows(IllegalStateException.class, () -> sender.trySend(new byte[1]));
        assertNull(receiver.receive());
        assertTrue(receiver.isEndOfStream());
    }

    @Test
    void theLongestMessageIsTheCapacityLessTwoWords() {
        assertEquals(4096 - 16, pipe.maxMessageLength());
        assertTrue(sender.trySend(new byte[pipe.maxMessageLength()]));
        assertEquals(pipe.maxMessageLength(), receiver.tryReceive().length);
        IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> sender.trySend(new byte[pipe.maxMessageLength() + 1]));
        assertTrue(e.getMessage().contains("4081 bytes"), e.getMessage());
        assertTrue(e.getMessage().contains("0..4080"), e.getMessage());
    }

    @Test
    void argumentsOutOfRangeAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> receiver.poll(IGNORE, -1));
        assertThrows(IllegalArgumentException.class, () -> receiver.receive(IGNORE, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> sender.trySend(new byte[4], 1, 4));
        assertThrows(IllegalArgumentException.class, () -> sender.trySend(new byte[4], 0, -1));
        assertThrows(IllegalArgumentException.class, () -> PipeSpec.bounded(0).senders(1));
        assertThrows(
                IllegalArgumentException.class, () -> PipeSpec.bounded((1 << 30) + 1).senders(1));
        assertThrows(NullPointerException.class, () -> pipe.sender((IdleStrategy) null));
        assertThrows(NullPointerException.class, () -> pipe.sender((EndOptions) null));
        assertThrows(NullPointerException.class, () -> pipe.receiver((EndOptions) null));
        assertNull(receiver.tryReceive());
    }

    @Test
    void aClosedEndCanDoNothing() {
        sender.trySend(new byte[1]);
        receiver.close();
        receiver.close();
        assertThrows(IllegalStateException.class, () -> receiver.poll(IGNORE, 1));
        assertThrows(IllegalStateException.class, receiver::tryReceive);
        sender.close();
        sender.close();
        assertThrows(IllegalStateException.class, () -> sender.trySend(new byte[1]));
        assertThrows(IllegalStateException.class, () -> sender.send(new byte[1]));
        assertThrows(IllegalStateException.class, () -> sender.tryClaim(1));
        assertTrue(sender.toString().contains("closed"));
    }

    @Test
    void aSecondEndIsRefusedAndTakesNothingFromTheFirst() throws Exception {
        IllegalStateException e = assertThrows(IllegalStateException.class, pipe::sender);
        assertTrue(e.getMessage().contains("has its sender already"), e.getMessage());
        assertThrows(IllegalStateException.class, pipe::receiver);
        sender.send(new byte[] {5});
        assertArrayEquals(new byte[] {5}, receiver.receive());
    }

    @Test
    void aNameIsTakenOnce() {
        assertThrows(
                FileAlreadyExistsException.class,
                () -> Pipe.create(pipe.path(), PipeSpec.bounded().senders(1)));
    }

    /** What is missing or in the way is named, with what to do. */
    @Test
    void aPathThatCannotBeUsedIsNamedWithTheRemedy() throws Exception {
        PipeSpec spec = PipeSpec.bounded().senders(1);
        Path file = Files.createFile(directory.resolve("file"));
        Path parent = directory.resolve("no");
        for (Map.Entry<Executable, String> attempt :
                Map.<Executable, String>of(
                                () -> Pipe.create(pipe.path(), spec),
                                pipe.path()
                                        + ": open the pipe that is there (Pipe.open, openOrCreate)",
                                () -> Pipe.create(file, spec),
                                file + ": a file, not a pipe, has this name",
                                () -> Pipe.create(parent.resolve("pipe"), spec),
                                parent + ": the pipe is to be in this directory: make it first",
                                () -> Pipe.open(directory.resolve("none")),
                                directory.resolve("none") + ": no pipe has this name: create it")
                        .entrySet()) {
            FileSystemException e = assertThrows(FileSystemException.class, attempt.getKey());
            assertTrue(e.getMessage().startsWith(attempt.getValue()), e.getMessage());
        }
    }

    @Test
    void anUnusedNameIsNotFound() {
        assertThrows(NoSuchFileException.class, () -> Pipe.open(directory.resolve("none")));
        assertThrows(
                IOException.class,
                () -> Pipe.create(directory.resolve("none/pipe"), PipeSpec.bounded().senders(1)));
    }

    @Test
    void aDeletedPipeLeavesNothingAndItsEndsGoOn() throws Exception {
        assertTrue(Pipe.delete(pipe.path()));
        assertFalse(Pipe.delete(pipe.path()));
        try (var left = Files.list(directory)) {
            assertEquals(0, left.count());
        }
        sender.send(new byte[] {1});
        assertArrayEquals(new byte[] {1}, receiver.receive());
        assertThrows(NoSuchFileException.class, pipe::sender);
    }

    @Test
    void capacityIsRoundedUp() throws Exception {
        assertEquals(4096, pipe.capacity());
        Pipe other = Pipe.create(directory.resolve("other"), PipeSpec.bounded(70_000).senders(1));
        assertEquals(131_072, other.capacity());
        assertEquals(131_072, Pipe.open(other.path()).capacity());
    }
}
