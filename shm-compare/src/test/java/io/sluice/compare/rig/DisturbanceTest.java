package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.EndCountersBuilder;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.ForkBuilder;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.SystemCounters;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.result.Window;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class DisturbanceTest {
    private static final long MS = 1_000_000;

    private static Factors on(int... cpus) {
        List<Integer> both = List.of(cpus[0], cpus[1]);
        return Records.factors(
                "pipe", Waiting.BLOCK, Pattern.RTT, 64, Touch.FULL, "two-cpus", both, 0);
    }

    private static Fork fork(long stealNs, long othersNs, long switches, long delayNs) {
        return fork(stealNs, othersNs, switches, delayNs, 0);
    }

    /** A fork of 200 ms, each of whose ends used 100 ms, and its JVM's other threads some more. */
    private static Fork fork(
            long stealNs, long othersNs, long switches, long delayNs, long compilerNs) {
        EndCounters end =
                EndCountersBuilder.builder()
                        .cpuNs(100 * MS)
                        .voluntarySwitches(switches)
                        .messages(1000)
                        .runDelayNs(delayNs)
                        .migrations(0L)
                        .processCpuNs(100 * MS + compilerNs)
                        .build();
        return ForkBuilder.builder()
                .messages(1000)
                .durationNs(200 * MS)
                .ends(Map.of(Fork.INITIATOR, end, Fork.RESPONDER, end))
                .lineRoundTripNs(400)
                .system(new SystemCounters(200 * MS, stealNs, othersNs, 0L, 0L))
                .build();
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
            Fork quick = measuring(fork, 1_000_000, 100);
            Fork slow = measuring(fork, 1, 1_000_000_000);
            assertEquals(Disturbance.of(on(0, 1), quick, 2), Disturbance.of(on(0, 1), slow, 2));
            assertEquals(Disturbance.of(on(0, 1), fork, 2), Disturbance.of(on(0, 1), slow, 2));
        }
    }

    /** Returns the same with so many messages of so many nanoseconds each. */
    private static Fork measuring(Fork fork, long messages, long ns) {
        Histogram times = Conversation.histogram();
        times.recordValueWithCount(ns, messages);
        String hdr = Hdr.encode(times);
        return ForkBuilder.builder(fork)
                .messages(messages)
                .hdr(hdr)
                .meanUntimedNs(ns)
                .lineRoundTripNs(ns)
                .service(hdr)
                .response(hdr)
                .windows(List.of(new Window(0, messages, ns, (double) ns, ns)))
                .numbers(Map.of(Numbers.STEADY, messages == 1 ? 1.0 : 0))
                .build();
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
                ForkBuilder.builder(fork)
                        .n(0)
                        .hdr(null)
                        .meanUntimedNs(0)
                        .lineRoundTripNs(400)
                        .service(null)
                        .response(null)
                        .windows(null)
                        .numbers(helped)
                        .build();
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
