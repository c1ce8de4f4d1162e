package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

    /** Aeron's log is many megabytes: its first lap faults, which is no cost of a message. */
    @Test
    void endsAreColdUntilAllMemoryIsKnownAndNothingCompiles() {
        long memory = 48 << 20;
        assertTrue(Initiator.isCold(false, 0, 3 * memory - 1, memory));
        assertFalse(Initiator.isCold(false, 0, 3 * memory, memory));
        assertTrue(Initiator.isCold(true, 0, 3 * memory, memory));
        assertTrue(Initiator.isCold(false, 17, 3 * memory, memory));
    }

    /** 176 of 180 forks were called unsteady, because single windows differ by more than 2 %. */
    @Test
    void noiseIsSteadyAndATrendIsNot() {
        assertFalse(Initiator.isSteady(List.of(1.0, 1.0, 1.0, 1.0, 1.0)), "too few");
        assertTrue(Initiator.isSteady(List.of(9.0, 1.0, 1.04, 0.97, 1.02, 0.6, 1.0)));
        assertFalse(Initiator.isSteady(List.of(1.0, 1.1, 1.2, 1.3, 1.4, 1.5)));
    }

    /** The first frequency of an end was a third of the next: its code was not compiled yet. */
    @Test
    void theFrequencyIsReadUntilNoReadingIsShorter() throws Exception {
        int[] readings = {0};
        int slow = Ghz.AGREEING - 1;
        assertEquals(10, Ghz.shortest(() -> ++readings[0] <= slow ? 30 : 10));
        assertEquals(slow + 1 + Ghz.AGREEING, readings[0]);
        String waits = Ghz.class.getDeclaredMethod("readingNs").getName() + ",false";
        assertTrue(PairLauncher.FLAGS.toString().contains("Ghz::" + waits));
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
        assertTrue(least > 0, floor.toString());
    }
}
