package io.sluice.compare.rig;

/**
 * Measures this CPU's current frequency: by a chain of dependent steps. A step is a multiplication
 * and an addition, four cycles on every CPU of the last fifteen years. If two measurements differ,
 * the CPU has changed its frequency, even if the absolute number is wrong.
 */
final class Ghz {
    private static final int STEPS = 500_000;
    private static final int CYCLES_A_STEP = 4;
    private static final int ROUNDS = 8;

    private Ghz() {}

    /** Returns billions of cycles per second, after about ten milliseconds. */
    static double measure() {
        long best = Long.MAX_VALUE;
        long x = System.nanoTime() | 1;
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            x = chain(x);
            best = Math.min(best, System.nanoTime() - start);
        }
        return x == 0 ? 0 : (double) STEPS * CYCLES_A_STEP / best;
    }

    private static long chain(long seed) {
        long x = seed;
        for (int i = 0; i < STEPS; i++) {
            x = x * x + 1;
        }
        return x;
    }
}
