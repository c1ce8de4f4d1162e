package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Floor;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Launch;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class ValidityTest {
    private static final Floor FLOOR = new Floor(20, 9, 150, 400, 500);

    private static final Environment MACHINE =
            new Environment(
                    "cpu", 2, List.of(0, 1), "none", "k", "tsc", "j", "v", "g", 0, 0, null, null);

    private static EndCounters end(long switches, long lost, long duplicated, long corrupted) {
        return new EndCounters(
                1, 1, 0, switches, 0, 0, 1000, Map.of(), lost, duplicated, corrupted);
    }

    private static Launch launch(long roundTripNs, EndCounters a, EndCounters b) {
        Histogram histogram = new Histogram(1, 1_000_000_000, 3);
        histogram.recordValueWithCount(roundTripNs, 20_000);
        return new Launch(
                0,
                1000,
                0,
                Hdr.encode(histogram),
                roundTripNs,
                Map.of(Launch.INITIATOR, a, Launch.RESPONDER, b),
                0);
    }

    private static Cell judge(String waiting, List<Launch> launches, List<String> failures) {
        Factors factors =
                new Factors(
                        "m", waiting, Factors.RTT, 64, Factors.FULL, "two-cpus", List.of(0, 1), 0);
        return new Validity(MACHINE, FLOOR, FLOOR).judge("id", factors, launches, failures);
    }

    @Test
    void aCleanCellIsOk() {
        Cell cell =
                judge(
                        Factors.BLOCK,
                        List.of(launch(9000, end(1000, 0, 0, 0), end(1000, 0, 0, 0))),
                        List.of());
        assertEquals(Cell.OK, cell.status());
        assertEquals(List.of(), cell.flags());
    }

    @Test
    void aLostADuplicatedAndADamagedMessageEachInvalidateTheCell() {
        for (EndCounters faulty :
                List.of(end(1000, 1, 0, 0), end(1000, 0, 1, 0), end(1000, 0, 0, 1))) {
            Cell cell =
                    judge(
                            Factors.BLOCK,
                            List.of(launch(9000, end(1000, 0, 0, 0), faulty)),
                            List.of());
            assertEquals(Cell.INVALID, cell.status());
            assertEquals(List.of("V01"), cell.flags());
        }
    }

    @Test
    void aResultBelowTheFloorIsSuspect() {
        Launch launch = launch(300, end(0, 0, 0, 0), end(0, 0, 0, 0));
        assertEquals(List.of("V02"), judge(Factors.SPIN, List.of(launch), List.of()).flags());
    }

    @Test
    void aBlockingEndThatDidNotSleepIsMixed() {
        Launch launch = launch(9000, end(100, 0, 0, 0), end(100, 0, 0, 0));
        assertEquals(List.of("V03"), judge(Factors.BLOCK, List.of(launch), List.of()).flags());
    }

    @Test
    void aLaunchThatFailedMakesTheCellInvalidAndAllThatFailedMakeItFailed() {
        Launch launch = launch(9000, end(0, 0, 0, 0), end(0, 0, 0, 0));
        Cell some = judge(Factors.SPIN, List.of(launch), List.of("the responder died"));
        assertEquals(Cell.INVALID, some.status());
        assertTrue(some.reason().contains("died"));
        assertEquals(
                Cell.FAILED,
                judge(Factors.SPIN, List.of(), List.of("the responder died")).status());
    }
}
