package io.sluice.waiting;

/**
 * The timeouts of an end's successive waits: the first after it was prepared to wait, each next one
 * twice as long, up to the longest.
 *
 * @param first the first timeout, in nanoseconds
 * @param longest the longest timeout, in nanoseconds
 */
record Naps(long first, long longest) {
    /**
     * Timeouts where no wake-up can be lost: on expiry the caller checks whether peers have died,
     * and whether the thread was interrupted.
     */
    static final Naps FENCED = new Naps(10_000_000, 50_000_000);

    /** Timeouts where a wake-up may be missed, and the timeout bounds the wait. */
    static final Naps UNFENCED = new Naps(50_000, 1_000_000);

    long after(long nap) {
        return nap > longest / 2 ? longest : 2 * nap;
    }
}
