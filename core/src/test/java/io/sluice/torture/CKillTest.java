package io.sluice.torture;

import io.sluice.CCompiler;
import io.sluice.Delivery;
import io.sluice.Proof;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Does what {@link KillTest} does, with half of the processes in C: each recovers what the other
 * left. A process in C dies from outside, or at the entry or return of any function of {@code
 * sluice.h}.
 *
 * <p>The property {@code sluice.kills} sets the number of kills. Skipped without {@code gcc}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CKillTest {
    private static final int KILLS = Proof.size("sluice.kills", 6, 320);

    private CrashSeries series;

    @BeforeAll
    void prepare(@TempDir Path temporary) throws Exception {
        CCompiler.need("gcc");
        Path program =
                CCompiler.compile(CCompiler.test("torture.c"), temporary, "-finstrument-functions");
        series = new CrashSeries(temporary, program);
    }

    static Stream<Arguments> topologies() {
        Delivery again = Delivery.AT_LEAST_ONCE;
        Delivery once = Delivery.AT_MOST_ONCE;
        Stream<Arguments> all =
                Stream.of(
                        Arguments.of(new CrashTopology(1, 1, again, 16384, 1, true), 20),
                        Arguments.of(new CrashTopology(3, 1, again, 8192, 1, true), 10),
                        Arguments.of(new CrashTopology(3, 3, again, 8192, 1, false), 20),
                        Arguments.of(new CrashTopology(3, 1, once, 4096, 1, false), 10),
                        Arguments.of(new CrashTopology(1, 1, again, 4096, 5, true), 10),
                        Arguments.of(new CrashTopology(3, 3, again, 4096, 3, true), 20),
                        Arguments.of(CrashTopology.rendezvous(3, 3, true), 10));
        // Outside a proof, those that have the most.
        return all.filter(a -> Proof.isProofBuild() || a.get()[1].equals(20));
    }

    @ParameterizedTest
    @MethodSource("topologies")
    void noMessageIsLostDuplicatedTornOrStuck(CrashTopology crashTopology, int percent)
            throws Exception {
        series.run(crashTopology, Math.max(1, KILLS * percent / 100), Proof.KILLS_C);
    }

    @AfterAll
    void report() throws Exception {
        if (series != null) {
            series.report();
            series.close();
        }
    }
}
