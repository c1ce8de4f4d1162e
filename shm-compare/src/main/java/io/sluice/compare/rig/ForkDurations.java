package io.sluice.compare.rig;

/**
 * The durations of a fork.
 *
 * @param warmUpNs the longest warm-up; it ends earlier if it is steady
 * @param blockNs how long it measures
 * @param minSamples the minimum number of timed round trips, even if that takes up to four times as
 *     long
 */
record ForkDurations(long warmUpNs, long blockNs, long minSamples) {
    private static final long DRY_RUN_NS = 50_000_000;

    /** Returns a short effort, to execute once the code that the warm-up does not. */
    ForkDurations dryRun() {
        return new ForkDurations(0, Math.min(blockNs / 4, DRY_RUN_NS), 1);
    }

    /** Returns an effort half as long as the warm-up. */
    ForkDurations settle() {
        return new ForkDurations(0, warmUpNs / 2, 1);
    }

    /** Returns after how long a block ends in any case. */
    long limitNs() {
        return Math.max(4 * blockNs, 1_000_000_000L);
    }
}
