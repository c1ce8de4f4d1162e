package io.sluice.compare.rig;

/**
 * Detects whether the virtual machine's own threads, the JIT compiler's, are working: by the CPU
 * time that they used in the last tenth of a second, because the JVM counts a compilation only when
 * it is over. One thread.
 */
final class CompilerActivity {
    private static final long INTERVAL_NS = 100_000_000;

    /** More than the own threads of a JVM use that has nothing to do. */
    private static final long IDLE_NS = INTERVAL_NS / 4;

    private long since;
    private long used = EndMeter.machineCpuNs();
    private boolean isActive = true; // Until it is known.

    /**
     * Begins to count, from now on.
     *
     * @param now the time
     */
    CompilerActivity(long now) {
        since = now;
    }

    /**
     * Tests whether they are working.
     *
     * @param now the time
     * @return whether they did when it was found out last
     */
    boolean isActive(long now) {
        if (now - since >= INTERVAL_NS) {
            long usedNow = EndMeter.machineCpuNs();
            isActive = usedNow - used > IDLE_NS * ((now - since) / (double) INTERVAL_NS);
            since = now;
            used = usedNow;
        }
        return isActive;
    }
}
