package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Launch;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Tool;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import io.sluice.os.Threads;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real processes, short runs. Counts are checked, times never. */
@Timeout(120)
class RigTest {
    private static final long BLOCK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /** One of each kind; a test of the mechanisms themselves tries all of them. */
    private static final List<Transport> SOME =
            Stream.of("pipe", "fifo", "uds.seqpacket", "mq.posix", "mq.sysv", "tcp", "sluice/futex")
                    .map(Transports::of)
                    .toList();

    private final List<Integer> cpus = cpus();
    private final PairLauncher launcher = new PairLauncher(cpus.get(0), cpus.get(1), 60);

    private static List<Integer> cpus() {
        try {
            int[] allowed = Threads.allowedCpus();
            return List.of(allowed[0], allowed[allowed.length > 1 ? 1 : 0]);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private PairLauncher.Pair launch(String id, String pattern, int size) throws IOException {
        return launcher.launch(Transports.of(id), pattern, size, BLOCK_NS, BLOCK_NS);
    }

    private static double perMessage(EndpointResult end, String call) {
        long calls = end.counters().systemCalls().getOrDefault(call, 0L);
        return Math.round(100.0 * calls / end.messages()) / 100.0;
    }

    @Test
    void everyMessageArrivesWholeInEveryPattern() throws Exception {
        for (Transport transport : SOME) {
            for (String pattern : List.of(Factors.RTT, Factors.STREAM)) {
                for (int size : new int[] {8, 8192}) {
                    String what = transport.name() + " " + pattern + " " + size;
                    PairLauncher.Pair pair = launch(transport.name(), pattern, size);
                    assertTrue(pair.initiator().messages() >= 200, what);
                    assertEquals(pair.initiator().messages(), pair.responder().messages(), what);
                    for (EndpointResult end : List.of(pair.initiator(), pair.responder())) {
                        EndCounters counters = end.counters();
                        assertEquals(0, counters.lost(), what);
                        assertEquals(0, counters.duplicated(), what);
                        assertEquals(0, counters.corrupted(), what);
                    }
                    assertEquals(pattern.equals(Factors.RTT), pair.initiator().hdr() != null);
                }
            }
        }
    }

    @Test
    void aHopThroughThePipeIsOneWriteAndOneRead() throws Exception {
        for (String id : List.of("pipe", "fifo", "uds.stream", "pipe.hint")) {
            PairLauncher.Pair pair = launch(id, Factors.RTT, 64);
            for (EndpointResult end : List.of(pair.initiator(), pair.responder())) {
                assertEquals(1.00, perMessage(end, "write"), id);
                assertEquals(1.00, perMessage(end, "read"), id);
                assertEquals(Set.of("read", "write"), end.counters().systemCalls().keySet(), id);
            }
        }
    }

    @Test
    void aStreamThroughThePipeIsOneWriteHereAndOneReadThere() throws Exception {
        PairLauncher.Pair pair = launch("pipe", Factors.STREAM, 64);
        assertEquals(1.00, perMessage(pair.initiator(), "write"));
        assertEquals(0.00, perMessage(pair.initiator(), "read"));
        assertEquals(1.00, perMessage(pair.responder(), "read"));
        assertEquals(0.00, perMessage(pair.responder(), "write"));
    }

    @Test
    void ourPipeMakesNoSystemCallForAMessage() throws Exception {
        for (String pattern : List.of(Factors.RTT, Factors.STREAM)) {
            PairLauncher.Pair pair = launch("sluice/spin", pattern, 64);
            for (EndpointResult end : List.of(pair.initiator(), pair.responder())) {
                Map<String, Long> calls = end.counters().systemCalls();
                // While the other end is kept from its CPU, the question whether it lives.
                long questions = calls.getOrDefault("fcntl", 0L);
                long milliseconds = end.wallNs() / 1_000_000;
                assertTrue(questions <= milliseconds + 2, calls + " in " + milliseconds + " ms");
                assertTrue(calls.keySet().stream().allMatch("fcntl"::equals), calls.toString());
            }
        }
    }

    @Test
    void anEndThatIsKilledIsARecordedFailureAndLeavesNothingBehind() throws Exception {
        Path scratch = PairLauncher.scratch();
        for (Transport transport : SOME) {
            Set<Path> before = entries(scratch);
            Thread killer = Thread.ofPlatform().daemon().start(() -> killTheFirstEndThatRuns());
            IOException e =
                    assertThrows(
                            IOException.class,
                            () ->
                                    launcher.launch(
                                            transport,
                                            Factors.RTT,
                                            64,
                                            TimeUnit.SECONDS.toNanos(30),
                                            BLOCK_NS),
                            transport.id());
            killer.join();
            assertFalse(e.getMessage().isEmpty());
            assertEquals(before, entries(scratch), transport.id());
        }
    }

    private static void killTheFirstEndThatRuns() {
        while (true) {
            var end = ProcessHandle.current().children().findFirst();
            if (end.isPresent() && end.get().destroyForcibly()) {
                return;
            }
            Thread.onSpinWait();
        }
    }

    private static Set<Path> entries(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.filter(
                            entry -> entry.getFileName().toString().startsWith("shm-compare-"))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void aRunIsReproducibleInItsOrderAndRecordsWhatItDid() throws Exception {
        Suite suite =
                new Suite(
                        "test",
                        List.of(Factors.RTT),
                        List.of(64),
                        2,
                        Duration.ofMillis(20),
                        Duration.ofMillis(20));
        List<CellPlan> plans = SOME.stream().map(t -> new CellPlan(t, Factors.RTT, 64)).toList();
        Results first = run(suite, plans);
        Results second = run(suite, plans);
        assertEquals(first.run().order(), second.run().order());
        assertEquals(plans.size() * 2, first.run().order().size());
        assertEquals(plans.size(), first.cells().size());
        assertTrue(first.floorBefore().lineRoundTripNs() > 0);
        for (Cell cell : first.cells()) {
            assertEquals(2, cell.launches().size(), cell.id());
            Launch launch = cell.launches().get(0);
            assertEquals(Set.of(Launch.INITIATOR, Launch.RESPONDER), launch.ends().keySet());
            assertEquals(cpus, cell.factors().cpus());
            assertTrue(launch.lineRoundTripNs() > 0, "the floor of the launch");
        }
    }

    private Results run(Suite suite, List<CellPlan> plans) throws IOException {
        PrintStream quiet = new PrintStream(OutputStream.nullOutputStream());
        return new Rig(suite, plans, cpus, 7, new Progress(quiet))
                .run(new Tool("test", "test"), Arrays.asList("a", "b"));
    }
}
