package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("alone")
class FloorProbeTest {
    /** One call in four returns at once: the shortest says nothing about the usual one. */
    @Test
    void whatACallTakesIsTheMedianOfTheRounds() throws IOException {
        long usual = TimeUnit.MICROSECONDS.toNanos(200);
        AtomicInteger calls = new AtomicInteger();
        double perCall =
                FloorProbe.perCall(
                        1,
                        i -> {
                            long end = System.nanoTime() + usual;
                            if (calls.getAndIncrement() % 4 != 0) {
                                while (System.nanoTime() < end) {
                                    Thread.onSpinWait();
                                }
                            }
                            return i;
                        });
        assertTrue(perCall >= usual, perCall + " ns");
    }
}
