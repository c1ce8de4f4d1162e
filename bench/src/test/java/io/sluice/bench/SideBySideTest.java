package io.sluice.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(120)
class SideBySideTest {
    @BeforeAll
    static void beBrief() { // Passed on to the processes.
        System.setProperty("sluice.warmup.ms", "20");
        System.setProperty("sluice.trial.ms", "20");
        System.setProperty("sluice.attempts", "1");
    }

    @Test
    void everyContenderHasItsTurnInEachRound() throws Exception {
        List<String> contenders = List.of("stream-2p/sluice", "floor");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ByteArrayOutputStream progress = new ByteArrayOutputStream();
        SideBySide.run(1, contenders, new PrintStream(bytes), new PrintStream(progress));
        assertEquals(
                1 + contenders.size(), progress.toString().lines().count(), progress::toString);
        String said = bytes.toString();
        for (String contender : contenders) {
            assertEquals(3, said.lines().filter(l -> l.startsWith(contender + "  ")).count(), said);
        }
    }

    static List<String> benchmarks() {
        return Stream.concat(
                        Trial.KINDS.stream(),
                        ByteSubjects.BETWEEN_PROCESSES.keySet().stream()
                                .filter(s -> !s.equals("sluice")) // The default.
                                .flatMap(s -> Stream.of("stream-2p/" + s, "roundtrip-2p/" + s)))
                .toList();
    }

    /** On a thread of its own, which is pinned. */
    @ParameterizedTest
    @MethodSource("benchmarks")
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void everyKindMeasuresSomething(String name) throws Exception {
        int trials = name.contains("-2p") ? 2 : 1; // The other process serves all.
        for (int i = 0; i < trials; i++) {
            Trial.TrialRun run = Trial.run(name);
            run.open();
            double value = run.measure(5_000_000);
            run.close();
            assertTrue(value > 0 && Double.isFinite(value), name + ": " + value);
        }
    }

    @Test
    void bothProcessesEndAtTheEndOfTheirInputAlsoDuringATrial() throws Exception {
        System.setProperty("sluice.trial.ms", "100000");
        JvmProcess trial = new JvmProcess(Trial.class, "stream-2p/sluice");
        beBrief();
        assertEquals(Trial.READY, trial.answer());
        CompletableFuture<String> result = CompletableFuture.supplyAsync(() -> trial.ask("go"));
        Optional<Path> directory;
        do { // Until both ends are open.
            assertFalse(result.isDone(), "it ended without a peer process");
            directory = trial.handle().children().findAny().flatMap(SideBySideTest::mapped);
        } while (directory.isEmpty());
        ProcessHandle peer = trial.handle().children().findAny().orElseThrow();
        trial.close();
        assertFalse(Files.exists(directory.get()), directory::toString);
        peer.onExit().get(30, TimeUnit.SECONDS);
        assertThrows(ExecutionException.class, () -> result.get(30, TimeUnit.SECONDS));
    }

    /** Returns the directory of a pipe that the process has mapped. */
    private static Optional<Path> mapped(ProcessHandle process) {
        try (Stream<String> maps = Files.lines(Path.of("/proc", process.pid() + "", "maps"))) {
            return maps.map(Pattern.compile("/\\S*/sluice-bench[^/]*")::matcher)
                    .filter(Matcher::find)
                    .map(found -> Path.of(found.group()))
                    .findAny();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void contendersAreChosenByTheirRows() {
        assertTrue(SideBySide.names(List.of("all-rows")).size() > 40);
        System.setProperty("sluice.rows", "^fanin/(sluice|agrona)");
        assertEquals(
                List.of("fanin/sluice", "fanin/agrona-many-to-one"),
                SideBySide.names(List.of("all-rows")));
        System.clearProperty("sluice.rows");
        assertEquals("stream@8", new SideBySide.Contender("stream-2p/sluice@8").group());
        assertEquals("floor", new SideBySide.Contender("floor").group());
        assertEquals("objects-1-1", new SideBySide.Contender("objects-1-1/jctools").group());
    }

    @Test
    void eachTargetComparesRowsOfTheTable() {
        List<String> rows = SideBySide.names(List.of("all-rows"));
        for (SpeedTarget target : SpeedTarget.ALL) {
            assertTrue(rows.contains(target.contender()), target::toString);
            assertTrue(target.others().stream().anyMatch(rows::contains), target::toString);
        }
    }

    @Test
    void aTargetIsMetOrMissedByTheMedianRatioToTheFastestOther() {
        SpeedTarget target =
                new SpeedTarget("a stream", "stream/sluice", List.of("stream/a", "stream/b"), 2, 3);
        assertNull(target.line(List.of(contender("stream/a", true, 1))));
        SideBySide.Contender own = contender("stream/sluice", true, 40, 44, 40);
        SideBySide.Contender slow = contender("stream/a", true, 10, 10, 10);
        SideBySide.Contender fast = contender("stream/b", true, 20, 20, 40);
        String met = target.line(List.of(own, slow, fast));
        assertTrue(met.matches("a stream +2.0 / 3.0 +2.00 \\(3, b\\) +/ not measured +met"), met);
        fast.results.replaceAll(r -> TrialResult.parse("120 25 120 NONE 0 0"));
        String missed = target.line(List.of(own, slow, fast));
        assertTrue(missed.matches("a stream .* 1.60 \\(3, b\\) .*missed"), missed);
        SpeedTarget time =
                new SpeedTarget("a trip", "roundtrip/sluice", List.of("roundtrip/a"), 0, 1.1);
        String trip =
                time.line(
                        List.of(
                                contender("roundtrip/sluice", false, 500),
                                contender("roundtrip/a", false, 600)));
        assertTrue(trip.matches("a trip +- / 1.1 +not measured +/ 1.20 \\(1, a\\) +met"), trip);
    }

    private static SideBySide.Contender contender(String name, boolean near, double... values) {
        SideBySide.Contender contender = new SideBySide.Contender(name);
        double line = near ? 120 : 620;
        for (double value : values) {
            contender.results.add(
                    new TrialResult(line, value, line, TrialResult.Exclusion.NONE, 0, 0));
        }
        return contender;
    }

    @Test
    void aTrialIsLeftOutThatAnotherProcessDisturbedOrThatWasNotWarm() {
        long nanos = 300_000_000;
        ResourceUse start = new ResourceUse(1_000, 500, 7_000, 40);
        long own = nanos / 1_000_000 * Cpus.count();
        ResourceUse quiet = new ResourceUse(1_000 + own, 500 + own, 7_003, 41);
        assertTrue(quiet.isWarmSince(start, nanos));
        assertFalse(quiet.isDisturbedSince(start, nanos));
        ResourceUse shared = new ResourceUse(1_000 + own, 500 + own * 8 / 10, 7_003, 41);
        assertTrue(shared.isDisturbedSince(start, nanos));
        ResourceUse faulting = new ResourceUse(1_000 + own, 500 + own, 8_000, 41);
        assertFalse(faulting.isWarmSince(start, nanos));
        assertTrue(faulting.withoutFaults().isWarmSince(start.withoutFaults(), nanos), "grows");
        ResourceUse compiling = new ResourceUse(1_000 + own, 500 + own, 7_003, 60);
        assertFalse(compiling.isWarmSince(start, nanos));
    }

    @Test
    void theKernelsCountersAreParsed() {
        String stat = "4711 (a ) b) R 1 2 3 0 -1 4194304 120 0 3 0 25 6 0 0 20 0 9 0 55";
        assertEquals(new ResourceUse(0, 310, 120, 0), ResourceUse.parse(stat));
        int cpu = IntStream.range(0, 1 << 12).filter(Cpus::contains).findFirst().orElseThrow();
        assertEquals(
                136, ResourceUse.busyTicks("cpu" + cpu + " 100 20 3 9999 888 4 1 8 77 0"), "steal");
        assertEquals(0, ResourceUse.busyTicks("cpu  100 20 3 9999 888 4 1 8 77 0"), "the sum");
    }

    @Test
    void aTrialWhoseCpusMovedIsLeftOut() {
        TrialResult moved = TrialResult.parse("120.0 5e7 640.0 NONE 0 0");
        assertEquals(TrialResult.Exclusion.MOVED, moved.exclusion());
        TrialResult far = TrialResult.parse("620.0 5e7 640.0 NONE 2 1");
        assertTrue(far.counts(false));
        assertFalse(far.counts(true));
        assertEquals(far, TrialResult.parse(far.toString()));
    }

    @Test
    void anUnknownContenderIsNamed() {
        for (String name : List.of("strem/sluice", "stream/slice", "fanin/kernel-pipe")) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> Trial.run(name));
            assertTrue(e.getMessage().contains(name), e::toString);
            assertTrue(e.getMessage().contains("choose from"), e::toString);
        }
    }
}
