package io.sluice.wait;

import java.util.concurrent.Executor;

/**
 * The view of an end for a thread that waits for several ends at once: the queue to wait in, and
 * whether the end's operation would succeed. Such a thread tries the operation of every end, which
 * does not block; is enqueued in the wait queue of every end; tries all operations once more; and
 * parks.
 *
 * <p>The end guarantees that a thread that makes its operation possible calls {@link
 * WaitQueue#wakeOne} <em>afterwards</em>, or {@link WaitQueue#wakeAll} for an event that concerns
 * every waiter.
 *
 * <p>A rendezvous stores nothing: both sides must be there at once. Its ends are {@link
 * RendezvousEnd}s: a thread that waits for several ends keeps an offer or a reservation of one of
 * them pending while it pauses, and retracts it before it checks again; so exactly one operation
 * takes effect. Their queues are {@linkplain WaitQueue#WaitQueue(WaitQueue) counterparts}, and a
 * thread that leaves an offer or a reservation pending, or tries without success, wakes one waiter
 * of the other side. A thread that is woken there and finds nothing leaves an offer or a
 * reservation of that end pending next, so that two threads that wait for each other meet, whatever
 * else they wait for.
 *
 * <p>A mailbox's end returns the queue of its side, which it has anyway. A pipe's end has a futex
 * word in shared memory that other processes notify: it returns the queue of a {@link PolledEvent},
 * which holds one select at most, and which the {@link FutexPoller} wakes when the word is
 * notified. The one fence of the waiter then reaches the other processes, and its parks are no
 * longer than those of a pipe's end, because a dead process notifies no waiter.
 */
public interface Selectable {
    /**
     * Returns the queue in which a thread waits for this end.
     *
     * @return always the same queue
     */
    WaitQueue waitQueue();

    /**
     * Tests whether this end's operation would do something now, or throw. Has no effect. Any
     * thread may call it; if no other thread uses the end's side, the result holds until the end's
     * own thread acts.
     *
     * @return whether there is a message, or room for one
     */
    boolean ready();

    /**
     * Passes a wake-up that was not consumed on to the next waiter, if its operation is possible,
     * or if the other side of a rendezvous waits.
     */
    default void passWakeup() {
        if (ready() || waitQueue().isCounterpartWaiting()) {
            waitQueue().wakeOne();
        }
    }

    /** A wait until an end's operation is possible, or can never be again, or throws. */
    @FunctionalInterface
    interface ReadyWait {
        /**
         * Waits. Has no other effect on the end.
         *
         * @throws InterruptedException if this thread was interrupted
         */
        void await() throws InterruptedException;
    }

    /**
     * Starts a virtual thread that waits, and then passes a task to an executor, once; also if the
     * wait fails, since the end's next operation then throws the reason.
     *
     * @param executor the executor of the task
     * @param task the task
     * @param wait the wait
     */
    static void whenReady(Executor executor, Runnable task, ReadyWait wait) {
        Thread.ofVirtual()
                .name("sluice-when-ready")
                .inheritInheritableThreadLocals(false)
                .start(
                        () -> {
                            try {
                                wait.await();
                            } catch (RuntimeException | InterruptedException e) {
                                // The end's next operation throws the reason.
                            }
                            executor.execute(task);
                        });
    }

    /** An end of a rendezvous: its operation needs a sender and a receiver at the same time. */
    interface RendezvousEnd extends Selectable {
        /**
         * Returns the queue in which this end's own thread waits while its offer, or its
         * reservation, is pending; it is woken when a counterpart takes that.
         *
         * @return always the same queue
         */
        WaitQueue ownWaitQueue();

        /**
         * Tests whether the offer, or the reservation, of this end is still pending. Called by the
         * end's own thread.
         *
         * @return {@code false} if a counterpart has taken it
         */
        boolean isPending();
    }

    /**
     * A sender of a rendezvous.
     *
     * @param <E> the messages' type
     */
    interface Offering<E> extends RendezvousEnd {
        /**
         * Hands the message to a waiting receiver, or makes an offer of it, which stays pending.
         * Wakes no thread that waits for several ends; {@link WaitQueue#wakeCounterpart} does that.
         *
         * @param message the message to send
         * @return whether it was handed over
         */
        boolean offer(E message);

        /**
         * Retracts the offer.
         *
         * @param message the message offered
         * @return whether it was still pending; {@code false} if a receiver has the message
         */
        boolean retract(E message);
    }

    /**
     * A receiver of a rendezvous.
     *
     * @param <E> the messages' type
     */
    interface Reserving<E> extends RendezvousEnd {
        /**
         * Makes a reservation, which stays pending. Wakes no thread that waits for several ends;
         * {@link WaitQueue#wakeCounterpart} does that.
         */
        void reserve();

        /**
         * Withdraws the reservation.
         *
         * @return null if it was still pending; else the message that was received
         */
        E cancelReservation();
    }
}
