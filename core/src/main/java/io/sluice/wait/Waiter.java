package io.sluice.wait;

import java.util.function.BooleanSupplier;
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

    /** A number of spins that suits the machine: 100, or 0 with one processor. */
    int DEFAULT_SPINS = -1;

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
     * Returns a waiter for one end that spins briefly, then waits on its futex word.
     *
     * @param futexEvent the end's futex word, on which no other end waits
     * @param hook the other steps that make the wait visible to wakers
     * @param fence an action that makes every peer that may notify execute a full memory barrier,
     *     and returns whether it did
     * @param spins the number of pauses that spin before the wait is prepared, 0 or more, or {@link
     *     #DEFAULT_SPINS}
     * @return the waiter
     */
    static Waiter futex(FutexEvent futexEvent, Hook hook, BooleanSupplier fence, int spins) {
        int number = spins == DEFAULT_SPINS ? FutexWaiter.DEFAULT_MAX_SPINS : spins;
        return new FutexWaiter(futexEvent, hook, fence, number);
    }

    /**
     * The steps, besides arming its futex word, by which an end becomes visible to its wakers: it
     * may enter itself in a list, or set a bit that they check. Called by the end's own thread.
     */
    interface Hook {
        /** No further steps: wakers check the word itself. */
        Hook NO_OP = noOp(false);

        /** No further steps, and wakers fence before they check the word. */
        Hook WAKERS_FENCE = noOp(true);

        private static Hook noOp(boolean wakersFence) {
            return new Hook() {
                @Override
                public boolean beforeWait() {
                    return wakersFence;
                }

                @Override
                public void afterWait() {}
            };
        }

        /**
         * Makes the wait visible: from now on wakers notice that this end waits, and check its
         * word, which is armed. Called again, without {@link #afterWait} between, whenever the word
         * was disarmed and the end prepares another wait: a waker may have undone the step. A fence
         * of this end follows.
         *
         * @return whether all wakers fence before each check, so that the end need not fence for
         *     them
         */
        boolean beforeWait();

        /** Undoes {@link #beforeWait}: the end no longer waits, and its word is disarmed. */
        void afterWait();
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
