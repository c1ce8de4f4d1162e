package io.sluice.compare.rig;

import java.util.function.LongSupplier;

/**
 * Measures this CPU's current frequency: by a chain of dependent steps. A step is a multiplication
 * and an addition, four cycles on every CPU of the last fifteen years. If two measurements differ,
 * the CPU has changed its frequency, even if the absolute number is wrong. Where the chain is not
 * compiled yet, its time says nothing about the CPU.
 */
final class Ghz {
    /**
     * Flags for a JVM in which a reading waits for its compiler, which a busy machine delays for
     * longer than any number of readings takes.
     */
    static final String FLAGS =
            "-XX:CompileCommand=quiet -XX:CompileCommand=BackgroundCompilation,%s::readingNs,false"
                    .formatted(Ghz.class.getName());

    /** Ten microseconds and more: hardly anything interrupts all readings. */
    private static final int STEPS = 10_000;

    private static final int CYCLES_A_STEP = 4;

    /** So many readings in a row that are not shorter show that the shortest is found. */
    static final int AGREEING = 100;

    private static long chain = System.nanoTime() | 1;

    private Ghz() {}

    /** Returns billions of cycles per second, after one to two milliseconds of compiled code. */
    static double measure() {
        return (double) STEPS * CYCLES_A_STEP / shortest(Ghz::readingNs);
    }

    /** Reads until {@link #AGREEING} readings in a row have not been shorter, by more than 1 %. */
    static long shortest(LongSupplier reading) {
        long shortest = reading.getAsLong();
        int agreeing = 0;
        while (agreeing < AGREEING) {
            long next = reading.getAsLong();
            agreeing = next < shortest - shortest / 100 ? 0 : agreeing + 1;
            shortest = Math.min(shortest, next);
        }
        return shortest;
    }

    private static long readingNs() {
        long x = chain;
        long start = System.nanoTime();
        for (int i = 0; i < STEPS; i++) {
            x = x * x + 1;
        }
        long took = System.nanoTime() - start;
        chain = x;
        return took;
    }
}
