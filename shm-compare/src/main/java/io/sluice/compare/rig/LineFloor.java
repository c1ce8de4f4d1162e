package io.sluice.compare.rig;

import io.sluice.compare.transport.SharedWords;
import org.HdrHistogram.Histogram;

/**
 * The floor of one launch: a cache line there and back, between the very two processes and within
 * the same second. A host may move its CPUs between two launches, and the floor with them.
 */
final class LineFloor {
    /** The file of the words, in the launch's directory. */
    static final String FILE = "floor";

    private static final int WARM_UP = 20_000;
    private static final int TIMED = 4_000;
    private static final int THERE = 0;
    private static final int BACK = 1;

    private LineFloor() {}

    /** Returns the median, in nanoseconds. */
    static double initiate(SharedWords words) {
        Histogram histogram = new Histogram(1, 1_000_000_000, 3);
        for (long i = 1; i <= WARM_UP + TIMED; i++) {
            long start = System.nanoTime();
            words.set(THERE, i);
            while (words.get(BACK) != i) {}
            long nanos = System.nanoTime() - start;
            if (i > WARM_UP) {
                histogram.recordValue(Math.min(nanos, 1_000_000_000));
            }
        }
        return histogram.getValueAtPercentile(50);
    }

    static void respond(SharedWords words) {
        for (long i = 1; i <= WARM_UP + TIMED; i++) {
            while (words.get(THERE) != i) {}
            words.set(BACK, i);
        }
    }
}
