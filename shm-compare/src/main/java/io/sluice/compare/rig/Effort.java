package io.sluice.compare.rig;

/**
 * The durations of a launch.
 *
 * @param warmUpNs the longest warm-up; it ends earlier if it is steady
 * @param blockNs how long it measures
 * @param leastSamples the minimum number of timed round trips, even if that takes up to four times
 *     as long
 */
record Effort(long warmUpNs, long blockNs, long leastSamples) {
    private static final long REHEARSAL_NS = 50_000_000;

    /** Returns a short effort, to execute once the code that the warm-up does not. */
    Effort rehearsal() {
        return new Effort(0, Math.min(blockNs / 4, REHEARSAL_NS), 1);
    }

    /** Returns an effort half as long as the warm-up. */
    Effort settling() {
        return new Effort(0, warmUpNs / 2, 1);
    }

    /** Returns after how long a block ends in any case. */
    long limitNs() {
        return Math.max(4 * blockNs, 1_000_000_000L);
    }
}
