package io.sluice.compare.rig;

/**
 * How long a launch may take its time.
 *
 * @param warmUpNs how long it runs at the most before it measures; less if it is steady before
 * @param blockNs how long it measures
 * @param leastSamples how many round trips it times at the least, though that takes up to four
 *     times as long
 */
record Effort(long warmUpNs, long blockNs, long leastSamples) {
    private static final long REHEARSAL_NS = 50_000_000;

    /** A short one, to do all once that is not done while warming up. */
    Effort rehearsal() {
        return new Effort(0, Math.min(blockNs / 4, REHEARSAL_NS), 1);
    }

    /** After how long a block ends whatever is missing. */
    long limitNs() {
        return Math.max(4 * blockNs, 1_000_000_000L);
    }
}
