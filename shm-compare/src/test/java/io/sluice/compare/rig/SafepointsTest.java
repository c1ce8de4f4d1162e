package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("alone")
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
}
