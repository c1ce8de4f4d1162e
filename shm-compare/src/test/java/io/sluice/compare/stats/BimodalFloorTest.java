package io.sluice.compare.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Results;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BimodalFloorTest {
    @Test
    void aHostThatMovesItsCpusIsFound() {
        assertEquals(
                List.of(new BimodalFloor(SyntheticResults.PLACEMENT, 140, 3, 520, 2)),
                BimodalFloor.of(run(140, 520, 150, 511, 130)));
        assertEquals(
                "the CPUs were near in 3 blocks and far in 2: a cache line took 140 or 520 ns",
                BimodalFloor.of(run(140, 520, 150, 511, 130)).getFirst().words());
    }

    @Test
    void twoPlacementsHaveTwoFloorsByRight() {
        SyntheticResults both = new SyntheticResults().floors(140, 150, 130);
        for (Measurement measurement :
                new SyntheticResults().floors(520, 511, 540).build().measurements()) {
            both.measurement(SyntheticResults.in("cross-socket", measurement));
        }
        assertEquals(List.of(), BimodalFloor.of(both.build()));
    }

    @Test
    void noiseIsNoMove() {
        assertEquals(List.of(), BimodalFloor.of(run(140, 160, 150, 200, 130)));
        assertEquals(List.of(), BimodalFloor.of(run(0, 140, 0, 150)), "not measured");
        assertEquals(List.of(), BimodalFloor.of(run()));
        double[] once = new double[21];
        Arrays.fill(once, 140);
        once[7] = 520;
        assertEquals(List.of(), BimodalFloor.of(run(once)), "one block of 21 was disturbed");
    }

    private static Results run(double... floors) {
        return new SyntheticResults().floors(floors).build();
    }
}
