package io.sluice.compare.rig;

import io.sluice.compare.transport.SharedWords;
import org.HdrHistogram.Histogram;

/**
 * The floor of one launch: the round trip of a cache line between the same two processes, within
 * the same second. A host may move its CPUs between two launches, which changes the floor.
 */
final class CacheLineFloor {
    /** The file of the words, in the launch's directory. */
    static final String FILE = "floor";

    private static final int WARM_UP = 20_000;
    private static final int TIMED = 4_000;
    private static final int STAMPED = 2_000;
    private static final long PHASE_LIMIT_NS = 200_000_000;
    private static final long END = -1;
    private static final int THERE = 0;
    private static final int BACK = 1;
    private static final int SEEN_AT = 2;
    private static final int STAMPED_FROM = 4;

    private CacheLineFloor() {}

    /**
     * The result.
     *
     * @param roundTripNs the median
     * @param clockOffsetNs how much later the other end's clock reads, estimated from the shortest
     *     times in both directions
     */
    record Result(double roundTripNs, double clockOffsetNs) {}

    static Result initiate(SharedWords words) {
        Histogram histogram = new Histogram(1, 1_000_000_000, 3);
        long i = rounds(words, 1, WARM_UP, new Histogram(1, 1_000_000_000, 3));
        i = rounds(words, i, TIMED, histogram);
        words.set(STAMPED_FROM, i);
        long shortestThere = Long.MAX_VALUE;
        long shortestBack = Long.MAX_VALUE;
        long limit = System.nanoTime() + PHASE_LIMIT_NS;
        for (int n = 0; n < STAMPED && System.nanoTime() < limit; n++) {
            long sent = System.nanoTime();
            words.set(THERE, i);
            while (words.get(BACK) != i) {}
            long received = System.nanoTime();
            long seen = words.get(SEEN_AT);
            shortestThere = Math.min(shortestThere, seen - sent);
            shortestBack = Math.min(shortestBack, received - seen);
            i++;
        }
        words.set(THERE, END);
        return new Result(histogram.getValueAtPercentile(50), (shortestThere - shortestBack) / 2.0);
    }

    private static long rounds(SharedWords words, long first, int n, Histogram histogram) {
        long limit = System.nanoTime() + PHASE_LIMIT_NS;
        long i = first;
        for (long now = 0; i < first + n && now < limit; i++) {
            long start = System.nanoTime();
            words.set(THERE, i);
            while (words.get(BACK) != i) {}
            now = System.nanoTime();
            histogram.recordValue(Math.min(now - start, 1_000_000_000));
        }
        return i;
    }

    static void respond(SharedWords words) {
        long last = 0;
        while (true) {
            long there = words.get(THERE);
            if (there == END) {
                return;
            }
            if (there != last) {
                last = there;
                long stampedFrom = words.get(STAMPED_FROM);
                if (stampedFrom > 0 && there >= stampedFrom) {
                    words.set(SEEN_AT, System.nanoTime());
                }
                words.set(BACK, there);
            }
        }
    }
}
