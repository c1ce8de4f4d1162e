package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.EndCountersBuilder;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FactorsBuilder;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.ForkBuilder;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.SystemCounters;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** One rule after the other, each at a measurement that is clean but for that. */
class ValidityTest {
    private static final long MESSAGES = 20_000;
    private static final FloorReading FLOOR = Records.floor(20, 9, 150, 400, 500);

    /** A clean fork, a thing at a time to be changed. */
    private static final class Draft {
        private Pattern pattern = Pattern.RTT;
        private Waiting waiting = Waiting.BLOCK;
        private String placement = "two-cpus";
        private List<Integer> cpus = List.of(0, 1);
        private long capacity;
        private Double rate;
        private int producers = 1;
        private long p50 = 9000;
        private long samples = MESSAGES;
        private double mean = 9000;
        private double line = 400;
        private long counted = MESSAGES;
        private long lost;
        private long duplicated;
        private long corrupted;
        private long switches = MESSAGES;
        private long calls = MESSAGES;
        private long faults;
        private long partial;
        private long migrations;
        private long collections;
        private long compilation;
        private Long process;
        private Long stopped;
        private Long capacityMessages;
        private SystemCounters system = new SystemCounters(1_000_000_000, 0L, 0L, 0L, 0L);
        private final Map<String, Double> numbers = new HashMap<>();

        Fork fork() {
            Histogram histogram = new Histogram(1, 1_000_000_000, 3);
            histogram.recordValueWithCount(p50, samples);
            EndCounters end =
                    EndCountersBuilder.builder()
                            .cpuNs(1)
                            .userNs(1)
                            .voluntarySwitches(switches)
                            .minorFaults(faults)
                            .messages(counted)
                            .systemCalls(Map.of("read", calls))
                            .lost(lost)
                            .duplicated(duplicated)
                            .corrupted(corrupted)
                            .shortTransfers(partial)
                            .migrations(migrations)
                            .collections(collections)
                            .compilationMs(compilation)
                            .processCpuNs(process)
                            .safepointNs(stopped)
                            .build();
            return ForkBuilder.builder()
                    .messages(MESSAGES)
                    .durationNs(180_000_000)
                    .hdr(Hdr.encode(histogram))
                    .meanUntimedNs(mean)
                    .ends(Map.of(Fork.INITIATOR, end, Fork.RESPONDER, end))
                    .lineRoundTripNs(line)
                    .system(system)
                    .numbers(numbers)
                    .build();
        }

        Factors factors() {
            return FactorsBuilder.builder()
                    .mechanism("m")
                    .waiting(waiting)
                    .pattern(pattern)
                    .size(64)
                    .touch(Touch.FULL)
                    .placement(placement)
                    .cpus(cpus)
                    .capacityBytes(capacity)
                    .capacityMessages(capacityMessages)
                    .producers(producers)
                    .ratePerSecond(rate)
                    .build();
        }

        Measurement judged() {
            return validity("tsc", FLOOR, FLOOR)
                    .evaluate("id", factors(), List.of(fork()), List.of(), List.of());
        }
    }

    private static Validity validity(String clock, FloorReading before, FloorReading after) {
        Environment machine =
                Records.environment(
                        "cpu",
                        2,
                        List.of(0, 1),
                        "KVM",
                        "k",
                        clock,
                        "j",
                        "v",
                        "g",
                        0,
                        0,
                        null,
                        null);
        return new Validity(machine, before, after);
    }

    private static void flagged(String flag, Draft draft) {
        Measurement measurement = draft.judged();
        assertEquals(List.of(flag), measurement.flags());
        assertEquals(Measurement.OK, measurement.status());
    }

    private static void invalid(String flag, Draft draft) {
        Measurement measurement = draft.judged();
        assertEquals(List.of(flag), measurement.flags(), measurement.reason());
        assertEquals(Measurement.INVALID, measurement.status());
        assertTrue(measurement.reason().startsWith(flag), measurement.reason());
    }

    @Test
    void aCleanMeasurementIsOk() {
        Measurement measurement = new Draft().judged();
        assertEquals(Measurement.OK, measurement.status());
        assertEquals(List.of(), measurement.flags());
        assertTrue(measurement.usable());
    }

    @Test
    void v01ALostADuplicatedAndADamagedMessage() {
        Draft draft = new Draft();
        draft.lost = 1;
        invalid("V01", draft);
        draft.lost = 0;
        draft.duplicated = 1;
        invalid("V01", draft);
        draft.duplicated = 0;
        draft.corrupted = 1;
        invalid("V01", draft);
        draft.corrupted = 0;
        draft.counted = MESSAGES - 1;
        invalid("V01", draft);
    }

    @Test
    void v02BelowTheFloorOfItsOwnFork() {
        Draft draft = new Draft();
        draft.waiting = new Waiting("other");
        draft.p50 = 300;
        draft.mean = 300;
        flagged("V02", draft);
        draft.line = 200;
        assertEquals(List.of(), draft.judged().flags());
    }

    @Test
    void v03AnEndThatDidNotWaitAsRequested() {
        Draft draft = new Draft();
        draft.switches = MESSAGES / 10;
        flagged("V03", draft);
        draft.waiting = Waiting.FUTEX;
        flagged("V03", draft);
        draft.waiting = Waiting.SPIN;
        draft.calls = 0;
        flagged("V03", draft);
        draft.switches = 0;
        assertEquals(List.of(), draft.judged().flags());
        draft.calls = MESSAGES;
        flagged("V03", draft);
    }

    @Test
    void v04AnEndThatMoved() {
        Draft draft = new Draft();
        draft.migrations = 1;
        invalid("V04", draft);
        draft.cpus = List.of();
        assertEquals(List.of(), draft.judged().flags(), "where no CPU was requested");
    }

    @Test
    void v05StealAndOthers() {
        Draft draft = new Draft();
        draft.system = new SystemCounters(1_000_000_000, 200_000_000L, 0L, 0L, 0L);
        assertEquals(List.of(), draft.judged().flags(), "what a wake-up takes");
        draft.waiting = Waiting.SPIN;
        draft.calls = 0;
        draft.switches = 0;
        flagged("V05", draft);
        draft.system = new SystemCounters(1_000_000_000, 0L, 200_000_000L, 0L, 0L);
        flagged("V05", draft);
        draft.process = 100_000_000L; // of each end
        assertEquals(List.of(), draft.judged().flags(), "what the ends' other threads do");
        draft.system = new SystemCounters(1_000_000_000, null, null, null, null);
        assertEquals(List.of(), draft.judged().flags());
    }

    @Test
    void v06ForksThatDiffer() {
        Draft one = new Draft();
        Draft other = new Draft();
        other.p50 = 11_000;
        other.mean = 11_000;
        Measurement measurement =
                validity("tsc", FLOOR, FLOOR)
                        .evaluate(
                                "id",
                                one.factors(),
                                List.of(one.fork(), other.fork()),
                                List.of(),
                                List.of());
        assertEquals(List.of("V06"), measurement.flags());
    }

    /** At a fixed rate all forks have the same rate: that they differ is in their times. */
    @Test
    void v06ForksThatDifferAtAFixedRate() {
        Draft draft = new Draft();
        draft.pattern = Pattern.ONEWAY;
        List<Fork> forks = new ArrayList<>();
        for (long p50 : new long[] {10_000, 11_500}) {
            draft.p50 = p50;
            Fork fork = draft.fork();
            forks.add(ForkBuilder.builder(fork).hdr(null).response(fork.hdr()).build());
        }
        Measurement measurement =
                validity("tsc", FLOOR, FLOOR)
                        .evaluate("id", draft.factors(), forks, List.of(), List.of());
        assertTrue(measurement.flags().contains("V06"), measurement.flags().toString());
    }

    @Test
    void v07AFloorThatDriftedAndV11ASlowClockAreOfTheWholeRun() {
        assertEquals(List.of(), validity("tsc", FLOOR, FLOOR).ofRun());
        FloorReading later = Records.floor(20, 9, 150, 460, 500);
        assertEquals(List.of("V07"), validity("tsc", FLOOR, later).ofRun());
        assertEquals(List.of("V11"), validity("hpet", FLOOR, FLOOR).ofRun());
        FloorReading slow = Records.floor(900, 9, 150, 400, 500);
        assertEquals(List.of("V11"), validity("tsc", slow, slow).ofRun());
        assertEquals(List.of(), validity(null, null, null).ofRun());
    }

    @Test
    void v08AClockThatChangesWhatItMeasures() {
        Draft draft = new Draft();
        draft.p50 = 1700;
        draft.mean = 1500;
        flagged("V08", draft);
        draft.p50 = 9000;
        draft.mean = 8000;
        assertEquals(List.of(), draft.judged().flags(), "the clock takes 20 ns, not 1000");
        draft.p50 = 1500;
        draft.mean = 1700;
        assertEquals(List.of(), draft.judged().flags(), "a clock makes no message quicker");
    }

    @Test
    void v09TooFewSamplesForATail() {
        Draft draft = new Draft();
        draft.samples = 9_999;
        flagged("V09", draft);
    }

    @Test
    void v10ARateThatWasNotKept() {
        Draft draft = new Draft();
        draft.rate = 1000.0;
        draft.numbers.put(Numbers.ACHIEVED_RATE, 995.0);
        assertEquals(List.of(), draft.judged().flags());
        draft.numbers.put(Numbers.ACHIEVED_RATE, 985.0);
        invalid("V10", draft);
    }

    @Test
    void v13CollectorAndCompilerAtWork() {
        Draft draft = new Draft();
        draft.collections = 1;
        flagged("V13", draft);
        draft.collections = 0;
        draft.compilation = 4; // in a block of 180 ms
        flagged("V13", draft);
        draft.compilation = 3;
        assertEquals(List.of(), draft.judged().flags());
        draft.stopped = 4_000_000L;
        flagged("V13", draft);
        draft.stopped = 3_000_000L;
        assertEquals(List.of(), draft.judged().flags());
    }

    @Test
    void v14FaultsWhenAllShouldBeThere() {
        Draft draft = new Draft();
        draft.faults = 100;
        flagged("V14", draft);
        draft.faults = 5;
        assertEquals(List.of(), draft.judged().flags());
    }

    @Test
    void v15MoreThatRunThanCpus() {
        Draft draft = new Draft();
        draft.cpus = List.of(1, 1);
        flagged("V15", draft);
        draft.cpus = List.of(0, 1);
        draft.pattern = Pattern.OVERSUB;
        draft.producers = 3;
        flagged("V15", draft);
    }

    @Test
    void v16ACapacityUnlikeThatOfOthers() {
        Draft draft = new Draft();
        draft.pattern = Pattern.STREAM;
        draft.capacity = 65_536;
        assertEquals(List.of(), draft.judged().flags());
        draft.capacity = 1 << 20;
        flagged("V16", draft);
        draft.capacity = 80 << 10;
        draft.capacityMessages = 10L;
        flagged("V16", draft);
        for (Pattern oneAtATime : List.of(Pattern.RTT, Pattern.GAP)) {
            draft.pattern = oneAtATime;
            assertEquals(List.of(), draft.judged().flags(), "one message under way fits anywhere");
        }
    }

    @Test
    void v17MessagesInParts() {
        Draft draft = new Draft();
        draft.partial = 1;
        flagged("V17", draft);
    }

    @Test
    void v18SiblingsAndThoseThatLookLikeThem() {
        Draft draft = new Draft();
        draft.placement = Placement.SMT;
        flagged("V18", draft);
        draft.placement = "two-cpus";
        draft.line = 30;
        flagged("V18", draft);
    }

    @Test
    void v19AnotherClockSpeed() {
        Draft draft = new Draft();
        draft.numbers.put(Numbers.GHZ_BEFORE, 4.0);
        draft.numbers.put(Numbers.GHZ_AFTER, 3.95);
        assertEquals(List.of(), draft.judged().flags());
        draft.numbers.put(Numbers.GHZ_AFTER, 3.5);
        flagged("V19", draft);
    }

    @Test
    void v20MostForksWereNotSteady() {
        assertEquals(List.of(), steady(1, 1, 0).flags());
        assertEquals(List.of("V20"), steady(0, 0, 1).flags());
        assertEquals(List.of("V20"), steady(0, 0, 0).flags());
    }

    @Test
    void aFlagSaysInHowManyForks() {
        Draft draft = new Draft();
        Fork clean = draft.fork();
        draft.faults = 100;
        Measurement measurement =
                validity("tsc", FLOOR, FLOOR)
                        .evaluate(
                                "id",
                                draft.factors(),
                                List.of(clean, draft.fork(), clean),
                                List.of(),
                                List.of("fork 1: others used 9 % of the CPUs"));
        assertEquals("1 of 3 forks", measurement.share("V14"));
        assertEquals("", measurement.share("V05"));
        assertEquals(1, measurement.repeated().size());
    }

    private static Measurement steady(double... each) {
        Draft draft = new Draft();
        List<Fork> forks = new ArrayList<>();
        for (double steady : each) {
            draft.numbers.put(Numbers.STEADY, steady);
            forks.add(draft.fork());
        }
        return validity("tsc", FLOOR, FLOOR)
                .evaluate("id", draft.factors(), forks, List.of(), List.of());
    }

    @Test
    void aFailedForkMakesTheMeasurementInvalidAndAllFailedMakeItFailed() {
        Draft draft = new Draft();
        Validity validity = validity("tsc", FLOOR, FLOOR);
        List<String> failures = List.of("the responder died");
        Measurement some =
                validity.evaluate(
                        "id", draft.factors(), List.of(draft.fork()), failures, List.of());
        assertEquals(Measurement.INVALID, some.status());
        assertTrue(some.reason().contains("died"));
        Measurement none = validity.evaluate("id", draft.factors(), List.of(), failures, List.of());
        assertEquals(Measurement.FAILED, none.status());
        assertFalse(none.usable());
    }

    @Test
    void aSurvivorThatWasNotNotifiedInTimeIsNoFailure() {
        Draft draft = new Draft();
        List<String> failures = List.of("the survivor did not find out within 3 s");
        Measurement measurement =
                validity("tsc", FLOOR, FLOOR)
                        .evaluate("id", draft.factors(), List.of(), failures, List.of());
        assertEquals(Measurement.NOT_AVAILABLE, measurement.status());
        assertEquals(failures.get(0), measurement.reason());
    }
}
