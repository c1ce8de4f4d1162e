package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Schedule;
import io.sluice.compare.result.Touch;
import io.sluice.compare.transport.PackedClassPath;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each pattern between real processes, for some milliseconds. Counts, never times. */
@Timeout(120)
class PatternsTest {
    private static final PairFixture PAIRS = new PairFixture();

    @BeforeAll
    static void pack() {
        PackedClassPath.use();
    }

    /** What goes into 20 ms. */
    private static final ForkDurations FEW =
            new ForkDurations(PairFixture.SHORT.warmUpNs(), PairFixture.SHORT.blockNs(), 1);

    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    private static void whole(PairResult pairResult) {
        for (EndpointResult end : List.of(pairResult.initiator(), pairResult.responder())) {
            assertEquals(0, end.counters.lost() + end.counters.duplicated());
            assertEquals(0, end.counters.corrupted());
        }
        assertEquals(pairResult.initiator().messages, pairResult.responder().messages);
    }

    @Test
    void aBlockTakesAsManyAsPercentilesTakeIfThatDoesNotTakeTooLong() {
        long second = 1000 * MILLISECOND;
        ForkDurations forkDurations =
                new ForkDurations(second / 10, second / 10, 10_000); // ends after a second
        assertEquals(10_000, Pace.ofRate(10_000).samples(forkDurations));
        assertEquals(50_000, Pace.ofRate(500_000).samples(forkDurations));
        assertEquals(200, Pace.ofRate(1_000).samples(forkDurations), "what a median takes");
        assertEquals(10, Pace.ofRate(100).samples(forkDurations), "that would take too long");
        assertEquals(10_000, Pace.ofGap(100_000).samples(forkDurations));
        assertEquals(
                200, Pace.ofGap(10 * MILLISECOND).samples(forkDurations), "what a median takes");
        assertEquals(1, Pace.ofGap(second).samples(forkDurations.dryRun()));
    }

    @Tag("proof")
    @Test
    void anOpenLoopHasServiceAndResponseTimesOfEachMessage() throws Exception {
        for (Schedule schedule : List.of(Schedule.FIXED, Schedule.EXPONENTIAL)) {
            Workload workload =
                    Workload.of(Pattern.ONEWAY, 64)
                            .withRatePerSecond(10_000)
                            .withSchedule(schedule);
            PairResult pairResult = PAIRS.launch("sluice/spin", workload, FEW, null);
            whole(pairResult);
            EndpointResult measured = pairResult.initiator();
            assertEquals(200, measured.messages, "20 ms at 10000 a second");
            Histogram service = Hdr.decode(measured.service);
            Histogram response = Hdr.decode(measured.response);
            assertEquals(200, service.getTotalCount());
            assertEquals(200, response.getTotalCount());
            assertTrue(
                    service.getValueAtPercentile(50) <= response.getValueAtPercentile(50),
                    "a message is not sent before its time");
            assertTrue(measured.numbers.containsKey(Numbers.ACHIEVED_RATE));
            if (schedule == Schedule.FIXED) {
                assertEquals(10_000, measured.numbers.get(Numbers.TARGET_RATE), 1, "not 9950");
            }
        }
    }

    @Tag("proof")
    @Test
    void aPartOfWhatAMechanismCanCarryIsARate() throws Exception {
        Workload workload = Workload.of(Pattern.ONEWAY, 64).withLoad(0.1);
        PairResult pairResult = PAIRS.launch("pipe", workload, FEW, null);
        whole(pairResult);
        // How high it is depends on the machine; that it was found and kept to the count does not.
        double target = pairResult.initiator().numbers.get(Numbers.TARGET_RATE);
        long messages = pairResult.initiator().messages;
        assertTrue(target > 0, target + " a second");
        assertTrue(messages <= 1 + target * 0.021, messages + " in 20 ms at " + target);
    }

    @Test
    void aGapIsARoundTripWhoseReceiverSlept() throws Exception {
        Workload workload = Workload.of(Pattern.GAP, 64).withGapNs(MILLISECOND);
        ForkDurations forkDurations = new ForkDurations(20 * MILLISECOND, 20 * MILLISECOND, 200);
        PairResult pairResult = PAIRS.launch("pipe", workload, forkDurations, null);
        whole(pairResult);
        long n = pairResult.initiator().messages;
        assertEquals(200, n);
        long sleeps = pairResult.responder().counters.voluntarySwitches();
        assertTrue(sleeps >= n * 9 / 10, sleeps + " sleeps for " + n);
    }

    @Tag("proof")
    @Test
    void aBurstEndsWithItsLastMessage() throws Exception {
        Workload workload = Workload.of(Pattern.BURST, 64).withGapNs(MILLISECOND).withBurst(50);
        PairResult pairResult = PAIRS.launch("sluice/spin", workload);
        whole(pairResult);
        EndpointResult measured = pairResult.initiator();
        assertEquals(50.0, measured.numbers.get(Numbers.BURST_MESSAGES));
        assertEquals(0, measured.messages % 50);
        assertEquals(measured.messages / 50, Hdr.decode(measured.hdr).getTotalCount());
    }

    @Tag("proof")
    @Test
    void morePairsThanCpusRunTogether() throws Exception {
        Workload workload = Workload.of(Pattern.OVERSUB, 64);
        PairPlan pairPlan = PAIRS.order("pipe", workload, PairFixture.SHORT, null);
        PairResult pairResult = PAIRS.launcher().launch(pairPlan);
        for (int i = 0; i < 3; i++) {
            whole(
                    new PairResult(
                            pairPlan,
                            List.of(pairResult.initiators().get(i)),
                            List.of(pairResult.responders().get(i))));
        }
        Fork fork = pairResult.fork(0);
        assertEquals(6, fork.ends().size());
        assertEquals(3.0, fork.numbers().get(Numbers.PAIRS));
        assertEquals(
                pairResult.initiators().stream().mapToLong(end -> end.messages).sum(),
                fork.messages());
    }

    @Test
    void aLifecycleHasFourTimes() throws Exception {
        PairResult pairResult = PAIRS.launch("pipe", Workload.of(Pattern.LIFECYCLE, 64));
        Map<String, Double> numbers = pairResult.fork(0).numbers();
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
    void theDeathOfAPeerIsDetected() throws Exception {
        for (String id :
                Proof.isProofBuild() ? List.of("pipe", "sluice/spin") : List.of("sluice/spin")) {
            PairResult pairResult = PAIRS.launch(id, Workload.of(Pattern.PEERDEATH, 64));
            assertNull(pairResult.initiator());
            Map<String, Double> numbers = pairResult.fork(0).numbers();
            assertTrue(numbers.get(Numbers.NOTICED_NS) > 0, numbers.toString());
            assertEquals(0.0, numbers.get(Numbers.MESSAGES_LOST), id);
            assertEquals(0, pairResult.responder().counters.corrupted());
        }
    }

    @Tag("proof")
    @Test
    void aSurvivorThatIsNotNotifiedTimesOut() {
        IOException e =
                assertThrows(
                        IOException.class,
                        () -> PAIRS.launch("pipe.hint", Workload.of(Pattern.PEERDEATH, 64)));
        assertTrue(e.getMessage().contains("did not find out within 3 s"), e.getMessage());
    }

    @Tag("proof")
    @Test
    void touchingLessLeavesTheRestAlone() throws Exception {
        whole(PAIRS.launch("sluice/spin", Workload.of(Pattern.RTT, 4096).withTouch(Touch.NONE)));
    }

    @Tag("proof")
    @Test
    void whatManySendArrivesAndIsCountedByItsSender() throws Exception {
        for (String id :
                List.of("pipe", "epoll", "nio.selector", "sluice.many", "mq.posix", "mq.sysv")) {
            if (Transports.of(id).unavailable().isEmpty()) { // a kernel without such queues
                PAIRS.checkFanIn(id);
            }
        }
    }

    @Test
    void whatOneSendsArrivesAtEveryReceiver() throws Exception {
        Workload workload = Workload.of(Pattern.FANOUT, 64);
        PairResult pairResult = PAIRS.launch("pipe", workload);
        long sent = pairResult.initiator().messages;
        assertEquals(2, pairResult.responders().size());
        for (EndpointResult end : pairResult.responders()) {
            assertEquals(sent / 2, end.counters.messages());
            assertEquals(0, end.counters.lost() + end.counters.corrupted());
        }
    }
}
