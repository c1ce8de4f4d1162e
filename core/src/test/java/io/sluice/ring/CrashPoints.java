package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import java.util.Random;

/**
 * Stops an end before each of its accesses to shared memory in turn, in one random history after
 * another, until enough points were tried: all tests together stop at about twice as many as the
 * system property {@code sluice.crash.points} says.
 */
final class CrashPoints {
    private static final long ALL = Proof.size("sluice.crash.points", 3_000, 600_000);

    /** One history, in which an end is stopped. */
    interface StopPoint {
        /**
         * Builds a history, and stops an end in it.
         *
         * @param random the source of the history; the same for each of its points
         * @param accesses the number of accesses that the end still makes
         * @return whether it was stopped; false if it made no more accesses than that
         */
        boolean stop(Random random, int accesses);
    }

    private CrashPoints() {}

    /** Tries a share of all points. */
    static void each(Proof proof, String what, double share, StopPoint stopPoint) {
        long enough = Math.max(1, (long) (ALL * share));
        long points = 0;
        long histories = 0;
        while (points < enough) {
            boolean stopped = true;
            for (int k = 0; stopped; k++, points++) {
                try {
                    stopped = stopPoint.stop(new Random(histories), k);
                } catch (RuntimeException | AssertionError e) {
                    throw new AssertionError("history " + histories + ", access " + k, e);
                }
            }
            histories++;
        }
        proof.add(points, "histories " + histories + ", lost 0, doubled 0, torn 0, out of order 0");
        System.out.printf("%s: %,d points in %,d histories%n", what, points, histories);
        assertTrue(points > histories, "an end was stopped");
    }
}
