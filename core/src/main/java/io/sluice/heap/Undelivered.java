package io.sluice.heap;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jctools.queues.MessagePassingQueue;

/**
 * Where messages go that were sent and will not be received: to the callback, each exactly once.
 * Any thread.
 */
final class Undelivered<E> {
    private final Consumer<? super E> callback;
    private final LongAdder dropped = new LongAdder();

    Undelivered(Consumer<? super E> callback) {
        this.callback = callback;
    }

    /** A full mailbox drops a message. */
    void drop(E message) {
        dropped.increment();
        callback.accept(message);
    }

    /** How many were dropped. */
    long dropped() {
        return dropped.sum();
    }

    /**
     * Nobody receives any more: hands over what is there, all of it even if the callback throws,
     * and then throws what it threw.
     */
    void handOver(MessagePassingQueue<? extends E> rest) {
        RuntimeException failure = null;
        for (E message; (message = next(rest)) != null; ) {
            try {
                callback.accept(message);
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else if (failure != e) {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Under a lock, because the queue may be one for a single receiver, and several threads may be
     * here: the last receiver, and senders whose message came in after it. The relaxed poll waits
     * for nobody; a sender in the middle of its operation will be here itself.
     */
    private synchronized E next(MessagePassingQueue<? extends E> rest) {
        return rest.relaxedPoll();
    }
}
