package io.sluice.compare.rig;

/**
 * Detects whether this process's other threads, the JIT compiler's, are working: by the CPU time
 * that they used in the last tenth of a second, because the JVM counts a compilation only when it
 * is over. One thread.
 */
final class Compiling {
    private static final long INTERVAL_NS = 100_000_000;

    /** More than the error of the kernel's process CPU clock, which ticks every 10 ms. */
    private static final long IDLE_NS = INTERVAL_NS / 4;

    private long since;
    private long used = EndMeter.othersCpuNs();
    private boolean seems = true; // Until it is known.

    /**
     * From now on.
     *
     * @param now the time
     */
    Compiling(long now) {
        since = now;
    }

    /**
     * Tests whether they are working.
     *
     * @param now the time
     * @return whether they did when it was found out last
     */
    boolean seems(long now) {
        if (now - since >= INTERVAL_NS) {
            long usedNow = EndMeter.othersCpuNs();
            seems = usedNow - used > IDLE_NS * ((now - since) / (double) INTERVAL_NS);
            since = now;
            used = usedNow;
        }
        return seems;
    }
}
