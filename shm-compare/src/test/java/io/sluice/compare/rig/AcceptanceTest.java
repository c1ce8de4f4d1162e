package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Audit;
import io.sluice.compare.result.Cell;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Launch;
import io.sluice.compare.transport.Side;
import io.sluice.compare.transport.Transports;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tool's acceptance: it detects faults, and its counters are correct. */
@Tag("minutes")
@Timeout(120)
class AcceptanceTest {
    private static final Pairs PAIRS = new Pairs();

    private static Cell judge(Factors factors, Launch launch) {
        Environment machine =
                new Environment("c", 2, null, "none", "k", "tsc", "j", "v", "g", 0, 0, null, null);
        return new Validity(machine, null, null).judge("id", factors, List.of(launch), List.of());
    }

    private static Factors factors(String pattern, Placement place) {
        return new Factors(
                "pipe", Factors.BLOCK, pattern, 64, Factors.FULL, place.name(), place.cpus(), 0);
    }

    @Test
    void aDroppedADoubledAndADamagedMessageEachMakeTheCellInvalid() throws Exception {
        for (Fault.Kind kind : List.of(Fault.Kind.DROP, Fault.Kind.DUPLICATE, Fault.Kind.FLIP)) {
            Fault fault = new Fault(kind, Side.INITIATOR, 100, 0);
            PairLauncher.Pair pair =
                    PAIRS.launch("pipe", Workload.of(Factors.STREAM, 64), Pairs.SHORT, fault);
            Cell cell = judge(factors(Factors.STREAM, PAIRS.place()), Launches.of(0, pair));
            assertEquals(Cell.INVALID, cell.status(), kind.name());
            assertTrue(cell.flags().contains("V01"), kind + " " + cell.flags());
            assertTrue(
                    cell.reason()
                            .contains(
                                    kind == Fault.Kind.DROP
                                            ? "lost 1"
                                            : kind == Fault.Kind.DUPLICATE
                                                    ? "duplicated 1"
                                                    : "corrupted 1"),
                    cell.reason());
        }
    }

    @Tag("proof")
    @Test
    void aPauseOfTheResponderIsInTheResponseTimesAndNotInTheServiceTimes() throws Exception {
        long second = TimeUnit.SECONDS.toNanos(1);
        PairLauncher.Pair pair =
                PAIRS.launch(
                        "sluice/spin",
                        Workload.of(Factors.RTT, 64).at(1000, Factors.FIXED),
                        new Effort(second / 50, 2 * second, 0),
                        Fault.pause(second / 2, second / 2));
        Measurement measured = pair.initiator().measured();
        assertEquals(2000, measured.messages());
        // One bad sample of 2000 for the one, a quarter of all for the other.
        double service = Hdr.decode(measured.service()).getValueAtPercentile(99) / 1e6;
        double response = Hdr.decode(measured.response()).getValueAtPercentile(99) / 1e6;
        assertTrue(response > 300, response + " ms");
        assertTrue(service < 100, service + " ms");
    }

    @Tag("proof")
    @Test
    void twoSpinningEndsOnOneCpuAreOversubscribedAndKeepTheTimeLimit() throws Exception {
        int cpu = PAIRS.place().cpus().get(0);
        Placement one = new Placement(Placement.ONE_CPU, List.of(cpu, cpu));
        Effort effort = new Effort(50_000_000, 50_000_000, 1_000_000);
        PairLauncher.Pair pair =
                PAIRS.launcher()
                        .launch(
                                new PairLauncher.Order(
                                        Transports.of("pipe.hint"),
                                        Workload.of(Factors.RTT, 64),
                                        one,
                                        effort,
                                        0,
                                        null));
        long measured = pair.initiator().measured().durationNs();
        // A million of these take hours. A block ends with the chunk in which its time runs out.
        assertTrue(measured < 20 * effort.limitNs(), measured / 1_000_000 + " ms");
        Cell cell = judge(factors(Factors.RTT, one), Launches.of(0, pair));
        assertTrue(cell.flags().contains("V15"), cell.flags().toString());
    }

    @Tag("proof")
    @Test
    void anOutsideObserverCountsTheSameCalls() throws Exception {
        Optional<Auditor> auditor = Auditor.of(PAIRS.place().cpus());
        Assumptions.assumeTrue(
                auditor.isPresent(), "strace is not installed: nobody else counts system calls");
        Audit audit = auditor.get().count(Transports.of("pipe"), 5_000);
        double messages = audit.messages();
        assertTrue(messages >= 5_000, audit.toString());
        for (String call : List.of("read", "write")) {
            double perMessage = audit.systemCalls().get(call) / messages;
            assertEquals(1.00, perMessage, 0.02, audit.toString());
        }
    }
}
