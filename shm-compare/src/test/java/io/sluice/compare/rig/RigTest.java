package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import io.sluice.compare.result.Details;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Grade;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.result.Schema;
import io.sluice.compare.transport.PackedClassPath;
import io.sluice.compare.transport.Role;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real processes, short runs. Counts are checked, times never. */
@Timeout(120)
@Order(1) // It takes the longest.
class RigTest {
    private static final PairFixture PAIRS = new PairFixture();

    @BeforeAll
    static void pack() {
        PackedClassPath.use();
        ClassArchive.flags(Role.INITIATOR); // Made now: a test kills the first end that runs.
    }

    private static double perMessage(EndpointResult end, String call) {
        long calls = end.counters.systemCalls().getOrDefault(call, 0L);
        return Math.round(100.0 * calls / end.counters.messages()) / 100.0;
    }

    @Tag("proof")
    @Test
    void aHopThroughThePipeIsOneWriteAndOneRead() throws Exception {
        for (String id : List.of("pipe", "pipe.hint")) {
            PairResult pairResult = PAIRS.launch(id, Workload.of(Pattern.RTT, 64));
            for (EndpointResult end : List.of(pairResult.initiator(), pairResult.responder())) {
                assertEquals(1.00, perMessage(end, "write"), id);
                assertEquals(1.00, perMessage(end, "read"), id);
                assertEquals(Set.of("read", "write"), end.counters.systemCalls().keySet(), id);
            }
        }
    }

    @Test
    void aStreamThroughThePipeIsOneWriteHereAndOneReadThere() throws Exception {
        PairResult pairResult = PAIRS.launch("pipe", Workload.of(Pattern.STREAM, 64));
        assertEquals(1.00, perMessage(pairResult.initiator(), "write"));
        assertEquals(0.00, perMessage(pairResult.initiator(), "read"));
        assertEquals(1.00, perMessage(pairResult.responder(), "read"));
        assertEquals(0.00, perMessage(pairResult.responder(), "write"));
    }

    /** The flags of a class archive disable the virtual machine's logs. */
    @Tag("proof")
    @Test
    void safepointsAreMeasuredWhateverTheOtherFlagsAre() throws Exception {
        PairPlan plan = PAIRS.order("pipe", List.of(Workload.of(Pattern.STREAM, 64)));
        PairLauncher silent = new PairLauncher(100, List.of(), List.of("-Xlog:disable"));
        PairResult result = silent.launch(plan);
        assertNotNull(result.initiator().counters.safepointNs());
        assertNotNull(result.responder().counters.safepointNs());
    }

    @Tag("proof")
    @Test
    void eachWorkloadOfAForkHasItsOwnBatch() throws Exception {
        Workload stream = Workload.of(Pattern.STREAM, 64);
        PairPlan both =
                PAIRS.order("pipe.buffered", List.of(stream.withBatch(16), stream.withBatch(1)));
        List<PairResult> results = PAIRS.launcher().launchAll(both);
        assertEquals(0.06, perMessage(results.get(0).initiator(), "write"));
        assertEquals(1.00, perMessage(results.get(1).initiator(), "write"));
    }

    @Test
    void ourPipeMakesNoSystemCallForAMessage() throws Exception {
        PairPlan both =
                PAIRS.order(
                        "sluice/spin",
                        List.of(Workload.of(Pattern.STREAM, 64), Workload.of(Pattern.RTT, 64)));
        for (PairResult pairResult : PAIRS.launcher().launchAll(both)) {
            for (EndpointResult end : List.of(pairResult.initiator(), pairResult.responder())) {
                assertEquals(0, end.counters.lost(), "what one workload sent is not the other's");
                Map<String, Long> calls = end.counters.systemCalls();
                // The check whether the other end is alive, while that end has no CPU.
                long questions = calls.getOrDefault("fcntl", 0L);
                long milliseconds = end.counters.wallNs() / 1_000_000;
                assertTrue(questions <= milliseconds + 2, calls + " in " + milliseconds + " ms");
                assertTrue(calls.keySet().stream().allMatch("fcntl"::equals), calls.toString());
            }
        }
    }

    @Tag("proof")
    @Test
    void aRunKeepsToItsOrderAndRecordsWhatItDid() throws Exception {
        List<MeasurementPlan> plans = roundTrips("pipe", "pipe.hint", "sluice/spin");
        Results first = run(suite(2), plans, 7);
        List<String> order =
                Plans.order(Plans.groups(plans, false), 7, 2).stream()
                        .flatMap(List::stream)
                        .flatMap(List::stream)
                        .map(MeasurementPlan::id)
                        .toList();
        assertEquals(order, first.run().order());
        assertEquals(plans.size(), first.measurements().size());
        assertTrue(first.floorBefore().lineRoundTripNs() > 0);
        for (Measurement measurement : first.measurements()) {
            assertEquals(2, measurement.forks().size(), measurement.id());
            Fork fork = measurement.forks().get(0);
            assertEquals(Set.of(Fork.INITIATOR, Fork.RESPONDER), fork.ends().keySet());
            assertEquals(PAIRS.place().cpus(), measurement.factors().cpus());
            assertTrue(fork.lineRoundTripNs() > 0, "the floor of the fork");
            assertTrue(fork.system().wallNs() > 0, "what the machine did");
            assertFalse(fork.windows().isEmpty());
        }
        assertEquals(1, first.attribution().size());
        assertEquals(List.of(), Schema.validate(ResultsFile.toJson(first)));
    }

    @Test
    void anotherSeedIsAnotherOrder() {
        List<List<Integer>> groups = List.of(List.of(0, 1, 2, 3, 4), List.of(5, 6, 7, 8, 9));
        assertEquals(Plans.order(groups, 7, 3), Plans.order(groups, 7, 3));
        assertNotEquals(Plans.order(groups, 7, 3), Plans.order(groups, 8, 3));
    }

    /** Round trip and stream share a fork; each round is handed over; a run can be continued. */
    @Test
    void aRunIsWrittenAfterEachRoundAndContinuedFromThere() throws Exception {
        List<MeasurementPlan> plans =
                List.of(Pattern.RTT, Pattern.STREAM).stream()
                        .map(
                                pattern ->
                                        new MeasurementPlan(
                                                Transports.of("pipe"),
                                                Workload.of(pattern, 64),
                                                null))
                        .toList();
        assertEquals(1, Plans.groups(plans, false).size());
        List<Results> written = new ArrayList<>();
        Rig crashed = withFloorInAProof(rig(suite(2), plans, 7, new Progress(QUIET)));
        assertThrows(
                IOException.class,
                () ->
                        crashed.run(
                                Records.tool("test", "test"),
                                List.of(),
                                soFar -> {
                                    written.add(soFar);
                                    throw new IOException("a crash");
                                }));
        Results first = ResultsFile.fromJson(ResultsFile.toJson(written.get(0)));
        assertTrue(first.run().interrupted());
        assertEquals(Grade.DO_NOT_QUOTE, first.run().grade().letter(), "one fork");
        Rig next = withFloorInAProof(rig(suite(2), plans, 7, new Progress(QUIET)));
        next.resume(first, Records.tool("test", "test"));
        Results both = next.run(Records.tool("test", "test"), List.of(), soFar -> {});
        assertEquals(first.run().id(), both.run().id());
        Map<String, String> during = both.environment().details().get(Details.LOAD_DURING);
        assertTrue(during.containsKey(Details.OTHERS), "what others used meanwhile: " + during);
        assertFalse(both.run().interrupted());
        for (int i = 0; i < plans.size(); i++) {
            List<Fork> forks = both.measurements().get(i).forks();
            assertEquals(List.of(0, 1), forks.stream().map(Fork::n).toList());
            assertEquals(first.measurements().get(i).forks().get(0), forks.get(0));
            assertEquals(2, forks.get(1).ends().size());
        }
    }

    /** Only suite, seed, CPUs, Java and measurements were compared. */
    @Test
    void aRunIsContinuedOnlyWithForksThatAreLikeItsOwn() throws Exception {
        List<MeasurementPlan> plans = roundTrips("pipe");
        String earlier = ResultsFile.toJson(nothingOf(plans));
        for (String[] difference :
                new String[][] {
                    {"\"seed\" : 7", "\"seed\" : 8", "seed differ: 8 there, 7 here"},
                    {"\"pauseNs\" : 0", "\"pauseNs\" : 9", "pauses in nanoseconds differ: 9 there"},
                    {"\"commit\" : \"", "\"commit\" : \"x", "commits of shm-compare differ: x"},
                    {"\"cpuModel\" : \"", "\"cpuModel\" : \"x", "CPU models differ: x"},
                    {"\"kernel\" : \"", "\"kernel\" : \"x", "kernels differ: xLinux"},
                    {"\"blockNs\"", "\"absent\"", "the lengths of their blocks are not recorded"}
                }) {
            Results other = ResultsFile.fromJson(earlier.replace(difference[0], difference[1]));
            Rig rig = rig(suite(1), plans, 7, new Progress(QUIET));
            String refused =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> rig.resume(other, Records.tool("test", "test")),
                                    difference[2])
                            .getMessage();
            assertTrue(refused.contains(difference[2]), refused);
        }
    }

    /** Returns the results of a run that was stopped before it began. */
    private static Results nothingOf(List<MeasurementPlan> plans) throws IOException {
        Rig stopped = rig(suite(1), plans, 7, new Progress(QUIET));
        stopped.awaitQuiet(Duration.ofHours(1));
        stopped.stop();
        Results nothing = stopped.run(Records.tool("test", "test"), List.of(), soFar -> {});
        assertNull(nothing.floorBefore(), "it was stopped before");
        return nothing;
    }

    /** The failed fork was measured again: what was invalid became valid. */
    @Tag("proof")
    @Test
    void aContinuedRunKeepsWhatFailedAndMeasuresWhatWasNotMeasured() throws Exception {
        List<MeasurementPlan> plans = roundTrips("pipe", "sluice/spin");
        Results nothing = nothingOf(plans);
        Measurement pipe = nothing.measurements().get(0);
        String failed = "\"order\" : [ \"" + pipe.id() + "\" ]";
        Results earlier =
                ResultsFile.fromJson(
                        ResultsFile.toJson(nothing)
                                .replace("\"order\" : [ ]", failed)
                                .replaceFirst(
                                        pipe.reason(), "the responder: it broke; V01 lost 1"));
        Suite longer = suite(1).withBlocks(90_000_000, 80_000_000);
        Rig next = withFloorInAProof(rig(longer, plans, 7, new Progress(QUIET)));
        next.resume(earlier, Records.tool("test", "test"));
        Results both = next.run(Records.tool("test", "test"), List.of(), soFar -> {});
        assertEquals(plans.stream().map(MeasurementPlan::id).toList(), both.run().order());
        assertEquals("the responder: it broke; V01 lost 1", both.measurements().get(0).reason());
        assertEquals(Measurement.FAILED, both.measurements().get(0).status());
        assertEquals(Measurement.OK, both.measurements().get(1).status());
        assertEquals(1, both.measurements().get(1).forks().size());
        assertEquals(20_000_000, both.run().blockNs(), "as long as there");
        assertEquals(20_000_000, both.run().warmUpNs(), "as long as there");
    }

    /** A terminal's Ctrl-C ends the ends, too; that one left with status 130 was a failure. */
    @Tag("proof")
    @Test
    void aForkThatFailsAMomentBeforeTheRunIsStoppedWasAbandoned() throws Exception {
        Rig rig = withFloorInAProof(rig(suite(1), roundTrips("pipe"), 7, new Progress(QUIET)));
        Thread.ofPlatform()
                .daemon()
                .start(
                        () -> {
                            PairFixture.killTheFirstEnd();
                            Pause.until(System.nanoTime() + 100_000_000);
                            rig.stop();
                        });
        Results results = rig.run(Records.tool("test", "test"), List.of(), soFar -> {});
        assertTrue(results.run().interrupted());
        assertEquals(List.of(), results.run().order());
        assertEquals(Measurement.NOT_AVAILABLE, results.measurements().get(0).status());
    }

    /** What others disturbed was in the results like the rest. */
    @Tag("proof")
    @Test
    void aDisturbedForkIsRepeatedAndIsNotAmongTheResults() throws Exception {
        List<MeasurementPlan> plans = roundTrips("pipe");
        Rig rig = rig(suite(4), plans, 7, new Progress(QUIET));
        List<Fork> seen = new ArrayList<>();
        rig.repeatIf(
                (factors, fork) -> {
                    seen.add(fork);
                    return seen.size() == 2 ? Optional.of("others were here") : Optional.empty();
                });
        Measurement measured =
                rig.run(Records.tool("test", "test"), List.of(), soFar -> {}).measurements().get(0);
        assertEquals(5, seen.size());
        assertEquals(List.of("fork 2: others were here"), measured.repeated());
        assertEquals(List.of(0, 1, 2, 3), measured.forks().stream().map(Fork::n).toList());
        assertFalse(measured.forks().contains(seen.get(1)));
    }

    private static final PrintStream QUIET = new PrintStream(OutputStream.nullOutputStream());

    private static Rig withFloorInAProof(Rig rig) {
        if (!Proof.isProofBuild()) {
            rig.skipFloor();
        }
        return rig;
    }

    private static Rig rig(Suite suite, List<MeasurementPlan> plans, long seed, Progress progress) {
        Rig rig = new Rig(suite, plans, PAIRS.place().cpus(), seed, progress, null);
        rig.awaitQuiet(Duration.ZERO);
        return rig;
    }

    /** It had the number of forks that was planned. */
    @Tag("proof")
    @Test
    void aRunThatIsStoppedInItsSecondRoundKeepsWhatItMeasuredAndHasOneRound() throws Exception {
        List<MeasurementPlan> plans = roundTrips("pipe", "sluice/spin");
        Rig[] rig = new Rig[1];
        OutputStream stopsAtTheThirdFork =
                new OutputStream() {
                    private final StringBuilder said = new StringBuilder();

                    @Override
                    public void write(int b) {
                        said.append((char) b);
                        if (said.indexOf("[  3/1000]") >= 0) {
                            rig[0].stop();
                        }
                    }
                };
        Progress progress = new Progress(new PrintStream(stopsAtTheThirdFork, true));
        rig[0] = withFloorInAProof(rig(suite(500), plans, 7, progress));
        rig[0].repeatIf((factors, fork) -> Optional.empty());
        Results results = rig[0].run(Records.tool("test", "test"), List.of(), soFar -> {});
        assertTrue(results.run().interrupted());
        assertEquals(1, results.run().forks());
        assertEquals(
                List.of(1, 2),
                results.measurements().stream().map(m -> m.forks().size()).sorted().toList());
        assertTrue(results.measurements().get(0).usable(), results.measurements().get(0).reason());
    }

    private static List<MeasurementPlan> roundTrips(String... ids) {
        Workload workload = Workload.of(Pattern.RTT, 64);
        return Stream.of(ids)
                .map(id -> new MeasurementPlan(Transports.of(id), workload, null))
                .toList();
    }

    private static Suite suite(int forks) {
        return new Suite("test", List.of(), forks, forks, 20_000_000, 20_000_000, 200, 0);
    }

    private static Results run(Suite suite, List<MeasurementPlan> plans, long seed)
            throws IOException {
        return rig(suite, plans, seed, new Progress(QUIET))
                .run(Records.tool("test", "test"), List.of("a", "b"), soFar -> {});
    }
}
