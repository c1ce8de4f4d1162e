package io.sluice.waiting;

/**
 * For how long an end sleeps at a time: the first nap after it has lain down, and each next one
 * twice as long, up to the longest.
 *
 * @param first in nanoseconds
 * @param longest in nanoseconds
 */
record Naps(long first, long longest) {
    /**
     * Where no wake-up can be lost: the end of a nap is for looking whether peers have died, and
     * whether the thread was interrupted.
     */
    static final Naps FENCED = new Naps(10_000_000, 50_000_000);

    /** Where a wake-up may be overlooked, and the end of the nap is what ends the sleep. */
    static final Naps UNFENCED = new Naps(50_000, 1_000_000);

    long after(long nap) {
        return nap > longest / 2 ? longest : 2 * nap;
    }
}
