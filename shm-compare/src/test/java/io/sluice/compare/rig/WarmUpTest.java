package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.SharedWords;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens before a measurement, and the floor after it. */
@Tag("alone")
@Timeout(60)
class WarmUpTest {
    private static final int READINGS = 3;
    private static final long DEADLINE_SECONDS = 30;

    @TempDir Path directory;

    /** Aeron's log is many megabytes: its first lap faults, which is no cost of a message. */
    @Test
    void endsAreColdUntilAllMemoryIsKnownAndNothingCompiles() {
        long memory = 48 << 20;
        assertTrue(Initiator.isCold(false, 0, 3 * memory - 1, memory));
        assertFalse(Initiator.isCold(false, 0, 3 * memory, memory));
        assertTrue(Initiator.isCold(true, 0, 3 * memory, memory));
        assertTrue(Initiator.isCold(false, 17, 3 * memory, memory));
        assertFalse(
                Initiator.hasPassed(3 * memory - 1, memory), "its rate may be steady: see TRAPS");
        assertTrue(Initiator.hasPassed(3 * memory, memory));
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
        SharedWords words = words();
        together(
                () -> {
                    for (int reading = 0; reading < READINGS; reading++) {
                        CacheLineFloor.respond(words, reading);
                    }
                },
                () -> {
                    for (int reading = 0; reading < READINGS; reading++) {
                        CacheLineFloor.Result floor = CacheLineFloor.initiate(words, reading);
                        assertEquals(4, floor.waysNs().size());
                        double least =
                                floor.waysNs().stream().mapToDouble(ns -> ns).min().orElseThrow();
                        assertEquals(least, floor.roundTripNs());
                        assertTrue(least > 0, floor.toString());
                    }
                });
    }

    /** A host may move a CPU between two blocks of a fork: both had the floor of the last one. */
    @Test
    void theFloorIsMeasuredAfterEachBlock() throws Exception {
        SharedWords words = words();
        List<Workload> both =
                List.of(Workload.of(Pattern.STREAM, 64), Workload.of(Pattern.RTT, 64));
        PairPlan plan =
                new PairPlan(
                        "pipe",
                        both,
                        new Placement("two", List.of(0, 1)),
                        PairFixture.SHORT,
                        1,
                        null);
        Transport pipe = Transports.of("pipe");
        Transport.Prepared prepared = pipe.prepare(directory);
        EndTask.Place place =
                new EndTask.Place(directory.toString(), prepared.address(), List.of());
        together(
                () -> Responder.run(talk(pipe, Role.RESPONDER, place, plan), both),
                () ->
                        new Initiator(
                                        List.of(talk(pipe, Role.INITIATOR, place, plan)),
                                        new EndTask(plan, Role.INITIATOR, 0, List.of(place)))
                                .run());
        prepared.remove().run();
        assertEquals(CacheLineFloor.end(1, CacheLineFloor.WAYS), words.get(CacheLineFloor.THERE));
    }

    private static Conversation talk(
            Transport transport, Role role, EndTask.Place place, PairPlan plan) throws IOException {
        return new Conversation(
                transport.open(role, place.path(), place.address(), 64), place, plan);
    }

    private SharedWords words() throws IOException {
        Path file = directory.resolve(CacheLineFloor.FILE);
        SharedWords.create(file);
        return SharedWords.open(file);
    }

    private interface End {
        void run() throws IOException;
    }

    private static void together(End other, End one) throws Exception {
        for (FutureTask<Void> each : List.of(started(other), started(one))) {
            each.get(DEADLINE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static FutureTask<Void> started(End end) {
        FutureTask<Void> task =
                new FutureTask<>(
                        () -> {
                            end.run();
                            return null;
                        });
        Thread.ofPlatform().daemon().start(task);
        return task;
    }
}
