package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Link;
import io.sluice.compare.transport.Payload;
import io.sluice.compare.transport.SharedWords;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens before a measurement, and the floor after it. */
@Timeout(60)
class WarmUpTest {
    @TempDir Path directory;

    /** A link whose other end answers at once, with memory that messages pass through slowly. */
    private static final class Echo implements Link {
        private final long memory;
        private long answer;

        Echo(long memory) {
            this.memory = memory;
        }

        @Override
        public void send(Payload payload, long sequence) {
            long end = System.nanoTime() + 2000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            answer = sequence;
        }

        @Override
        public void receive(Payload payload, int limit) {
            payload.accept(answer);
        }

        @Override
        public long capacity() {
            return 64;
        }

        @Override
        public long memory() {
            return memory;
        }

        @Override
        public void close() {}
    }

    /** Aeron's log is many megabytes: its first lap faults, which is no cost of a message. */
    @Test
    void messagesPassThroughAllMemoryThreeTimesBeforeTheyCount() throws IOException {
        Path file = directory.resolve("words");
        SharedWords.create(file);
        double usual = messagesBefore(file, 0);
        // Of this memory three laps are nearly twice as many messages.
        long memory = (long) (0.6 * usual * 64);
        double more = messagesBefore(file, memory);
        assertTrue(more >= 3.0 * memory / 64, more + " before it counted, usually " + usual);
    }

    /** Returns how many messages were exchanged before the measured ones. */
    private static double messagesBefore(Path words, long memory) throws IOException {
        Workload workload = Workload.of(Pattern.RTT, 64);
        Conversation talk = new Conversation(new Echo(memory), SharedWords.open(words), workload);
        ForkDurations brief = new ForkDurations(400_000_000, 1_000_000, 1);
        return new Initiator(List.of(talk), false, List.of(), brief)
                .run(Traffic.of(workload, talk, null, 0))
                .block()
                .numbers()
                .get(Numbers.WARM_UP_MESSAGES);
    }

    /** 176 of 180 forks were called unsteady, because single windows differ by more than 2 %. */
    @Test
    void noiseIsSteadyAndATrendIsNot() {
        assertFalse(Initiator.isSteady(List.of(1.0, 1.0, 1.0, 1.0, 1.0)), "too few");
        assertTrue(Initiator.isSteady(List.of(9.0, 1.0, 1.04, 0.97, 1.02, 0.6, 1.0)));
        assertFalse(Initiator.isSteady(List.of(1.0, 1.1, 1.2, 1.3, 1.4, 1.5)));
    }

    /** One line for each direction is not everywhere the cheapest way. */
    @Test
    void theFloorIsTheLeastOfItsWays() throws Exception {
        Path file = directory.resolve("floor");
        SharedWords.create(file);
        SharedWords there = SharedWords.open(file);
        CompletableFuture<Void> other =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                CacheLineFloor.respond(SharedWords.open(file));
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        CacheLineFloor.Result floor = CacheLineFloor.initiate(there);
        other.get(20, TimeUnit.SECONDS);
        assertEquals(4, floor.waysNs().size());
        double least = floor.waysNs().stream().mapToDouble(ns -> ns).min().orElseThrow();
        assertEquals(least, floor.roundTripNs());
        assertTrue(least > 0 && floor.p99Ns() >= least, floor.toString());
    }
}
