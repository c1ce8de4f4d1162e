package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.PipeStatistics.Participant;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What anybody can see of a pipe, without its ends. */
@Timeout(60)
class PipeStatisticsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path directory;

    private Pipe pipe(PipeSpec spec) throws Exception {
        return Pipe.create(directory.resolve("pipe"), spec);
    }

    @Test
    void aNewPipeIsEmptyAndHasNobody() throws Exception {
        PipeStatistics seen = pipe(PipeSpec.bounded()).statistics();
        assertEquals(1, seen.lanes().size());
        assertEquals(0, seen.messages() + seen.sentBytes() + seen.receivedBytes());
        assertEquals(0, seen.participants().size());
        assertEquals(0, seen.receivedBytesPerSecond(seen));
    }

    @Test
    void depthAndPositionsOfEachLane() throws Exception {
        for (int receivers = 1; receivers <= 2; receivers++) {
            Pipe pipe =
                    Pipe.create(
                            directory.resolve("pipe" + receivers),
                            PipeSpec.bounded().senders(3).receivers(receivers));
            int header = receivers == 1 ? 8 : 0;
            try (PipeSender first = pipe.sender();
                    PipeSender second = pipe.sender();
                    PipeReceiver receiver = pipe.receiver()) {
                for (int i = 0; i < 5; i++) {
                    first.send(new byte[16]);
                    second.send(new byte[32]);
                }
                PipeStatistics before = pipe.statistics();
                assertEquals(10, before.messages());
                assertEquals(2, before.lanes().size());
                assertEquals(5 * (16 + header), before.lanes().get(0).depthBytes());
                assertEquals(5 * (32 + header), before.lanes().get(1).sentBytes());
                assertEquals(7, receiver.poll((memory, offset, length) -> {}, 7));
                PipeStatistics after = Pipe.open(pipe.path()).statistics();
                assertEquals(3, after.messages());
                assertEquals(before.sentBytes(), after.sentBytes());
                assertTrue(after.receivedBytes() > before.receivedBytes());
                assertTrue(after.receivedBytesPerSecond(before) > 0);
            }
        }
    }

    @Test
    void whoIsThereAndWhoHasLeft() throws Exception {
        Pipe pipe = pipe(PipeSpec.bounded().senders(2).receivers(2));
        Instant start = Instant.now().minusSeconds(1);
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            pipe.receiver().close();
            PipeStatistics seen = pipe.statistics();
            assertEquals(3, seen.participants().size());
            Participant first = seen.participants().get(0);
            assertTrue(first.sender() && first.attached() && first.alive(), first::toString);
            assertEquals(ProcessHandle.current().pid(), first.pid());
            assertTrue(first.since().isAfter(start), first::toString);
            Participant left = seen.participants().get(2);
            assertFalse(left.sender() || left.attached() || left.alive(), left::toString);
            sender.send(new byte[1]);
            receiver.poll(
                    (memory, offset, length) -> {
                        try {
                            assertEquals(1, pipe.statistics().participants().get(1).held());
                        } catch (java.io.IOException e) {
                            throw new AssertionError(e);
                        }
                    },
                    1);
            assertEquals(0, pipe.statistics().participants().get(1).held());
        }
    }

    @Test
    void oneThatWasKilledIsAttachedAndNotAliveUntilSomebodyNotes() throws Exception {
        Pipe pipe = pipe(PipeSpec.bounded());
        try (PipeReceiver receiver = pipe.receiver();
                ChildJvm child = ChildJvm.start(PipeProcessTest.IdleSender.class, pipe.path())) {
            child.expectLine("ready");
            assertEquals(1, receiver.receive((memory, offset, length) -> {}, 1, DEADLINE));
            assertEquals(child.pid(), pipe.statistics().participants().get(0).pid());
            child.kill();
            Participant dead = pipe.statistics().participants().get(0);
            assertTrue(dead.attached() && !dead.alive(), dead::toString);
            assertEquals(-1, receiver.receive((memory, offset, length) -> {}, 1, DEADLINE));
            assertFalse(pipe.statistics().participants().get(0).attached());
        }
    }

    @Test
    void aReceiverThatSleptIsCounted() throws Exception {
        Pipe pipe = pipe(PipeSpec.bounded());
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            assertEquals(
                    0, receiver.receive((memory, offset, length) -> {}, 1, Duration.ofMillis(100)));
            Participant slept = pipe.statistics().participants().get(1);
            assertTrue(slept.sleeps() > 0 && slept.wakes() == 0, slept::toString);
            assertTrue(sender.trySend(new byte[1]));
        }
    }
}
