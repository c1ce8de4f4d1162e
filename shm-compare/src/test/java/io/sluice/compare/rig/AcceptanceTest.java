package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import io.sluice.compare.result.Audit;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.transport.PackedClassPath;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.Transports;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tool's acceptance: it detects faults, and its counters are correct. */
@Timeout(120)
class AcceptanceTest {
    private static final PairFixture PAIRS = new PairFixture();

    @BeforeAll
    static void pack() {
        PackedClassPath.use();
    }

    private static Measurement evaluate(Factors factors, Fork fork) {
        Environment machine =
                Records.environment(
                        "c", 2, null, "none", "k", "tsc", "j", "v", "g", 0, 0, null, null);
        return new Validity(machine, null, null)
                .evaluate("id", factors, List.of(fork), List.of(), List.of());
    }

    private static Factors factors(Pattern pattern, Placement place) {
        return Records.factors(
                "pipe", Waiting.BLOCK, pattern, 64, Touch.FULL, place.name(), place.cpus(), 0);
    }

    @Test
    void aDroppedADuplicatedAndACorruptedMessageEachMakeTheMeasurementInvalid() throws Exception {
        List<Fault.FaultKind> all =
                List.of(Fault.FaultKind.DROP, Fault.FaultKind.DUPLICATE, Fault.FaultKind.FLIP);
        for (Fault.FaultKind faultKind : Proof.isProofBuild() ? all : all.subList(0, 1)) {
            Fault fault = new Fault(faultKind, Role.INITIATOR, 100, 0);
            PairResult pairResult =
                    PAIRS.launch("pipe", Workload.of(Pattern.STREAM, 64), PairFixture.SHORT, fault);
            Measurement measurement =
                    evaluate(factors(Pattern.STREAM, PAIRS.place()), pairResult.fork(0));
            assertEquals(Measurement.INVALID, measurement.status(), faultKind.name());
            assertTrue(measurement.flags().contains("V01"), faultKind + " " + measurement.flags());
            assertTrue(
                    measurement
                            .reason()
                            .contains(
                                    faultKind == Fault.FaultKind.DROP
                                            ? "lost 1"
                                            : faultKind == Fault.FaultKind.DUPLICATE
                                                    ? "duplicated 1"
                                                    : "corrupted 1"),
                    measurement.reason());
        }
    }

    @Tag("proof")
    @Test
    void aPauseOfTheResponderIsInTheResponseTimesAndNotInTheServiceTimes() throws Exception {
        long second = TimeUnit.SECONDS.toNanos(1);
        PairResult pairResult =
                PAIRS.launch(
                        "sluice/spin",
                        Workload.of(Pattern.RTT, 64).withRatePerSecond(1000),
                        new ForkDurations(second / 50, 2 * second, 0),
                        Fault.pause(second / 2, second / 2));
        EndpointResult measured = pairResult.initiator();
        assertEquals(2000, measured.messages);
        // One bad sample of 2000 for the one, a quarter of all for the other.
        double service = Hdr.decode(measured.service).getValueAtPercentile(99) / 1e6;
        double response = Hdr.decode(measured.response).getValueAtPercentile(99) / 1e6;
        assertTrue(response > 300, response + " ms");
        assertTrue(service < 100, service + " ms");
    }

    @Tag("proof")
    @Test
    void twoSpinningEndsOnOneCpuAreOversubscribedAndKeepTheTimeLimit() throws Exception {
        int cpu = PAIRS.place().cpus().get(0);
        Placement one = new Placement(Placement.ONE_CPU, List.of(cpu, cpu));
        ForkDurations forkDurations = new ForkDurations(50_000_000, 50_000_000, 1_000_000);
        PairResult pairResult =
                PAIRS.launcher()
                        .launch(
                                new PairPlan(
                                        "pipe.hint",
                                        List.of(Workload.of(Pattern.RTT, 64)),
                                        one,
                                        forkDurations,
                                        0,
                                        null));
        long measured = pairResult.initiator().durationNs;
        // A million of these take hours. A block ends with the chunk in which its time runs out.
        assertTrue(measured < 20 * forkDurations.limitNs(), measured / 1_000_000 + " ms");
        Measurement measurement = evaluate(factors(Pattern.RTT, one), pairResult.fork(0));
        assertTrue(measurement.flags().contains("V15"), measurement.flags().toString());
    }

    @Tag("proof")
    @Test
    void anOutsideObserverCountsTheSameCalls() throws Exception {
        Optional<Auditor> auditor = Auditor.of(PAIRS.place().cpus());
        Assumptions.assumeTrue(
                auditor.isPresent(),
                "strace is not installed: system calls are not counted independently");
        Audit audit = auditor.get().count(Transports.of("pipe"), 5_000);
        double messages = audit.messages();
        assertTrue(messages >= 5_000, audit.toString());
        for (String call : List.of("read", "write")) {
            double perMessage = audit.systemCalls().get(call) / messages;
            assertEquals(1.00, perMessage, 0.02, audit.toString());
        }
    }
}
