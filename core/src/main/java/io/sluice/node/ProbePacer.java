package io.sluice.node;

/**
 * Tells an end that waits when to ask the kernel about its peers: after each wait that timed out,
 * else once in a millisecond.
 *
 * <p>Wait-free. One thread.
 */
final class ProbePacer {
    /** Idle calls per reading of the clock: a round trip takes fewer. */
    private static final int CALLS_PER_CLOCK_READ = 256;

    private static final long INTERVAL_NANOS = 1_000_000;

    private int calls;
    private long last;

    /** Tests whether to ask now, after an attempt that found nothing. */
    boolean isDue(boolean timedOut) {
        if (!timedOut && ++calls % CALLS_PER_CLOCK_READ != 0) {
            return false;
        }
        long now = System.nanoTime();
        if (now - last < INTERVAL_NANOS) {
            return false;
        }
        last = now;
        return true;
    }
}
