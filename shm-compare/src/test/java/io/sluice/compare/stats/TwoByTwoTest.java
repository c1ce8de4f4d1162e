package io.sluice.compare.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Decomposition;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.FloorReadingBuilder;
import io.sluice.compare.result.Quantity;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Waiting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TwoByTwoTest {
    private static final double WITHIN = 0.02;

    /** Round trips, so twice of what is expected below. */
    private static SyntheticResults four() {
        return new SyntheticResults()
                .floor(floor())
                .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                .rtt("pipe.hint", Waiting.HINT, 64, 3_000)
                .rtt("sluice", Waiting.FUTEX, 64, 8_600)
                .rtt("sluice", Waiting.SPIN, 64, 600);
    }

    private static FloorReading floor() {
        return FloorReadingBuilder.builder()
                .clockNs(24)
                .downcallNs(6)
                .syscallNs(100)
                .lineRoundTripNs(400)
                .lineRoundTripP99Ns(600)
                .clockStepNs(1)
                .memcpyHotNs(Map.of(64, 5.0))
                .selfNs(Map.of("pipe", Map.of(64, 700.0)))
                .build();
    }

    private static void near(double expected, Quantity quantity) {
        assertEquals(expected, quantity.value(), WITHIN * Math.abs(expected) + 5);
        assertTrue(quantity.lo() == null || quantity.lo() <= quantity.value());
        assertTrue(quantity.hi() == null || quantity.hi() >= quantity.value());
    }

    @Test
    void fourMeasurementsGiveWakingPathAndInteraction() {
        Decomposition found = TwoByTwo.of(four().build()).get(0);
        assertEquals("pipe", found.kernel());
        near(6000, found.halfRoundTrip().get(Decomposition.KERNEL_SLEEPS));
        near(4500, found.wakeK());
        near(4000, found.wakeS());
        near(1200, found.dataPath());
        assertEquals(500, found.interaction().value(), 150);
        assertEquals(0.95, found.kernelShare().value(), 0.01);
        assertEquals(4500 / 5700.0, found.waitingShare().value(), 0.02);
    }

    @Test
    void thePartsAddUpToTheWhole() {
        Decomposition found = TwoByTwo.of(four().build()).get(0);
        near(200, found.parts().get(Decomposition.LINE));
        near(100, found.parts().get(Decomposition.SHARED_PATH));
        near(200, found.parts().get(Decomposition.ENTRY));
        near(10, found.parts().get(Decomposition.COPYING));
        near(490, found.parts().get(Decomposition.OBJECT));
        near(500, found.parts().get(Decomposition.COHERENCE));
        near(4500, found.parts().get(Decomposition.WAKE));
        double sum = found.parts().values().stream().mapToDouble(Quantity::value).sum();
        assertEquals(found.halfRoundTrip().get(Decomposition.KERNEL_SLEEPS).value(), sum, 1e-6);
    }

    @Test
    void copyingIsTheSlopeOfThePathAboveAPage() {
        SyntheticResults results = four();
        for (int size : new int[] {4096, 65_536}) {
            // A byte takes the kernel's path a tenth of a nanosecond, one way.
            results.rtt("pipe", Waiting.BLOCK, size, 12_000 + 0.4 * size, 0)
                    .rtt("pipe.hint", Waiting.HINT, size, 3_000 + 0.4 * size, 0)
                    .rtt("sluice", Waiting.SPIN, size, 600 + 0.2 * size, 0);
        }
        Decomposition large =
                TwoByTwo.of(results.build()).stream()
                        .filter(each -> each.size() == 65_536)
                        .findFirst()
                        .orElseThrow();
        assertEquals(6554, large.parts().get(Decomposition.COPYING).value(), 400);
        assertFalse(large.remarks().toString().contains("memcpy"), large.remarks().toString());
    }

    @Test
    void aMeasurementThatDidNotSleepIsCalledMixed() {
        SyntheticResults results = four();
        results.rttWithoutSleep("mq", Waiting.BLOCK, 64, 9_000);
        results.rtt("mq.hint", Waiting.HINT, 64, 3_000);
        Decomposition mq =
                TwoByTwo.of(results.build()).stream()
                        .filter(each -> each.kernel().equals("mq"))
                        .findFirst()
                        .orElseThrow();
        assertTrue(mq.remarks().toString().contains("mixed"), mq.remarks().toString());
        assertNull(mq.wakeK().value());
        assertNull(mq.waitingShare().value());
        assertNull(mq.parts().get(Decomposition.WAKE).value());
        Decomposition pipe = TwoByTwo.of(results.build()).get(0);
        assertFalse(pipe.remarks().toString().contains("mixed"), pipe.remarks().toString());
    }

    /** The receiver of shared memory hardly sleeps in ping-pong; that of the pipe does. */
    private static SyntheticResults futexMixed() {
        return new SyntheticResults()
                .floor(floor())
                .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                .rtt("pipe.hint", Waiting.HINT, 64, 3_000)
                .rttWithoutSleep("sluice", Waiting.FUTEX, 64, 1_000)
                .rtt("sluice", Waiting.SPIN, 64, 600);
    }

    @Test
    void bothWakeUpsComeFromTheSameKindOfMessage() {
        Decomposition found =
                TwoByTwo.of(
                                futexMixed()
                                        .afterPause("pipe", Waiting.BLOCK, 64, 100_000)
                                        .afterPause("pipe.hint", Waiting.HINT, 64, 20_000)
                                        .afterPause("sluice", Waiting.FUTEX, 64, 90_000)
                                        .afterPause("sluice", Waiting.SPIN, 64, 10_000)
                                        .build())
                        .get(0);
        near(40_000, found.wakeK());
        near(40_000, found.wakeS());
        assertEquals(0, found.interaction().value(), 2000);
        assertTrue(found.remarks().get(0).contains("both rows"), found.remarks().toString());
    }

    @Test
    void wakeUpsOfDifferentKindsAreNotSubtracted() {
        Decomposition found =
                TwoByTwo.of(
                                futexMixed()
                                        .afterPause("sluice", Waiting.FUTEX, 64, 90_000)
                                        .afterPause("sluice", Waiting.SPIN, 64, 10_000)
                                        .build())
                        .get(0);
        near(4500, found.wakeK());
        assertNull(found.wakeS().value(), "its receiver did not sleep");
        assertNull(found.interaction().value(), "one receiver slept, the other did not");
        assertTrue(found.remarks().get(0).contains("has no number"), found.remarks().toString());
    }

    @Test
    void aMissingMeasurementLeavesItsNumbersOut() {
        Results results =
                new SyntheticResults()
                        .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                        .rtt("pipe.hint", Waiting.HINT, 64, 3_000)
                        .build();
        Decomposition found = TwoByTwo.of(results).get(0);
        near(4500, found.wakeK());
        assertNull(found.wakeS().value());
        assertNull(found.dataPath().value());
        assertNull(found.interaction().value());
        assertEquals(
                List.of(Decomposition.KERNEL_SLEEPS, Decomposition.KERNEL_SPINS),
                List.copyOf(found.measurements().keySet()));
    }
}
