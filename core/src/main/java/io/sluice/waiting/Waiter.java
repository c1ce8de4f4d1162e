package io.sluice.waiting;

/**
 * How one end waits for something that another thread will do, one step at a time. The end looks,
 * and for as long as it finds nothing it pauses and looks again:
 *
 * <pre>{@code
 * waiter.start(nanos);
 * try {
 *     while (!found()) {
 *         if (!waiter.pause()) {
 *             return found(); // the time is over: the last look
 *         }
 *     }
 * } finally {
 *     waiter.stop();
 * }
 * }</pre>
 *
 * <p>Belongs to the thread that its end belongs to.
 */
public interface Waiter {
    /** A limit for {@link #start} that is never reached. */
    long NO_LIMIT = Long.MAX_VALUE;

    /**
     * Begins to wait.
     *
     * @param nanos for how long, in nanoseconds; zero or less: the first pause says that it is over
     */
    void start(long nanos);

    /**
     * Waits a little, perhaps until woken. May return at any time for no reason.
     *
     * @return {@code false} if the time is over
     * @throws InterruptedException if the thread was interrupted
     */
    boolean pause() throws InterruptedException;

    /**
     * Ends the waiting, however it came out. Must follow every {@link #start}.
     *
     * @return whether somebody has woken this waiter and it has not looked since by a pause that
     *     found nothing: that wake-up may have been meant for a message or a place that this end
     *     did not take, and the caller must pass it on if there is something left
     */
    boolean stop();

    /**
     * Whether this waiter lies down where others find it.
     *
     * @return {@code false} if it only looks again and again
     */
    default boolean canBeWoken() {
        return false;
    }

    /**
     * Whether this waiter lies down where others find it, so that its next pause sleeps.
     *
     * @return whether it does, and nobody has woken it
     */
    default boolean isLyingDown() {
        return false;
    }

    /**
     * Wakes one on the other side of each place that has one, as they wait for each other. For a
     * waiter that lies down.
     */
    default void wakeFacing() {}

    /**
     * Where this waiter was woken the last time, if it waits in several places.
     *
     * @return the place, from 0
     */
    default int wokenAt() {
        return 0;
    }

    /**
     * Chooses whether to wait in a place, from the next time on that this waiter lies down. One
     * that is not looked at must not be waited in: it would swallow wake-ups.
     *
     * @param place one of several, from 0
     * @param wanted whether to wait there
     */
    default void want(int place, boolean wanted) {}

    /**
     * Whether the last pause was a sleep that nobody ended: the time to look whether the others
     * live.
     *
     * @return whether it was
     */
    default boolean napOver() {
        return false;
    }

    /**
     * How often this waiter slept.
     *
     * @return the number since it was made
     */
    default long sleeps() {
        return 0;
    }

    /**
     * How often it was woken.
     *
     * @return the number since it was made
     */
    default long wakes() {
        return 0;
    }
}
