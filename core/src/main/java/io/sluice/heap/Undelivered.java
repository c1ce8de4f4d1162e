package io.sluice.heap;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jctools.queues.MessagePassingQueue;

/**
 * Where messages go that were sent and will not be received: to the callback, each exactly once.
 * What the callback throws goes to the thread's handler for that, and whoever let the message go
 * goes on. Any thread.
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
        tell(message);
    }

    /** How many were dropped. */
    long dropped() {
        return dropped.sum();
    }

    /** Nobody receives any more: hands over what is there. */
    void handOver(MessagePassingQueue<? extends E> rest) {
        for (E message; (message = next(rest)) != null; ) {
            tell(message);
        }
    }

    private void tell(E message) {
        try {
            callback.accept(message);
        } catch (Throwable e) {
            Thread thread = Thread.currentThread();
            try {
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            } catch (Throwable ignored) {
                return; // As the JVM does where a thread ends.
            }
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
