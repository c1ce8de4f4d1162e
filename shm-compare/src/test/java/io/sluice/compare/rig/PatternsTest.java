package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Launch;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.stats.Samples;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each pattern between real processes, for some milliseconds. Counts, never times. */
@Tag("minutes")
@Timeout(120)
class PatternsTest {
    private static final Pairs PAIRS = new Pairs();

    /** What goes into 20 ms. */
    private static final Effort FEW = new Effort(Pairs.SHORT.warmUpNs(), Pairs.SHORT.blockNs(), 1);

    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private static void whole(PairLauncher.Pair pair) {
        for (EndpointResult end : List.of(pair.initiator(), pair.responder())) {
            assertEquals(0, end.counters().lost() + end.counters().duplicated());
            assertEquals(0, end.counters().corrupted());
        }
        assertEquals(
                pair.initiator().measured().messages(), pair.responder().measured().messages());
    }

    @Test
    void aBlockTakesAsManyAsPercentilesTakeIfThatDoesNotTakeTooLong() {
        long second = 1000 * MILLISECOND;
        Effort effort = new Effort(second / 10, second / 10, 10_000); // ends after a second
        assertEquals(10_000, Pace.ofRate(10_000).samples(effort));
        assertEquals(50_000, Pace.ofRate(500_000).samples(effort));
        assertEquals(100, Pace.ofRate(1_000).samples(effort));
        assertEquals(10_000, Pace.ofGap(100_000).samples(effort));
        assertEquals(200, Pace.ofGap(10 * MILLISECOND).samples(effort), "what a median takes");
        assertEquals(1, Pace.ofGap(second).samples(effort.rehearsal()));
    }

    @Tag("proof")
    @Test
    void anOpenLoopHasServiceAndResponseTimesOfEachMessage() throws Exception {
        for (String schedule : List.of(Factors.FIXED, Factors.EXPONENTIAL)) {
            Workload workload = Workload.of(Factors.ONEWAY, 64).at(10_000, schedule);
            PairLauncher.Pair pair = PAIRS.launch("sluice/spin", workload, FEW, null);
            whole(pair);
            Measurement measured = pair.initiator().measured();
            assertEquals(200, measured.messages(), "20 ms at 10000 a second");
            Histogram service = Hdr.decode(measured.service());
            Histogram response = Hdr.decode(measured.response());
            assertEquals(200, service.getTotalCount());
            assertEquals(200, response.getTotalCount());
            assertTrue(
                    service.getValueAtPercentile(50) <= response.getValueAtPercentile(50),
                    "a message is not sent before its time");
            assertTrue(measured.numbers().containsKey(Numbers.ACHIEVED_RATE));
        }
    }

    @Tag("proof")
    @Test
    void aPartOfWhatAMechanismCanCarryIsARate() throws Exception {
        Workload workload = Workload.of(Factors.ONEWAY, 64).atLoad(0.1, Factors.FIXED);
        PairLauncher.Pair pair = PAIRS.launch("pipe", workload, FEW, null);
        whole(pair);
        // How high it is depends on the machine; that it was found and kept to the count does not.
        double target = pair.initiator().measured().numbers().get(Numbers.TARGET_RATE);
        long messages = pair.initiator().measured().messages();
        assertTrue(target > 0, target + " a second");
        assertTrue(messages <= 1 + target * 0.021, messages + " in 20 ms at " + target);
    }

    @Test
    void aGapIsARoundTripWhoseReceiverSlept() throws Exception {
        Workload workload = Workload.of(Factors.GAP, 64).every(MILLISECOND, 1);
        Effort effort = new Effort(20 * MILLISECOND, 20 * MILLISECOND, 200);
        PairLauncher.Pair pair = PAIRS.launch("pipe", workload, effort, null);
        whole(pair);
        long n = pair.initiator().measured().messages();
        assertEquals(200, n);
        long sleeps = pair.responder().counters().voluntarySwitches();
        assertTrue(sleeps >= n * 9 / 10, sleeps + " sleeps for " + n);
    }

    @Tag("proof")
    @Test
    void aBurstEndsWithItsLastMessage() throws Exception {
        Workload workload = Workload.of(Factors.BURST, 64).every(MILLISECOND, 50);
        PairLauncher.Pair pair = PAIRS.launch("sluice/spin", workload);
        whole(pair);
        Measurement measured = pair.initiator().measured();
        assertEquals(50.0, measured.numbers().get(Numbers.BURST_MESSAGES));
        assertEquals(0, measured.messages() % 50);
        assertEquals(measured.messages() / 50, Hdr.decode(measured.hdr()).getTotalCount());
    }

    @Tag("proof")
    @Test
    void morePairsThanCpusRunTogether() throws Exception {
        Workload workload = Workload.of(Factors.OVERSUB, 64).ends(3, 3);
        PairLauncher.Order order = PAIRS.order("pipe", workload, Pairs.SHORT, null);
        List<PairLauncher.Pair> pairs = PAIRS.launcher().launchTogether(order, 3);
        pairs.forEach(PatternsTest::whole);
        Launch launch = Launches.together(0, pairs, PAIRS.place());
        assertEquals(6, launch.ends().size());
        assertEquals(3.0, launch.numbers().get(Numbers.PAIRS));
        assertEquals(
                pairs.stream().mapToLong(pair -> pair.initiator().measured().messages()).sum(),
                launch.messages());
    }

    @Test
    void aLifecycleHasFourTimes() throws Exception {
        PairLauncher.Pair pair = PAIRS.launch("pipe", Workload.of(Factors.LIFECYCLE, 64));
        Map<String, Double> numbers = Launches.of(0, pair).numbers();
        for (String name :
                List.of(
                        Numbers.CREATE_NS,
                        Numbers.ATTACH_NS,
                        Numbers.FIRST_MESSAGE_NS,
                        Numbers.CLOSE_NS)) {
            assertTrue(numbers.get(name) > 0, name + " of " + numbers);
        }
    }

    @Test
    void theDeathOfAPeerIsNoticed() throws Exception {
        for (String id : List.of("pipe", "sluice/spin")) {
            PairLauncher.Pair pair = PAIRS.launch(id, Workload.of(Factors.PEERDEATH, 64));
            assertNull(pair.initiator());
            Map<String, Double> numbers = Launches.of(0, pair).numbers();
            assertTrue(numbers.get(Numbers.NOTICED_NS) > 0, numbers.toString());
            assertEquals(0.0, numbers.get(Numbers.MESSAGES_LOST), id);
            assertEquals(0, pair.responder().counters().corrupted());
        }
    }

    @Tag("proof")
    @Test
    void aSurvivorThatNothingTellsIsGivenUp() {
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> PAIRS.launch("pipe.hint", Workload.of(Factors.PEERDEATH, 64)));
        assertTrue(e.getMessage().contains("did not find out within 3 s"), e.getMessage());
    }

    @Tag("proof")
    @Test
    void touchingLessLeavesTheRestAlone() throws Exception {
        whole(
                PAIRS.launch(
                        "sluice/spin", Workload.of(Factors.RTT, 4096).touching(Factors.UNTOUCHED)));
    }

    @Tag("proof")
    @Test
    void whatManySendArrivesAndIsCountedByItsSender() throws Exception {
        for (String id : List.of("pipe", "sluice.many", "agrona.m2o", "mq.posix", "mq.sysv")) {
            if (Transports.of(id).unavailable().isPresent()) {
                continue; // a kernel without such queues
            }
            Workload workload = Workload.of(Factors.FANIN, 64).ends(2, 1);
            PairLauncher.Pair pair = PAIRS.launch(id, workload);
            assertEquals(2, pair.initiators().size());
            Launch launch = Launches.of(0, pair);
            assertEquals(3, launch.ends().size());
            assertTrue(launch.messages() > 0);
            double fairness = launch.numbers().get(Numbers.FAIRNESS);
            assertTrue(fairness >= 0.5 && fairness <= 1, id + " " + fairness);
            assertEquals(0, pair.responder().counters().lost(), id);
            assertEquals(0, pair.responder().counters().duplicated(), id);
            assertEquals(0, pair.responder().counters().corrupted(), id);
        }
    }

    @Tag("proof")
    @Test
    void whatAHelperUsesIsTheEndsAndNobodyElses() throws Exception {
        PairLauncher.Pair pair = PAIRS.launch("aeron.ipc", Workload.of(Factors.RTT, 64));
        Launch launch = Launches.of(0, pair);
        double helper = launch.numbers().get(Numbers.HELPER_CPU_NS);
        assertTrue(helper > 0, launch.numbers().toString());
        double ends = launch.ends().values().stream().mapToLong(EndCounters::cpuNs).sum();
        double all = pair.initiator().system().otherCpuNs();
        assertEquals(Math.max(0, all - ends - helper), (double) launch.system().otherCpuNs(), 1.0);
        Cell cell =
                new Cell(
                        "id",
                        new Factors(
                                "aeron.ipc",
                                Factors.SPIN,
                                Factors.RTT,
                                64,
                                Factors.FULL,
                                PAIRS.place().name(),
                                PAIRS.place().cpus(),
                                0),
                        Cell.OK,
                        null,
                        List.of(),
                        List.of(launch));
        double apart = Samples.perMessage(cell, EndCounters::cpuNs)[0];
        double together = Samples.cpuPerMessage(cell)[0];
        assertEquals(helper / (2.0 * launch.messages()), together - apart, 1e-6 * together);
        assertFalse(
                Launches.of(0, PAIRS.launch("pipe", Workload.of(Factors.RTT, 64)))
                        .numbers()
                        .containsKey(Numbers.HELPER_CPU_NS));
    }

    @Test
    void whatOneSendsArrivesAtEveryReceiver() throws Exception {
        Workload workload = Workload.of(Factors.FANOUT, 64).ends(1, 2);
        PairLauncher.Pair pair = PAIRS.launch("pipe", workload);
        long sent = pair.initiator().measured().messages();
        assertEquals(2, pair.responders().size());
        for (EndpointResult end : pair.responders()) {
            assertEquals(sent / 2, end.counters().messages());
            assertEquals(0, end.counters().lost() + end.counters().corrupted());
        }
    }
}
