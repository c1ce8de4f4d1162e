package io.sluice.compare.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compare.result.Results;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TwoFloorsTest {
    @Test
    void aHostThatMovesItsCpusIsFound() {
        assertEquals(
                Optional.of(new TwoFloors(140, 3, 520, 2)),
                TwoFloors.of(run(140, 520, 150, 511, 130)));
    }

    @Test
    void noiseIsNoMove() {
        assertEquals(Optional.empty(), TwoFloors.of(run(140, 160, 150, 200, 130)));
        assertEquals(Optional.empty(), TwoFloors.of(run(0, 140, 0, 150)), "not measured");
        assertEquals(Optional.empty(), TwoFloors.of(run()));
        double[] once = new double[21];
        Arrays.fill(once, 140);
        once[7] = 520;
        assertEquals(Optional.empty(), TwoFloors.of(run(once)), "one launch of 21 was disturbed");
    }

    private static Results run(double... floors) {
        return new SyntheticResults().floors(floors).build();
    }
}
