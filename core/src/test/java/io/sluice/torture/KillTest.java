package io.sluice.torture;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Delivery;
import io.sluice.Proof;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kills processes with ends of a pipe, at random times and between any two steps of the protocols,
 * and stops and replaces them: no accepted message may be lost, duplicated without a mark, torn, or
 * out of order, and no end may wait forever.
 *
 * <p>The property {@code sluice.kills} sets the number of kills.
 */
@Order(1) // It takes the longest.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KillTest {
    private static final int KILLS = Proof.size("sluice.kills", 6, 300);

    /** The number of kills on rendezvous pipes. */
    private static final int RENDEZVOUS_KILLS = Math.max(1, KILLS * 2 / 3);

    /** The number of kills of a broadcast after which some receiver has been lapped. */
    private static final int ENOUGH_FOR_GAPS = 100;

    private CrashSeries series;

    @BeforeAll
    void prepare(@TempDir Path temporary) throws Exception {
        series = new CrashSeries(temporary, null);
    }

    /** Returns all of them in a proof, else each third one. */
    private static Stream<Arguments> some(Arguments... all) {
        int step = Proof.size(3, 1);
        return IntStream.range(0, all.length).filter(i -> i % step == 0).mapToObj(i -> all[i]);
    }

    static Stream<Arguments> topologies() {
        Delivery again = Delivery.AT_LEAST_ONCE;
        Delivery once = Delivery.AT_MOST_ONCE;
        return some(
                Arguments.of(new CrashTopology(1, 1, again, 16384, 1, true), 20),
                Arguments.of(new CrashTopology(3, 1, again, 8192, 1, true), 20),
                Arguments.of(new CrashTopology(1, 3, again, 4096, 1, true), 20),
                Arguments.of(new CrashTopology(3, 3, again, 8192, 1, false), 20),
                Arguments.of(new CrashTopology(3, 1, once, 4096, 1, false), 10),
                Arguments.of(new CrashTopology(3, 3, once, 4096, 1, true), 10),
                Arguments.of(new CrashTopology(1, 1, again, 4096, 5, true), 15),
                Arguments.of(new CrashTopology(3, 1, again, 4096, 4, true), 14),
                Arguments.of(new CrashTopology(1, 3, again, 4096, 4, true), 14),
                Arguments.of(new CrashTopology(3, 3, again, 4096, 3, false), 14),
                Arguments.of(new CrashTopology(3, 3, once, 4096, 4, true), 10));
    }

    static Stream<Arguments> rendezvous() {
        return some(
                Arguments.of(CrashTopology.rendezvous(1, 1, true), 20),
                Arguments.of(CrashTopology.rendezvous(3, 1, true), 20),
                Arguments.of(CrashTopology.rendezvous(1, 3, false), 25),
                Arguments.of(CrashTopology.rendezvous(3, 3, true), 35));
    }

    static Stream<Arguments> broadcasts() {
        return some(
                Arguments.of(CrashTopology.broadcast(1, 3, 8192), 60),
                Arguments.of(CrashTopology.broadcast(3, 4, 4096), 40));
    }

    /**
     * A gated receiver got every message since it attached, and a lossy one counted what it did not
     * get.
     */
    @ParameterizedTest
    @MethodSource("broadcasts")
    void everyReceiverGotOrCountedEveryMessage(CrashTopology crashTopology, int percent)
            throws Exception {
        int kills = Math.max(1, Proof.size("sluice.kills", 6, 300) * percent / 100);
        CrashCounts crashCounts = killRepeatedly(crashTopology, kills);
        assertTrue(kills < ENOUGH_FOR_GAPS || crashCounts.gaps > 0, "no receiver was lapped");
    }

    /** A message reported as received was received once; a dead receiver's last may be lost. */
    @ParameterizedTest
    @MethodSource("rendezvous")
    void aMessageReportedAsReceivedWasReceivedOnce(CrashTopology crashTopology, int percent)
            throws Exception {
        killRepeatedly(crashTopology, Math.max(1, RENDEZVOUS_KILLS * percent / 100));
    }

    @ParameterizedTest
    @MethodSource("topologies")
    void noMessageIsLostDuplicatedTornOrStuck(CrashTopology crashTopology, int percent)
            throws Exception {
        killRepeatedly(crashTopology, Math.max(1, KILLS * percent / 100));
    }

    private CrashCounts killRepeatedly(CrashTopology crashTopology, int kills) throws Exception {
        return series.run(crashTopology, kills, proofOf(crashTopology));
    }

    private static Proof proofOf(CrashTopology crashTopology) {
        if (crashTopology.broadcast()) {
            return Proof.KILLS_BROADCAST;
        }
        if (crashTopology.isRendezvous()) {
            return Proof.KILLS_RENDEZVOUS;
        }
        return crashTopology.rings() > 1 ? Proof.KILLS_UNBOUNDED : Proof.KILLS_BOUNDED;
    }

    @AfterAll
    void report() throws Exception {
        series.report();
        series.close();
    }
}
