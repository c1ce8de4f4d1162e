package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.export.Metric;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.FactorsBuilder;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.transport.Transports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the program does only with peers on its class path. */
@Timeout(60)
class PeersTest {
    private static final PairFixture PAIRS = new PairFixture();

    @Test
    void theyAreThereAndTheLibrariesOfBothJarsAreRecorded() {
        assertEquals(Optional.empty(), Transports.missingPeers());
        List<Environment.Library> libraries = ClassPath.libraries();
        for (String name :
                List.of("agrona", "aeron", "chronicle-queue", "grpc", "jeromq", "netty")) {
            Environment.Library library =
                    libraries.stream()
                            .filter(each -> each.name().equals(name))
                            .findFirst()
                            .orElseThrow();
            assertTrue(library.version().matches("[0-9]+\\.[0-9.]+(Final)?"), library.toString());
        }
    }

    /** The read-me said 55 and 110 min. What a machine cannot do counts, so that all agree. */
    @Test
    void theReadMeHasWhatTheSuitesWithoutLimitTake() throws Exception {
        String text = Files.readString(Path.of("../README.md"));
        for (String name : List.of("standard", "publish")) {
            Suite suite = Suites.of(name);
            List<MeasurementPlan> plans =
                    Plans.of(suite, Transports.all(), List.of(), List.of(0, 1)).stream()
                            .filter(plan -> plan.unfit().isEmpty())
                            .toList();
            long minutes = suite.expected(Plans.groups(plans, false)).toMinutes();
            String rounded = "`%s` (%d min)".formatted(name, Math.round(minutes / 5.0) * 5);
            assertTrue(text.contains(rounded), rounded);
        }
    }

    @Tag("proof")
    @Test
    void whatManySendArrivesAndIsCountedByItsSender() throws Exception {
        PAIRS.checkFanIn("agrona.m2o");
    }

    @Test
    void threadsOfALibraryHelpAtBothEnds() throws Exception {
        PairResult pairResult = PAIRS.launch("jeromq.tcp", Workload.of(Pattern.RTT, 64));
        double there = helper(pairResult.initiator().numbers);
        double back = helper(pairResult.responder().numbers);
        assertTrue(there > 0 && back > 0, there + " and " + back);
        assertEquals(there + back, helper(pairResult.fork(0).numbers()), 1.0);
    }

    private static double helper(Map<String, Double> numbers) {
        return numbers.get(Numbers.HELPER_CPU_NS);
    }

    /** Its round trip took three times as long in a fork whose messages met new memory. */
    @Tag("proof")
    @Test
    void aeronsMemoryIsThereBeforeTheFirstMessage() throws Exception {
        Fork fork = PAIRS.launch("aeron.ipc", Workload.of(Pattern.RTT, 64)).fork(0);
        assertTrue(fork.messages() > 1000, fork.toString());
        assertTrue(fork.sum(EndCounters::pageFaults) < 100, fork.ends().toString());
    }

    /** Aeron had 8 MiB in flight, our pipes 64 KiB. */
    @Test
    void aeronAndAgronaRunAlsoWithOurMemory() throws Exception {
        for (String peer : List.of("aeron.ipc.64k", "agrona.o2o")) {
            assertEquals(65_536, Transports.of(peer).traits().capacity().bytes(), peer);
        }
        assertEquals(
                65_536,
                PAIRS.launch("aeron.ipc.64k", Workload.of(Pattern.STREAM, 64))
                        .initiator()
                        .capacityBytes);
    }

    @Tag("proof")
    @ParameterizedTest
    @ValueSource(strings = {"aeron.ipc", "jeromq.tcp"})
    void helperCpuTimeIsAttributedToTheEndsOnly(String id) throws Exception {
        PairResult pairResult = PAIRS.launch(id, Workload.of(Pattern.RTT, 64));
        Fork fork = pairResult.fork(0);
        double helper = helper(fork.numbers());
        assertTrue(helper > 0, fork.numbers().toString());
        double ends = fork.ends().values().stream().mapToLong(EndCounters::cpuNs).sum();
        double all = pairResult.initiator().system.otherCpuNs();
        assertEquals(Math.max(0, all - ends - helper), (double) fork.system().otherCpuNs(), 1.0);
        Measurement measurement =
                new Measurement(
                        "id",
                        FactorsBuilder.builder()
                                .mechanism(id)
                                .waiting(Waiting.SPIN)
                                .pattern(Pattern.RTT)
                                .size(64)
                                .touch(Touch.FULL)
                                .placement(PAIRS.place().name())
                                .cpus(PAIRS.place().cpus())
                                .build(),
                        Measurement.OK,
                        null,
                        List.of(),
                        List.of(fork));
        double apart =
                Metric.INITIATOR_CPU_NS_PER_MESSAGE.samples(measurement)[0]
                        + Metric.RESPONDER_CPU_NS_PER_MESSAGE.samples(measurement)[0];
        double together = Metric.CPU_NS_PER_MESSAGE.samples(measurement)[0];
        assertEquals(helper / (2.0 * fork.messages()), together - apart, 1e-6 * together);
        assertFalse(
                PAIRS.launch("pipe", Workload.of(Pattern.RTT, 64))
                        .fork(0)
                        .numbers()
                        .containsKey(Numbers.HELPER_CPU_NS));
    }
}
