package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Schedule;
import io.sluice.compare.stats.Measurements;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SuiteTest {
    private static final Suite GLANCE = Suites.of("glance");
    private static final Suite LAB = Suites.of("lab");
    private static final Suite QUICK = Suites.of("quick");
    private static final Suite STANDARD = Suites.of("standard");
    private static final Suite PUBLISH = Suites.of("publish");
    private static final Suite FULL = Suites.of("full");

    private static List<MeasurementPlan> plans(Suite suite) {
        return Plans.of(suite, Transports.all(), List.of(), List.of(0, 1));
    }

    /** A name that none has would be a suite of less, without a word. */
    @Test
    void suitesNamePatternsPlacementsAndGroupsThatThereAre() {
        for (Selection part : Suite.all().stream().flatMap(s -> s.parts().stream()).toList()) {
            assertFalse(part.patterns().contains(Pattern.OTHER), part.toString());
            assertTrue(Placement.PARTS.containsAll(part.placements()), part.toString());
            assertTrue(
                    part.mechanisms().stream().noneMatch(m -> m.startsWith("@")), () -> "" + part);
        }
    }

    /** The read-me said 2 min of 90 s. */
    @Test
    void theReadMeHasTheLimits() throws Exception {
        String text = Files.readString(Path.of("README.md"));
        String limits =
                "`--suite glance` (%d s), `lab` (%d s), `quick` (%d min)"
                        .formatted(
                                GLANCE.limitNs() / 1_000_000_000,
                                LAB.limitNs() / 1_000_000_000,
                                QUICK.limitNs() / 60_000_000_000L);
        assertTrue(text.contains(limits), limits);
    }

    /** The full suite, of days, was listed before that of publications. */
    @Test
    void theShortestSuiteIsTheFirst() {
        List<Duration> expected =
                Suite.all().stream()
                        .map(suite -> suite.expected(Plans.groups(plans(suite), false)))
                        .toList();
        assertEquals(expected.stream().sorted().toList(), expected);
        assertEquals(
                List.of("glance", "lab", "quick", "standard", "publish", "full"),
                Suite.all().stream().map(Suite::name).toList());
    }

    @Test
    void everyMeasurementHasAnIdOfItsOwn() {
        for (String name : List.of("lab", "quick", "standard", "full", "publish")) {
            List<String> ids = plans(Suites.of(name)).stream().map(MeasurementPlan::id).toList();
            assertEquals(ids.size(), new HashSet<>(ids).size(), name + " " + ids);
            assertTrue(!ids.isEmpty());
        }
    }

    @Test
    void theLabHasTheFourMeasurementsForPipeAndSocket() {
        List<String> ids = plans(LAB).stream().map(MeasurementPlan::id).toList();
        for (String id :
                List.of(
                        "pipe/block/rtt/64",
                        "pipe.hint/hint/rtt/64",
                        "uds.stream/block/rtt/64",
                        "uds.stream.hint/hint/rtt/64",
                        "sluice/spin/rtt/64",
                        "sluice/futex/rtt/64")) {
            assertTrue(ids.contains(id), id + " of " + ids);
        }
    }

    @Test
    void everyPatternHasAMeasurementInTheStandardSuite() {
        List<MeasurementPlan> plans = plans(STANDARD);
        for (Pattern pattern : Pattern.all()) {
            assertTrue(
                    plans.stream().anyMatch(plan -> plan.pattern() == pattern), pattern::toString);
        }
        assertTrue(
                plans.stream().anyMatch(p -> p.workload().schedule().equals(Schedule.EXPONENTIAL)));
    }

    @Test
    void aBudgetScalesBlocksButNotBelowWhatSaysSomething() {
        List<List<MeasurementPlan>> groups = Plans.groups(plans(STANDARD), false);
        Suite longer = STANDARD.scaledTo(Duration.ofHours(10), groups);
        assertTrue(longer.blockNs() > STANDARD.blockNs());
        assertEquals(STANDARD.minSamples(), longer.minSamples());
        assertEquals(10 * 60, Duration.ofNanos(longer.plannedNs(groups, 0)).toMinutes(), 60);
        Suite shortest = STANDARD.scaledTo(Duration.ofSeconds(1), groups);
        assertEquals(100_000_000, shortest.blockNs());
        assertEquals(5, shortest.forks());
    }

    /** What does not depend on the machine's speed: forks, and how long each is to take. */
    @Test
    void suitesArePlannedForTheTimeThatTheyNeed() {
        assertPlanned(GLANCE, 65, 75);
        assertPlanned(LAB, 80, 100);
        assertPlanned(QUICK, 4 * 60, 6 * 60);
        assertPlanned(STANDARD, 30 * 60, 50 * 60);
        assertPlanned(PUBLISH, 60 * 60, 100 * 60);
    }

    /** Batches of the ring were compared with single messages of the kernel. */
    @Test
    void labAndQuickMeasureSingleMessagesAndBatchesOfBothSides() {
        for (Suite suite : List.of(LAB, QUICK)) {
            List<String> ids = plans(suite).stream().map(MeasurementPlan::id).toList();
            for (String id :
                    List.of(
                            "pipe/block/stream/64",
                            "pipe.buffered/block/stream/64",
                            "mmsg/block/stream/64",
                            "sluice/spin/stream/64",
                            "sluice/spin/stream-batch1/64")) {
                assertTrue(ids.contains(id), suite.name() + ": " + id + " of " + ids);
            }
        }
    }

    /** A queue of ten messages was compared with a ring of a thousand. */
    @Test
    void quickHasARingOfTheCapacityOfEachKernelMechanismThatStreams() {
        List<MeasurementPlan> streams =
                Plans.possible(QUICK, Transports.all(), List.of(0, 1)).stream()
                        .filter(plan -> plan.pattern() == Pattern.STREAM)
                        .toList();
        List<Factors> rings =
                streams.stream().map(SuiteTest::factors).filter(Measurements::isRing).toList();
        Map<String, List<Factors>> kernel =
                streams.stream()
                        .filter(plan -> plan.transport().waiting().isInKernel())
                        .filter(plan -> !plan.transport().id().contains("hint"))
                        .map(SuiteTest::factors)
                        .collect(Collectors.groupingBy(Factors::mechanism));
        assertTrue(kernel.size() >= 8, kernel::toString);
        kernel.forEach(
                (id, sizes) ->
                        assertTrue(
                                sizes.stream().anyMatch(f -> rings.stream().anyMatch(of(f))),
                                () -> id + ", with " + sizes.getFirst().fits()));
    }

    private static Predicate<Factors> of(Factors kernel) {
        return ring ->
                ring.size() == kernel.size()
                        && ring.batch() == kernel.batch()
                        && ring.fitsAsMuchAs(kernel);
    }

    /** The buffers of TCP grow before the first message. */
    private static Factors factors(MeasurementPlan plan) {
        long bytes = plan.transport().traits().capacity().bytes();
        boolean grows = plan.transport().id().equals("tcp");
        return plan.factors(Placement.of(List.of(0, 1)), grows ? 4 << 20 : bytes);
    }

    /** A ring of 1 MiB cannot carry a message of as much. */
    @Test
    void quickHasLongMessagesThatTheKernelAndARingCarry() {
        List<String> ids =
                Plans.possible(QUICK, Transports.all(), List.of(0, 1)).stream()
                        .map(MeasurementPlan::id)
                        .toList();
        String pipe = "pipe.1m/block/stream/";
        assertTrue(ids.contains(pipe + 65_536) && ids.contains(pipe + 1_048_576), ids::toString);
        assertTrue(ids.contains("sluice.1m/spin/stream-batch1/65536"), ids::toString);
        assertTrue(ids.contains("sluice.4m/spin/stream-batch1/1048576"), ids::toString);
        assertTrue(plans(LAB).stream().anyMatch(plan -> plan.id().equals("nio.uds/block/rtt/64")));
    }

    /** One round took all of its minute where starting takes long, and the grade was C. */
    @Test
    void glanceHasTimeForSeveralRoundsAlsoOnASlowMachine() {
        assertTrue(3 * glanceRoundMs(900) + 4000 <= 70_000, "three rounds");
        assertTrue(2 * glanceRoundMs(2000) + 4000 <= 70_000, "two rounds");
        assertTrue(glanceRoundMs(2000) <= 30_000, "the first page");
        assertTrue(GLANCE.isOver(1, Duration.ofSeconds(78).toNanos()), "one is a page");
        assertFalse(GLANCE.isOver(2, Duration.ofSeconds(76).toNanos()), "two show no spread");
        assertTrue(GLANCE.isOver(3, Duration.ofSeconds(71).toNanos()), "three do");
    }

    private static long glanceRoundMs(long startMs) {
        List<MeasurementPlan> plans = Plans.possible(GLANCE, Transports.all(), List.of(0, 1));
        List<List<MeasurementPlan>> groups = Plans.groups(plans, false);
        long start = Duration.ofMillis(startMs).toNanos();
        Suite fitting = GLANCE.fitting(groups, start, Duration.ofSeconds(4).toNanos());
        long round = fitting.plannedNs(groups, start) / 1_000_000 / fitting.forks();
        System.out.println("glance: " + round + " ms a round where a start takes " + startMs);
        return round;
    }

    private static void assertPlanned(Suite suite, long atLeast, long atMost) {
        List<MeasurementPlan> plans = Plans.possible(suite, Transports.all(), List.of(0, 1));
        long seconds = suite.expected(Plans.groups(plans, false)).toSeconds();
        String planned = suite.name() + ": " + plans.size() + " measurements, " + seconds + " s";
        System.out.println(planned);
        assertTrue(seconds >= atLeast && seconds <= atMost, planned);
    }

    @Test
    void theStandardSuiteHasOneCpuAndWhereverTheKernelPuts() {
        List<String> ids =
                Plans.of(STANDARD, Transports.all(), List.of(), List.of(2, 3)).stream()
                        .map(MeasurementPlan::id)
                        .toList();
        for (String id :
                List.of(
                        "pipe/block/rtt/64/one-cpu",
                        "uds.stream/block/rtt/64/one-cpu",
                        "sluice/futex/rtt/64/one-cpu",
                        "sluice/spin/rtt/64/one-cpu",
                        "pipe/block/rtt/64/unpinned",
                        "uds.stream/block/rtt/64/unpinned")) {
            assertTrue(ids.contains(id), id + " of " + ids);
        }
        Placement one = Placement.of(Placement.ONE_CPU, List.of(2, 3));
        assertEquals(List.of(2, 2), one.cpus());
    }

    /** As many samples as its 99th percentile needs, in the time that the suite gives a block. */
    @Test
    void mostPacedMeasurementsOfTheStandardSuiteHaveA99thPercentile() {
        List<MeasurementPlan> paced =
                plans(STANDARD).stream()
                        .filter(plan -> Pace.of(plan.workload()).isPresent())
                        .toList();
        long enough =
                paced.stream()
                        .map(plan -> Pace.of(plan.workload()).orElseThrow())
                        .filter(pace -> pace.samples(STANDARD.forkDurations()) >= 10_000)
                        .count();
        assertTrue(2 * enough > paced.size(), enough + " of " + paced.size());
    }

    @Test
    void whatTakesOneMessageACallIsMeasuredOnceAndAsThat() {
        List<MeasurementPlan> plans = plans(STANDARD);
        for (MeasurementPlan plan : plans) {
            boolean many = plan.transport().supportsBatches();
            assertTrue(many || plan.workload().batch() == 1, plan.id());
            assertTrue(many || !plan.id().contains("-batch"), plan.id());
        }
        List<String> ids = plans.stream().map(MeasurementPlan::id).toList();
        assertTrue(ids.contains("pipe/block/stream/64"), ids.toString());
        assertTrue(ids.contains("sluice/spin/stream/64"), ids.toString());
        assertTrue(ids.contains("sluice/spin/stream-batch1/64"), ids.toString());
    }

    @Test
    void fanInThatIsNotImplementedIsNotSaidToBeImpossible() {
        MeasurementPlan plan =
                new MeasurementPlan(
                        Transports.of("uds.stream"), Workload.of(Pattern.FANIN, 64), null);
        assertEquals(
                "fan-in is not implemented for uds.stream/block here",
                plan.impossible().orElseThrow().reason());
    }

    @Test
    void aSuiteOfFewerPatternsVariesWhatItVariedAndOneItLackedIsAdded() {
        List<Transport> all = Transports.all();
        List<MeasurementPlan> gaps = plans(STANDARD.withPatterns(List.of(Pattern.GAP)));
        List<MeasurementPlan> expected =
                plans(STANDARD).stream().filter(plan -> plan.pattern() == Pattern.GAP).toList();
        assertEquals(expected, gaps);
        List<MeasurementPlan> added = plans(LAB.withPatterns(List.of(Pattern.BURST)));
        assertEquals(7, added.size());
        assertTrue(added.stream().allMatch(plan -> plan.pattern() == Pattern.BURST));
    }

    @Test
    void whatAMechanismCannotCarryIsKnownBefore() {
        MeasurementPlan plan =
                new MeasurementPlan(
                        Transports.of("pipe.packet"), Workload.of(Pattern.RTT, 65_536), null);
        MeasurementPlan.Impossible why = plan.impossible().orElseThrow();
        assertEquals(List.of("V12"), why.flags());
        assertTrue(why.reason().contains("4096"), why.reason());
    }

    /** Asking makes system calls, and the full suite has thousands of measurements. */
    @Test
    void aMechanismIsAskedOnceWhetherItCanBeUsed() {
        Transport pipe = Transports.of("pipe");
        AtomicInteger asked = new AtomicInteger();
        Transport counted =
                (Transport)
                        Proxy.newProxyInstance(
                                Transport.class.getClassLoader(),
                                new Class<?>[] {Transport.class},
                                (proxy, method, arguments) -> {
                                    if (method.getName().equals("unavailable")) {
                                        asked.incrementAndGet();
                                    }
                                    return method.invoke(pipe, arguments);
                                });
        int measurements = Plans.possible(FULL, List.of(counted), List.of(0, 1)).size();
        assertTrue(measurements > 50, measurements + " measurements");
        assertEquals(1, asked.get());
    }
}
