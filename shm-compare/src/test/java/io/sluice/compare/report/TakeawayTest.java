package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.P50_NS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.export.Metric;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.SyntheticResults;
import java.util.List;
import org.junit.jupiter.api.Test;

class TakeawayTest {
    private static final Takeaway SHORTEST = new Takeaway("Shortest", "Longest", P50_NS);
    private static final Takeaway MOST = new Takeaway("Most", "Fewest", Metric.MESSAGES_PER_S);

    @Test
    void theTwoEndsAreNamedWithTheirNumbers() {
        SyntheticResults results =
                new SyntheticResults()
                        .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                        .rtt("pipe.hint", Waiting.HINT, 64, 2_400)
                        .rtt("sluice", Waiting.SPIN, 64, 450);
        String shortest = of(SHORTEST, results);
        assertTrue(shortest.startsWith("Shortest: Shared memory, spinning (450"), shortest);
        assertTrue(shortest.contains(". Longest: Pipe (12.0"), shortest);
        String most = of(MOST, results);
        assertTrue(most.startsWith("Most: Shared memory, spinning ("), most);
    }

    @Test
    void whatMayBeAsGoodIsSaid() {
        SyntheticResults results =
                new SyntheticResults()
                        .rtt("pipe", Waiting.BLOCK, 64, 12_000, 0.1)
                        .rtt("fifo", Waiting.BLOCK, 64, 12_050, 0.1)
                        .rtt("uds.stream", Waiting.BLOCK, 64, 30_000, 0.1);
        String text = of(SHORTEST, results);
        assertTrue(
                text.contains(", not clearly apart from Named pipe. Longest: Unix socket ("), text);
    }

    @Test
    void ofManyThatMayBeAsGoodThreeAreNamed() {
        SyntheticResults results = new SyntheticResults();
        for (String each : List.of("pipe", "fifo", "nio.pipe", "nio.fifo", "tcp", "mq.posix")) {
            results.rtt(each, Waiting.BLOCK, 64, 12_000, 0.1);
        }
        results.rtt("uds.stream", Waiting.BLOCK, 64, 30_000, 0.1);
        String text = of(SHORTEST, results);
        assertTrue(text.contains(" and 2 more. Longest: Unix socket ("), text);
    }

    @Test
    void endsThatOverlapAreNoEnds() {
        SyntheticResults results =
                new SyntheticResults()
                        .rtt("pipe", Waiting.BLOCK, 64, 12_000, 0.1)
                        .rtt("fifo", Waiting.BLOCK, 64, 12_050, 0.1);
        String text = of(SHORTEST, results);
        assertTrue(text.startsWith("Shortest: no clear difference, from Pipe (12"), text);
    }

    @Test
    void oneNumberIsNoFinding() {
        assertEquals("", of(SHORTEST, new SyntheticResults().rtt("pipe", Waiting.BLOCK, 64, 9)));
    }

    private static String of(Takeaway takeaway, SyntheticResults results) {
        return takeaway.of(new ReportModel(results.build()).rows());
    }
}
