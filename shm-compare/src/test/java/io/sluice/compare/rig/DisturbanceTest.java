package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.SystemCounters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DisturbanceTest {
    private static final long MS = 1_000_000;

    private static Factors on(int... cpus) {
        List<Integer> both = List.of(cpus[0], cpus[1]);
        return Records.factors(
                "pipe", Factors.BLOCK, Pattern.RTT, 64, Factors.FULL, "two-cpus", both, 0);
    }

    private static Fork fork(long stealNs, long othersNs, long switches, long delayNs) {
        return fork(stealNs, othersNs, switches, delayNs, 0);
    }

    /** A fork of 200 ms, each of whose ends used 100 ms, and its JVM's other threads some more. */
    private static Fork fork(
            long stealNs, long othersNs, long switches, long delayNs, long compilerNs) {
        EndCounters end =
                new EndCounters(
                        100 * MS,
                        0,
                        0,
                        switches,
                        0,
                        0,
                        1000,
                        Map.of(),
                        0,
                        0,
                        0,
                        null,
                        0,
                        delayNs,
                        0L,
                        0,
                        0,
                        0,
                        100 * MS + compilerNs,
                        null,
                        null);
        return new Fork(
                0,
                1000,
                200 * MS,
                null,
                0,
                Map.of(Fork.INITIATOR, end, Fork.RESPONDER, end),
                400,
                null,
                null,
                new SystemCounters(200 * MS, stealNs, othersNs, 0L, 0L),
                null,
                null);
    }

    @Test
    void whatOthersTookIsADisturbanceAndATickIsNot() {
        assertEquals(Optional.empty(), Disturbance.of(on(0, 1), fork(0, 0, 0, 0), 2));
        assertEquals(Optional.empty(), Disturbance.of(on(0, 1), fork(10 * MS, 10 * MS, 0, 0), 2));
        String host = Disturbance.of(on(0, 1), fork(20 * MS, 0, 0, 0), 2).orElseThrow();
        assertTrue(host.startsWith("the host took 5.0 %"), host);
        String others = Disturbance.of(on(0, 1), fork(0, 40 * MS, 0, 0), 2).orElseThrow();
        assertTrue(others.startsWith("others used 10.0 %"), others);
    }

    /** A host that lets an idle CPU run late has that counted as stolen, at each wake-up. */
    @Test
    void whatAHostTakesAtEachWakeUpIsNoDisturbance() {
        assertTrue(Disturbance.of(on(0, 1), fork(30 * MS, 0, 99, 0), 2).isPresent());
        assertEquals(Optional.empty(), Disturbance.of(on(0, 1), fork(30 * MS, 0, 101, 0), 2));
    }

    /** Repeating what was disturbed must not select results. */
    @Test
    void theResultDoesNotMatter() {
        for (Fork fork : new Fork[] {fork(20 * MS, 0, 0, 0), fork(0, 0, 10, 1)}) {
            Fork slow =
                    new Fork(
                            fork.n(),
                            1,
                            fork.durationNs(),
                            null,
                            1e9,
                            fork.ends(),
                            1,
                            null,
                            null,
                            fork.system(),
                            null,
                            null);
            assertEquals(Disturbance.of(on(0, 1), fork, 2), Disturbance.of(on(0, 1), slow, 2));
        }
    }

    /** A blocking mechanism is in the run queue at each wake-up: that is how it works. */
    @Test
    void waitingForACpuIsADisturbanceAndBeingWokenIsNot() {
        assertEquals(Optional.empty(), Disturbance.of(on(0, 1), fork(0, 0, 1000, 15 * MS), 2));
        assertEquals(Optional.empty(), Disturbance.of(on(0, 1), fork(0, 0, 10, 9 * MS), 2));
        assertTrue(Disturbance.of(on(0, 1), fork(0, 0, 10, 15 * MS), 2).isPresent());
        assertEquals(
                Optional.empty(),
                Disturbance.of(on(1, 1), fork(0, 0, 10, 15 * MS), 2),
                "ends that share a CPU wait for each other");
    }

    /** Aeron's media driver runs on the ends' CPUs: that is how the mechanism works. */
    @Test
    void anEndThatWaitsForAHelperOfItsMechanismWasNotDisturbed() {
        Fork fork = fork(0, 0, 0, 30 * MS);
        Map<String, Double> helped = Map.of(Numbers.HELPER_CPU_NS, 25.0 * MS);
        Fork withDriver =
                new Fork(
                        0,
                        fork.messages(),
                        fork.durationNs(),
                        null,
                        0,
                        fork.ends(),
                        400,
                        null,
                        null,
                        fork.system(),
                        null,
                        helped);
        assertTrue(Disturbance.of(on(0, 1), fork, 2).isPresent());
        assertEquals(Optional.empty(), Disturbance.of(on(0, 1), withDriver, 2));
    }

    /** The compilers of both ends run on the ends' CPUs, and are not others. */
    @Test
    void anEndThatWaitsForItsOwnCompilerWasNotDisturbed() {
        assertTrue(Disturbance.of(on(0, 1), fork(0, 0, 0, 30 * MS), 2).isPresent());
        assertEquals(
                Optional.empty(), Disturbance.of(on(0, 1), fork(0, 0, 0, 30 * MS, 10 * MS), 2));
        assertTrue(Disturbance.of(on(0, 1), fork(0, 0, 0, 31 * MS, 10 * MS), 2).isPresent());
        assertEquals(
                Optional.empty(), Disturbance.of(on(0, 1), fork(0, 40 * MS, 0, 0, 10 * MS), 2));
        assertTrue(Disturbance.of(on(0, 1), fork(0, 50 * MS, 0, 0, 10 * MS), 2).isPresent());
    }
}
