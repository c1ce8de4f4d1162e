package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SafepointsTest {
    @Test
    void theLinesOfTheLogAddUp() {
        assertEquals(
                1500,
                Safepoints.total(
                        Stream.of(
                                "Safepoint \"Cleanup\", Time since last: 9 ns, Total:    1000 ns",
                                "Entering safepoint region: SerialFull",
                                "Safepoint \"SerialFull\", Reaching safepoint: 7 ns, Total: 500 ns")));
    }

    /** An end collects once before it is ready, so its log is not empty. */
    @Test
    void eachEndReadsItsOwnLog() throws Exception {
        PairLauncher.PairResult ends =
                new PairFixture().launch("pipe", Workload.of(Pattern.RTT, 64));
        for (EndpointResult end : new EndpointResult[] {ends.initiator(), ends.responder()}) {
            assertTrue(end.counters().safepointNs() >= 0, "not measured");
        }
    }
}
