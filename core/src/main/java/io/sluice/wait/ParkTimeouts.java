package io.sluice.wait;

/**
 * The timeouts of an end's successive waits: the first after it was prepared to wait, each next one
 * twice as long, up to the longest.
 *
 * @param initial the first timeout, in nanoseconds
 * @param max the longest timeout, in nanoseconds
 */
record ParkTimeouts(long initial, long max) {
    /**
     * Timeouts where no wake-up can be lost: on expiry the caller checks whether peers have died,
     * and whether the thread was interrupted.
     */
    static final ParkTimeouts FENCED = new ParkTimeouts(10_000_000, 50_000_000);

    /** Timeouts where a wake-up may be missed, and the timeout bounds the wait. */
    static final ParkTimeouts UNFENCED = new ParkTimeouts(50_000, 1_000_000);

    long next(long parkNanos) {
        return parkNanos > max / 2 ? max : 2 * parkNanos;
    }
}
