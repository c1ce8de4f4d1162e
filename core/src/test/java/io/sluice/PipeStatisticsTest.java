package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.PipeStatistics.Participant;
import io.sluice.memory.RingMemory;
import io.sluice.pipe.PipeHandle;
import io.sluice.pipe.storage.HeapStorage;
import io.sluice.pipe.storage.PipeLayout.Feature;
import io.sluice.ring.BackingMemory;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The statistics of a pipe, read without its ends. */
@Timeout(60)
class PipeStatisticsTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path directory;

    private Pipe pipe(PipeSpec spec) throws Exception {
        return Pipe.create(directory.resolve("pipe"), spec);
    }

    @Test
    void aNewPipeIsEmptyAndHasNoParticipants() throws Exception {
        PipeStatistics seen = pipe(PipeSpec.bounded().senders(1)).statistics();
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
    void attachedAndDetachedParticipants() throws Exception {
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
                            assertEquals(1, pipe.statistics().participants().get(1).inFlight());
                        } catch (java.io.IOException e) {
                            throw new AssertionError(e);
                        }
                    },
                    1);
            assertEquals(0, pipe.statistics().participants().get(1).inFlight());
        }
    }

    @Test
    void aKilledParticipantIsAttachedAndNotAliveUntilItIsReaped() throws Exception {
        Pipe pipe = pipe(PipeSpec.bounded().senders(1));
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
        Pipe pipe = pipe(PipeSpec.bounded().senders(1));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            assertEquals(
                    0, receiver.receive((memory, offset, length) -> {}, 1, Duration.ofMillis(100)));
            Participant slept = pipe.statistics().participants().get(1);
            assertTrue(slept.waits() > 0 && slept.wakeups() == 0, slept::toString);
            assertTrue(sender.trySend(new byte[1]));
        }
    }

    static List<Arguments> farOn() {
        PipeSpec grows = PipeSpec.unbounded(1 << 16, 4096).senders(1);
        List<PipeSpec> specs =
                List.of(
                        PipeSpec.bounded(4096).senders(1),
                        PipeSpec.bounded(4096).senders(1).receivers(2),
                        grows,
                        grows.receivers(2),
                        grows.overflow(OverflowPolicy.DROP_OLDEST),
                        PipeSpec.rendezvous(64).senders(1));
        return specs.stream()
                .flatMap(
                        spec ->
                                Stream.of((1L << 34) - 800, (1L << 35) - 800, (1L << 36) + 800)
                                        .map(position -> Arguments.of(spec, position)))
                .toList();
    }

    /** Words hold 32 bits of a position; the statistics report all its bits. */
    @ParameterizedTest
    @MethodSource
    void farOn(PipeSpec spec, long position) throws Exception {
        HeapStorage storage = new HeapStorage(spec.parameters().layout());
        Pipe pipe = new Pipe(new PipeHandle(storage));
        RingMemory file = storage.openLane(0);
        boolean holds = !spec.parameters().features().contains(Feature.RENDEZVOUS);
        BackingMemory.moveTo(
                file.segments() == null ? file.control() : file.segments().map(0).control(),
                file.segments() == null ? file.slotStates() : file.segments().map(0).slotStates(),
                position);
        List<AutoCloseable> dead = new ArrayList<>();
        for (int life = 0; life < 2; life++) {
            PipeSender sender = pipe.sender();
            PipeReceiver receiver = pipe.receiver();
            for (int i = 0; i < 100; i++) {
                long before = pipe.statistics().sentBytes();
                assertTrue(before >= position, pipe.statistics()::toString);
                if (holds) {
                    assertTrue(sender.trySend(new byte[16]));
                    assertTrue(sender.trySend(new byte[16]));
                    check(pipe.statistics(), before, 2);
                    assertEquals(16, receiver.tryReceive().length);
                    check(pipe.statistics(), before, 1);
                    assertEquals(16, receiver.tryReceive().length);
                    check(pipe.statistics(), before, 0);
                }
            }
            if (life == 0) { // The next ends continue where these died.
                storage.kill(0);
                storage.kill(1);
                // Kept reachable, or the collector would close them in their successors' places.
                dead.addAll(List.of(sender, receiver));
            }
        }
        Reference.reachabilityFence(dead);
    }

    private static void check(PipeStatistics seen, long before, int waiting) {
        int each = (int) (seen.sentBytes() - before) / 2;
        assertTrue(each == 16 || each == 24, seen::toString);
        assertEquals(waiting, seen.messages());
        assertEquals(waiting * each, seen.lanes().get(0).depthBytes());
        assertEquals(seen.sentBytes() - waiting * each, seen.receivedBytes());
    }
}
