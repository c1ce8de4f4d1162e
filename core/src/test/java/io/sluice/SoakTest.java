package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An unbounded pipe whose receiver pauses again and again: each time the pipe's space on the disk
 * and in the address space grows, and returns to what it was. The property {@code
 * sluice.soak.seconds} is the duration of the test.
 */
class SoakTest {
    private static final long SECONDS = Proof.size("sluice.soak.seconds", 1, 4);
    private static final long QUOTA = 64 << 20;
    private static final int LENGTH = 120;
    private static final long BACKLOG = 20_000;
    private static final long RING_SPACE = PipeSpec.DEFAULT_CAPACITY + 5 * 4096;

    @TempDir private Path temporary;

    /** The space that a pipe uses. */
    private record Extent(long segments, long disk, long mappings) {
        static Extent of(Pipe pipe) throws IOException, InterruptedException {
            PipeStatistics.Lane lane = pipe.statistics().lanes().get(0);
            return new Extent(
                    lane.segments(), disk(pipe.path().resolve("lane-0")), mappings(pipe.path()));
        }

        private static long disk(Path file) throws IOException, InterruptedException {
            Process stat =
                    new ProcessBuilder("stat", "-c", "%b", file.toString())
                            .redirectErrorStream(true)
                            .start();
            String blocks = new String(stat.getInputStream().readAllBytes()).trim();
            stat.waitFor();
            return Long.parseLong(blocks) * 512;
        }

        private static long mappings(Path pipe) throws IOException {
            try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
                return lines.filter(line -> line.contains(pipe + "/")).count();
            }
        }
    }

    /** Returns how many receivers there are: one, too, in a proof, and if it is to take longer. */
    static IntStream receivers() {
        return SECONDS > 1 ? IntStream.of(1, 3) : IntStream.of(3);
    }

    @ParameterizedTest
    @MethodSource("receivers")
    void spaceRisesAndReturns(int receivers) throws Exception {
        Path memory = Path.of("/dev/shm");
        Path directory =
                Files.isWritable(memory) ? Files.createTempDirectory(memory, "soak") : temporary;
        Path path = directory.resolve("pipe");
        PipeSpec spec = PipeSpec.unbounded(QUOTA, PipeSpec.DEFAULT_CAPACITY).senders(1);
        Pipe pipe = Pipe.create(path, spec.receivers(receivers));
        try (PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            soak(pipe, sender, receiver, Math.max(1, SECONDS / 2));
        } finally {
            Pipe.delete(path);
            if (!directory.equals(temporary)) {
                Files.delete(directory);
            }
        }
    }

    private static void soak(Pipe pipe, PipeSender sender, PipeReceiver receiver, long seconds)
            throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        AtomicBoolean paused = new AtomicBoolean();
        AtomicLong sent = new AtomicLong();
        AtomicLong received = new AtomicLong();
        MessageHandler count = (memory, offset, length) -> received.lazySet(received.get() + 1);
        Thread thread =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    byte[] message = new byte[LENGTH];
                                    while (!over.get()) {
                                        if (paused.get() || sent.get() - received.get() < 500) {
                                            sent.lazySet(
                                                    sent.get() + (sender.trySend(message) ? 1 : 0));
                                        }
                                    }
                                });
        long first = Extent.of(pipe).disk;
        Extent highest = null;
        long deadline = System.nanoTime() + seconds * 1_000_000_000;
        long limit = deadline + 60_000_000_000L;
        int pauses = 0;
        try {
            while (System.nanoTime() < deadline || pauses < 2) {
                paused.set(true);
                long wanted = sent.get() + BACKLOG;
                while (sent.get() < wanted) {
                    check(limit, pipe);
                    Thread.onSpinWait();
                }
                Extent high = Extent.of(pipe);
                assertTrue(high.segments > 30, () -> "" + high);
                assertTrue(high.disk > BACKLOG * LENGTH, () -> "" + high);
                highest = high;
                paused.set(false);
                long goal = sent.get() + BACKLOG; // Then a stream without pauses.
                while (received.get() < goal) {
                    check(limit, pipe);
                    receiver.poll(count, 1000);
                }
                // Space is freed by a poll that reaches the sender's ring.
                for (Extent low = Extent.of(pipe);
                        low.segments > 3 || low.disk > first + 4 * RING_SPACE;
                        low = Extent.of(pipe)) {
                    check(limit, pipe);
                    receiver.poll(count, 1000);
                }
                pauses++;
            }
            over.set(true);
            while (thread.isAlive() || received.get() < sent.get()) {
                check(limit, pipe);
                receiver.poll(count, 1000);
            }
            receiver.poll(count, 1);
        } finally {
            over.set(true);
        }
        Extent end = Extent.of(pipe);
        System.out.printf(
                "soak: %d s, %d pauses, %,d messages: %,d bytes, up to %s, then %s%n",
                seconds, pauses, received.get(), first, highest, end);
        assertEquals(sent.get(), received.get());
        assertEquals(1, end.segments);
        assertTrue(end.disk <= first + 2 * RING_SPACE, () -> "" + end);
        assertTrue(end.mappings <= 2 * (2 + 128 * 4) + 2, () -> "" + end);
    }

    private static void check(long limit, Pipe pipe) throws IOException {
        if (System.nanoTime() > limit) {
            throw new AssertionError("it takes too long: " + pipe.statistics());
        }
    }
}
