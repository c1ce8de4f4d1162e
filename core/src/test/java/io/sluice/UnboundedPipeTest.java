package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only an unbounded pipe does: it grows, shrinks, and has a quota. */
class UnboundedPipeTest {
    private static final int RING = 4096;
    private static final int MANY = Proof.size(20_000, 100_000);
    private static final long QUOTA = 1 << 20;

    @TempDir private Path directory;
    private Path path;

    @BeforeEach
    void path() {
        path = directory.resolve("pipe");
    }

    /** The kind of ring and the ends of a pipe. */
    enum UnboundedPipeKind {
        ONE_RECEIVER,
        MANY_RECEIVERS,
        MANY_SENDERS,
        MANY_TO_MANY,
        ARRIVAL;

        PipeSpec spec(long quota) {
            PipeSpec spec = PipeSpec.unbounded(quota, RING).senders(1);
            switch (this) {
                case MANY_RECEIVERS:
                    return spec.receivers(3);
                case MANY_SENDERS:
                    return spec.senders(3);
                case MANY_TO_MANY:
                    return spec.senders(3).receivers(3);
                case ARRIVAL:
                    return spec.senders(3).order(Order.ARRIVAL);
                default:
                    return spec;
            }
        }
    }

    private static byte[] message(long number) {
        byte[] bytes = new byte[24];
        MemorySegment.ofArray(bytes).set(ValueLayout.JAVA_LONG_UNALIGNED, 0, number);
        return bytes;
    }

    private static long number(byte[] message) {
        return MemorySegment.ofArray(message).get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
    }

    /** Sends until the pipe is full; returns the next number. */
    private static long fill(PipeSender sender, long from) {
        long number = from;
        while (sender.trySend(message(number))) {
            number++;
        }
        return number;
    }

    private static void drain(PipeReceiver receiver, long from, long to) {
        for (long number = from; number < to; number++) {
            byte[] message = receiver.tryReceive();
            assertTrue(message != null, "no message " + number);
            assertEquals(number, number(message));
        }
    }

    private static PipeStatistics.Lane lane(Pipe pipe) throws IOException {
        return pipe.statistics().lanes().get(0);
    }

    @ParameterizedTest
    @EnumSource
    void growsToItsQuotaAndShrinksAgain(UnboundedPipeKind unboundedPipeKind) throws IOException {
        Pipe pipe = Pipe.create(path, unboundedPipeKind.spec(QUOTA));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            long sent = 0;
            for (int round = 0; round < Proof.size(2, 5); round++) {
                long first = sent;
                sent = fill(sender, sent);
                PipeStatistics.Lane full = lane(pipe);
                assertTrue(sent - first > QUOTA / 200, () -> "" + full);
                assertTrue(full.segments() == QUOTA / ring(unboundedPipeKind), () -> "" + full);
                assertTrue(full.allocatedBytes() <= QUOTA, () -> "" + full);
                assertEquals(sent - first, full.messages());
                drain(receiver, first, sent);
                assertNull(receiver.tryReceive());
                PipeStatistics.Lane empty = lane(pipe);
                assertEquals(1, empty.segments(), () -> "" + empty);
                assertEquals(3 * ring(unboundedPipeKind), empty.allocatedBytes());
                assertEquals(0, empty.messages());
            }
        }
    }

    private static long ring(UnboundedPipeKind unboundedPipeKind) {
        return unboundedPipeKind.spec(QUOTA).parameters().layout().ringLength();
    }

    @ParameterizedTest
    @EnumSource
    void aBacklogThatStaysTheSameTakesNoMoreSpace(UnboundedPipeKind unboundedPipeKind)
            throws IOException {
        Pipe pipe = Pipe.create(path, unboundedPipeKind.spec(QUOTA));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            long sent = 0;
            for (; sent < 400; sent++) {
                assertTrue(sender.trySend(message(sent)));
            }
            for (long i = 0; i < MANY; i++, sent++) {
                assertTrue(sender.trySend(message(sent)));
                assertEquals(i, number(receiver.tryReceive()));
            }
            PipeStatistics.Lane lane = lane(pipe);
            assertTrue(
                    lane.allocatedBytes() / ring(unboundedPipeKind) <= lane.segments() + 2,
                    () -> "" + lane);
        }
    }

    /** Even if the receiver never finds the pipe empty. */
    @ParameterizedTest
    @EnumSource(names = {"ONE_RECEIVER", "MANY_RECEIVERS", "MANY_SENDERS", "MANY_TO_MANY"})
    void givesSpaceBackWhenTheBacklogIsGone(UnboundedPipeKind unboundedPipeKind)
            throws IOException {
        Pipe pipe = Pipe.create(path, unboundedPipeKind.spec(QUOTA));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            long sent = fill(sender, 0);
            drain(receiver, 0, sent - 1);
            for (long number = sent - 1; number < sent + 1000; number++) {
                assertTrue(sender.trySend(message(number + 1)));
                drain(receiver, number, number + 1);
            }
            PipeStatistics.Lane lane = lane(pipe);
            assertTrue(lane.allocatedBytes() <= 4 * ring(unboundedPipeKind), () -> "" + lane);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theNextSenderAndTheNextReceiverGoOn(UnboundedPipeKind unboundedPipeKind)
            throws IOException {
        Pipe pipe = Pipe.create(path, unboundedPipeKind.spec(QUOTA).retainWithoutReceivers(true));
        long sent = 0;
        long received = 0;
        for (int round = 0; round < 20; round++) {
            try (PipeSender sender = pipe.sender()) {
                for (int i = 0; i < 1000; i++) {
                    assertTrue(sender.trySend(message(sent++)));
                }
            }
            try (PipeReceiver receiver = pipe.receiver()) {
                drain(receiver, received, received + 990);
                received += 990;
            }
        }
        try (PipeReceiver receiver = pipe.receiver()) {
            drain(receiver, received, sent);
            assertNull(receiver.tryReceive());
            assertTrue(receiver.isEndOfStream());
        }
    }

    @Test
    void anAnonymousPipeGrowsToo() throws IOException {
        Pipe pipe = Pipe.anonymous(PipeSpec.unbounded(QUOTA, RING).senders(1));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            long sent = fill(sender, 0);
            drain(receiver, 0, sent);
            assertEquals(1, lane(pipe).segments());
        }
    }

    @Test
    void growsAfterItWasDeleted() throws IOException {
        Pipe pipe = Pipe.create(path, PipeSpec.unbounded(QUOTA, RING).senders(1));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            assertTrue(Pipe.delete(path));
            long sent = fill(sender, 0);
            assertTrue(sent > 1000);
            drain(receiver, 0, sent);
        }
    }

    @Test
    void atItsQuotaASendWaitsForRoom() throws Exception {
        Pipe pipe = Pipe.create(path, PipeSpec.unbounded(2 * (4096 + RING), RING).senders(1));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            long sent = fill(sender, 0);
            assertFalse(sender.send(message(sent), Duration.ofMillis(1)));
            Thread draining = new Thread(() -> drain(receiver, 0, sent));
            draining.start();
            sender.send(message(sent));
            draining.join();
            drain(receiver, sent, sent + 1);
        }
    }

    @Test
    void failsAtItsQuotaIfConfigured() throws Exception {
        Pipe pipe =
                Pipe.create(
                        path,
                        PipeSpec.unbounded(2 * (4096 + RING), RING)
                                .senders(1)
                                .overflow(OverflowPolicy.FAIL));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            long sent = fill(sender, 0);
            QuotaExceededException thrown =
                    assertThrows(QuotaExceededException.class, () -> sender.send(message(sent)));
            assertTrue(thrown.getMessage().contains("quota of 16384"), thrown.getMessage());
            assertThrows(QuotaExceededException.class, () -> sender.claim(24));
            drain(receiver, 0, sent);
            sender.send(message(sent));
            drain(receiver, sent, sent + 1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"ONE_RECEIVER", "MANY_RECEIVERS", "MANY_TO_MANY"})
    void dropsTheOldestIfConfigured(UnboundedPipeKind unboundedPipeKind) throws Exception {
        Pipe pipe =
                Pipe.create(
                        path, unboundedPipeKind.spec(QUOTA).overflow(OverflowPolicy.DROP_OLDEST));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            long sent = MANY;
            for (long i = 0; i < sent; i++) {
                assertTrue(sender.trySend(message(i)));
            }
            long dropped = lane(pipe).dropped();
            assertTrue(dropped > MANY / 2 && dropped < sent, () -> dropped + " dropped");
            drain(receiver, dropped, sent);
            assertNull(receiver.tryReceive());
        }
    }

    /** As with a busy receiver or a paused process. */
    @ParameterizedTest
    @EnumSource(names = {"ONE_RECEIVER", "MANY_RECEIVERS", "MANY_TO_MANY"})
    void dropsTheOldestWhileAMessageIsBeingHandled(UnboundedPipeKind unboundedPipeKind)
            throws Exception {
        Pipe pipe =
                Pipe.create(
                        path, unboundedPipeKind.spec(QUOTA).overflow(OverflowPolicy.DROP_OLDEST));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            long sent = MANY;
            assertTrue(sender.trySend(message(0)));
            receiver.poll(
                    (m, offset, length) -> {
                        for (long i = 1; i < sent; i++) {
                            assertTrue(sender.trySend(message(i)), pipe::toString);
                        }
                        assertEquals(0, m.get(ValueLayout.JAVA_LONG_UNALIGNED, offset));
                    },
                    1);
            long dropped = lane(pipe).dropped();
            assertTrue(dropped > MANY / 2 && dropped < sent - 1, () -> dropped + " dropped");
            drain(receiver, dropped + 1, sent);
            assertNull(receiver.tryReceive());
        }
    }

    @Test
    void aFullDiskIsAnExceptionAndWhatWasSentIsThere() throws Exception {
        try (SmallFileSystem disk = SmallFileSystem.mount(directory.resolve("disk"), 256 << 10)) {
            Pipe pipe =
                    Pipe.create(
                            disk.path().resolve("pipe"),
                            PipeSpec.unbounded(QUOTA, RING).senders(1));
            try (PipeSender sender = pipe.sender();
                    PipeReceiver receiver = pipe.receiver()) {
                long[] sent = new long[1];
                java.io.UncheckedIOException full =
                        assertThrows(
                                java.io.UncheckedIOException.class,
                                () -> sent[0] = fillCounting(sender, sent));
                assertTrue(full.getMessage().contains("no space for"), full.getMessage());
                assertThrows(
                        java.io.UncheckedIOException.class, () -> sender.send(message(sent[0])));
                drain(receiver, 0, sent[0]);
                assertTrue(sender.trySend(message(sent[0])));
                drain(receiver, sent[0], sent[0] + 1);
            }
        }
    }

    private static long fillCounting(PipeSender sender, long[] sent) {
        while (sender.trySend(message(sent[0]))) {
            sent[0]++;
        }
        return sent[0];
    }

    @Test
    void aQuotaThatIsTooSmallOrTooLargeIsRefused() {
        for (long quota : new long[] {Long.MIN_VALUE, -1, 0, 1, 8192}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> PipeSpec.unbounded(quota, RING).senders(1));
            assertThrows(
                    IllegalArgumentException.class, () -> PipeSpec.unbounded(quota).senders(1));
        }
        assertThrows(
                IllegalArgumentException.class,
                () -> PipeSpec.unbounded(1L << 40, RING).senders(1));
        assertThrows(
                IllegalArgumentException.class,
                () -> PipeSpec.bounded().senders(1).overflow(OverflowPolicy.DROP_OLDEST));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        PipeSpec.unbounded(QUOTA)
                                .senders(1)
                                .overflow(OverflowPolicy.DROP_OLDEST)
                                .order(Order.ARRIVAL));
    }

    @Test
    void aPolicyThatAPipeCannotHaveIsRefusedByName() {
        for (OverflowPolicy policy : OverflowPolicy.values()) {
            for (PipeSpec spec :
                    new PipeSpec[] {
                        PipeSpec.bounded().senders(1),
                        PipeSpec.rendezvous().senders(1),
                        PipeSpec.unbounded(QUOTA).senders(1)
                    }) {
                boolean grows = spec.toString().contains("unbounded");
                boolean possible =
                        policy == OverflowPolicy.BLOCK
                                || grows
                                        && policy != OverflowPolicy.DROP_NEWEST
                                        && policy != OverflowPolicy.CONFLATE;
                if (possible) {
                    spec.overflow(policy);
                } else {
                    String message =
                            assertThrows(
                                            IllegalArgumentException.class,
                                            () -> spec.overflow(policy))
                                    .getMessage();
                    assertTrue(message.contains("overflow=" + policy), message);
                    assertTrue(message.contains("BLOCK"), message);
                }
            }
        }
    }

    @Test
    void theFilesAreAsLongAsTheQuotaAndTakeLess() throws IOException {
        Pipe.create(path, PipeSpec.unbounded(QUOTA, RING).senders(1));
        Path lane = path.resolve("lane-0");
        long blocks = ((Number) Files.getAttribute(lane, "unix:size")).longValue();
        assertTrue(blocks > QUOTA / 2, () -> blocks + " bytes");
    }
}
