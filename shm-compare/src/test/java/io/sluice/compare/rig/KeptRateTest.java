package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** A rate is missed by what a mechanism cannot carry, and not by one delay. */
class KeptRateTest {
    private static final long MILLISECOND = 1_000_000;

    /** Returns the rate that 200 messages kept, scheduled every millisecond. */
    private static double kept(LongUnaryOperator lateNs) {
        KeptRate kept = new KeptRate(200);
        for (long i = 0; i < 200; i++) {
            kept.add((i + 1.0) * MILLISECOND, lateNs.applyAsLong(i));
        }
        return kept.of(1000);
    }

    @Test
    void whatIsSentInTimeKeepsTheRate() {
        assertEquals(1000, kept(i -> 0), 0.001);
    }

    @Test
    void oneDelayIsNoMissedRateWhereverItFalls() {
        long stop = 15 * MILLISECOND;
        for (long at = 0; at < 200; at++) {
            long stoppedAt = at;
            // What is scheduled meanwhile is sent at the end of the stop.
            double rate =
                    kept(
                            i ->
                                    i < stoppedAt
                                            ? 0
                                            : Math.max(0, stop - (i - stoppedAt) * MILLISECOND));
            assertEquals(1000, rate, 0.001, "stopped at message " + at);
        }
    }

    @Test
    void aRateThatCannotBeCarriedIsMissedByItsWholePart() {
        assertEquals(980, kept(i -> (long) ((i + 1) * MILLISECOND * (1 / 0.98 - 1))), 0.001);
    }

    @Test
    void aBlockThatEndsBeforeItsLastTenthKeepsWhatItsLastMessageKept() {
        KeptRate kept = new KeptRate(200);
        kept.add(MILLISECOND, 0);
        kept.add(2 * MILLISECOND, 2 * MILLISECOND);
        assertEquals(500, kept.of(1000), 0.001);
        assertEquals(0, new KeptRate(200).of(1000), "nothing was sent");
    }
}
