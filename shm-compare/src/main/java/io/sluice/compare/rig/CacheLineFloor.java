package io.sluice.compare.rig;

import io.sluice.compare.transport.SharedWords;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The floor of one block: the round trip of a cache line between the same two processes, within the
 * same second. A host may move its CPUs between two blocks, which changes the floor.
 *
 * <p>Which way to exchange a word is the fastest differs between machines, so there are several:
 * one line for each direction, or a fresh line for each message as in a ring; each with a PAUSE
 * between two reads and without. The least of their medians is the floor.
 */
final class CacheLineFloor {
    /** The file of the words, in the fork's directory. */
    static final String FILE = "floor";

    private static final int WARM_UP = 10_000;
    private static final int TIMED = 4_000;
    private static final int STAMPED = 2_000;
    static final int WAYS = 4;
    private static final long PHASE_LIMIT_NS = 25_000_000;
    private static final int SEEN_AT = 2;
    private static final int LINES = 64;

    /**
     * More messages than a reading has: no reading takes the words of an earlier one for its own.
     */
    private static final long MESSAGES = 1_000_000;

    static final int THERE = 64;
    private static final int BACK = THERE + LINES;

    private CacheLineFloor() {}

    /**
     * The result.
     *
     * @param clockOffsetNs how much later the other end's clock reads, estimated from the shortest
     *     times in both directions
     * @param waysNs the medians of all ways
     */
    record Result(double clockOffsetNs, List<Double> waysNs) {
        /** Returns the least median; 0 if there is none. */
        double roundTripNs() {
            return waysNs.stream().min(Comparator.naturalOrder()).orElse(0.0);
        }
    }

    private static boolean pauses(int way) {
        return way % 2 == 1;
    }

    /** Returns the line of a message, from the first of its direction. */
    private static int line(int way, long message) {
        return way < 2 || way == WAYS ? 0 : (int) (message & LINES - 1);
    }

    /**
     * Returns what stands in the place of a message after the last one of a way, in any reading.
     */
    static long end(int reading, int way) {
        return -1 - way - (long) reading * (WAYS + 1);
    }

    /**
     * Measures the floor.
     *
     * @param words of both ends
     * @param reading how often they have done so before
     */
    static Result initiate(SharedWords words, int reading) {
        List<Double> medians = new ArrayList<>();
        long i = 1 + reading * MESSAGES;
        for (int way = 0; way < WAYS; way++) {
            Histogram times = Conversation.histogram();
            i = rounds(words, way, i, WARM_UP, times);
            times.reset();
            i = rounds(words, way, i, TIMED, times);
            end(words, line(way, i), end(reading, way));
            medians.add((double) times.getValueAtPercentile(50));
        }
        double offset = offset(words, i);
        end(words, 0, end(reading, WAYS));
        return new Result(offset, medians);
    }

    private static void end(SharedWords words, int line, long end) {
        words.set(THERE + line, end);
        while (words.get(BACK + line) != end) {}
    }

    private static long rounds(SharedWords words, int way, long first, int n, Histogram times) {
        boolean pauses = pauses(way);
        long limit = System.nanoTime() + PHASE_LIMIT_NS;
        long i = first;
        for (long now = 0; i < first + n && now < limit; i++) {
            int line = line(way, i);
            long start = System.nanoTime();
            words.set(THERE + line, i);
            while (words.get(BACK + line) != i) {
                if (pauses) {
                    Thread.onSpinWait();
                }
            }
            now = System.nanoTime();
            Conversation.record(times, now - start);
        }
        return i;
    }

    private static double offset(SharedWords words, long first) {
        long shortestThere = Long.MAX_VALUE;
        long shortestBack = Long.MAX_VALUE;
        long limit = System.nanoTime() + PHASE_LIMIT_NS;
        for (long i = first; i < first + STAMPED && System.nanoTime() < limit; i++) {
            long sent = System.nanoTime();
            words.set(THERE, i);
            while (words.get(BACK) != i) {}
            long received = System.nanoTime();
            long seen = words.get(SEEN_AT);
            shortestThere = Math.min(shortestThere, seen - sent);
            shortestBack = Math.min(shortestBack, received - seen);
        }
        return (shortestThere - shortestBack) / 2.0;
    }

    static void respond(SharedWords words, int reading) {
        long i = 1 + reading * MESSAGES;
        for (int way = 0; way <= WAYS; way++) {
            i = echo(words, way, i, end(reading, way));
        }
    }

    /** Answers each message until the end of the way; the last one also says when it came. */
    private static long echo(SharedWords words, int way, long first, long end) {
        boolean pauses = pauses(way);
        for (long i = first; ; i++) {
            int line = line(way, i);
            long word;
            while ((word = words.get(THERE + line)) != i && word != end) {
                if (pauses) {
                    Thread.onSpinWait();
                }
            }
            if (way == WAYS) {
                words.set(SEEN_AT, System.nanoTime());
            }
            words.set(BACK + line, word);
            if (word == end) {
                return i;
            }
        }
    }
}
