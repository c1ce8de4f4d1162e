package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a run waits, by what others use. */
@Tag("alone")
@Timeout(60)
class QuietTest {
    private static final double BUSY = 0.5;
    private static final double IDLE = 0.01;

    @Test
    void othersAreQuietWhenTheyWereTwiceInARow() {
        Queue<Double> looks = new ArrayDeque<>(List.of(BUSY, IDLE, BUSY, IDLE, 0.02, BUSY));
        Quiet quiet = Quiet.await(Long.MAX_VALUE, () -> false, looks::remove);
        assertEquals(0.02, quiet.othersPart());
        assertEquals(List.of(BUSY), List.copyOf(looks));
    }

    @Test
    void theLimitEndsTheWait() {
        Quiet busy = Quiet.await(1_000_000, () -> false, () -> BUSY);
        assertEquals(BUSY, busy.othersPart());
        assertTrue(busy.waitedNs() >= 1_000_000, busy.toString());
    }

    /** Ctrl-C was not heeded for half a minute. */
    @Test
    void aStopEndsTheWait() {
        Queue<Double> looks = new ArrayDeque<>(List.of(BUSY, BUSY, BUSY));
        Quiet.await(Long.MAX_VALUE, () -> looks.size() == 1, looks::remove);
        assertEquals(1, looks.size());
    }
}
