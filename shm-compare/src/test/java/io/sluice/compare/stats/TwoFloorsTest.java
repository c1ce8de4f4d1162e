package io.sluice.compare.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.Results;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TwoFloorsTest {
    @Test
    void aHostThatMovesItsCpusIsFound() {
        assertEquals(
                List.of(new TwoFloors(SyntheticResults.PLACEMENT, 140, 3, 520, 2)),
                TwoFloors.of(run(140, 520, 150, 511, 130)));
    }

    @Test
    void twoPlacementsHaveTwoFloorsByRight() {
        SyntheticResults both = new SyntheticResults().floors(140, 150, 130);
        for (Cell cell : new SyntheticResults().floors(520, 511, 540).build().cells()) {
            both.cell(SyntheticResults.in("cross-socket", cell));
        }
        assertEquals(List.of(), TwoFloors.of(both.build()));
    }

    @Test
    void noiseIsNoMove() {
        assertEquals(List.of(), TwoFloors.of(run(140, 160, 150, 200, 130)));
        assertEquals(List.of(), TwoFloors.of(run(0, 140, 0, 150)), "not measured");
        assertEquals(List.of(), TwoFloors.of(run()));
        double[] once = new double[21];
        Arrays.fill(once, 140);
        once[7] = 520;
        assertEquals(List.of(), TwoFloors.of(run(once)), "one launch of 21 was disturbed");
    }

    private static Results run(double... floors) {
        return new SyntheticResults().floors(floors).build();
    }
}
