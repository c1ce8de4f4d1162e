package io.sluice.wait;

import org.agrona.concurrent.IdleStrategy;

/**
 * The waiting strategy of one end, applied one step at a time. The end checks its condition, and as
 * long as it does not hold it pauses and checks again:
 *
 * <pre>{@code
 * waiter.start(nanos);
 * try {
 *     while (!found()) {
 *         if (!waiter.pause()) {
 *             return found(); // the timeout has expired: the last check
 *         }
 *     }
 * } finally {
 *     waiter.stop();
 * }
 * }</pre>
 *
 * <p>Used by the thread of its end only.
 */
public interface Waiter {
    /** A timeout for {@link #start} that never expires. */
    long NO_TIMEOUT = Long.MAX_VALUE;

    /**
     * Returns a waiter for one end that applies an idle strategy. No waker wakes it.
     *
     * @param idle the strategy of each pause
     * @return the waiter
     */
    static Waiter idle(IdleStrategy idle) {
        return new IdleWaiter(idle);
    }

    /**
     * Starts to wait.
     *
     * @param nanos the timeout in nanoseconds; if zero or less, the first pause returns {@code
     *     false}
     */
    void start(long nanos);

    /**
     * Waits briefly, or until woken. May return spuriously at any time.
     *
     * @return {@code false} if the timeout has expired
     * @throws InterruptedException if the thread was interrupted
     */
    boolean pause() throws InterruptedException;

    /**
     * Stops waiting, whatever the outcome. Must follow every {@link #start}.
     *
     * @return whether a waker has woken this waiter and no complete check has since found nothing:
     *     that wake-up may have been meant for a message or a place that this end did not take, and
     *     the caller must pass it on if the operation is still possible
     */
    boolean stop();

    /**
     * Returns where this waiter was woken the last time, if it waits in several queues.
     *
     * @return the index of the queue, from 0
     */
    default int wokenIndex() {
        return 0;
    }

    /**
     * Sets whether to wait in a queue, from this waiter's next enqueueing on. It must not wait in a
     * queue whose end is not checked: it would consume wake-ups.
     *
     * @param place the index of a queue, from 0
     * @param wanted whether to wait in it
     */
    default void setInterest(int place, boolean wanted) {}

    /**
     * Tests whether the last pause was a wait that timed out: then the caller checks whether its
     * peers are alive.
     *
     * @return whether it timed out
     */
    default boolean timedOut() {
        return false;
    }

    /**
     * Returns how many times this waiter blocked.
     *
     * @return the number since its creation
     */
    default long sleeps() {
        return 0;
    }

    /**
     * Returns how many times it was woken.
     *
     * @return the number since its creation
     */
    default long wakes() {
        return 0;
    }
}
