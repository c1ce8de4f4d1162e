package io.sluice.mailbox;

import java.util.Queue;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Passes messages that were sent and will not be received to the callback, each exactly once. An
 * exception of the callback goes to the thread's {@link Thread.UncaughtExceptionHandler} and is not
 * propagated to the caller. Any thread.
 */
final class Undelivered<E> {
    private final Consumer<? super E> callback;
    private final LongAdder dropped = new LongAdder();

    Undelivered(Consumer<? super E> callback) {
        this.callback = callback;
    }

    /** Counts a message that a full mailbox drops, and passes it to the callback. */
    void drop(E message) {
        dropped.increment();
        invokeCallback(message);
    }

    /** Returns how many messages were dropped. */
    long dropped() {
        return dropped.sum();
    }

    /** Passes the rest of the queue to the callback, when no receiver is left. */
    void drainToCallback(Queue<? extends E> rest) {
        for (E message; (message = next(rest)) != null; ) {
            invokeCallback(message);
        }
    }

    private void invokeCallback(E message) {
        try {
            callback.accept(message);
        } catch (Throwable e) {
            Thread thread = Thread.currentThread();
            try {
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            } catch (Throwable ignored) {
                return; // As the JVM does when a thread ends.
            }
        }
    }

    /**
     * Polls under a lock, because the queue may allow a single receiver only and several threads
     * may call: the last receiver, and senders that added a message after it left. The relaxed poll
     * does not wait for a sender in the middle of an operation; that sender calls this later.
     */
    private synchronized E next(Queue<? extends E> rest) {
        return QueueFactory.relaxedPoll(rest);
    }
}
