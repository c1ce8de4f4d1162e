package io.sluice.views;

import io.sluice.Receiver;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The subscription of a {@link ReceiverPublisher}: how much is asked for, and whose turn it is.
 *
 * <p>Invariants: whoever moves the demand away from zero starts the task, and only the task moves
 * it back to zero. So there is one task at the most; it alone uses the receiver and the subscriber,
 * and the demand orders it after the one before. Being over counts as demand for ever. A task that
 * waits is named in {@code waiting}, and is interrupted under the lock by who stops it: an
 * interrupt never hits a thread that has gone on to something else.
 *
 * <p>Asking and cancelling: any thread; a lock is taken where the task begins and ceases to wait.
 *
 * @param <E> the messages' type
 */
final class ReceiverSubscription<E> implements Flow.Subscription {
    private final Receiver<E> receiver;
    private final Executor executor;
    private final Runnable task = this::run;
    private final AtomicLong demand = new AtomicLong(1); // One until onSubscribe has returned.
    private final Object lock = new Object();
    private Flow.Subscriber<? super E> subscriber; // Null when it is over: nobody holds it then.
    private long served = 1; // Of the demand. The one from the beginning.
    private volatile boolean stopped;
    private volatile IllegalArgumentException refused;
    private Thread waiting; // Under the lock.

    ReceiverSubscription(
            Receiver<E> receiver, Executor executor, Flow.Subscriber<? super E> subscriber) {
        this.receiver = receiver;
        this.executor = executor;
        this.subscriber = subscriber;
    }

    void start() {
        try {
            subscriber.onSubscribe(this);
        } catch (Throwable t) {
            stopped = true;
            finish(null);
            throw t;
        }
        execute();
    }

    @Override
    public void request(long count) {
        if (stopped) {
            return;
        }
        if (count > 0) {
            add(count);
        } else {
            refused = new IllegalArgumentException("count=" + count + " is not 1 or more (§3.9)");
            stop();
        }
    }

    @Override
    public void cancel() {
        if (!stopped) {
            stop();
        }
    }

    private void stop() {
        synchronized (lock) {
            stopped = true;
            if (waiting != null) {
                waiting.interrupt();
            }
        }
        add(1);
    }

    private void add(long count) {
        long before;
        long after;
        do {
            before = demand.get();
            after = before + count;
        } while (!demand.compareAndSet(before, after < 0 ? Long.MAX_VALUE : after));
        if (before == 0) {
            execute();
        }
    }

    /** Starts the task; it is the caller's turn. To close quietly needs no executor. */
    private void execute() {
        if (stopped && refused == null) {
            finish(null);
            return;
        }
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            fail(e);
        }
    }

    private void run() {
        long asked = demand.get();
        while (true) {
            while (served < asked && !stopped) {
                E message = next();
                if (message == null) {
                    return;
                }
                served++;
                handOver(message);
            }
            if (stopped) {
                finish(refused);
                return;
            }
            if (receiver.ended()) {
                complete();
                return;
            }
            long done = served;
            served = 0;
            asked = demand.addAndGet(-done); // The turn is over if this is zero.
            if (asked == 0) {
                return;
            }
        }
    }

    /** The next message; null if the stream has ended, or is stopped, and that has been said. */
    private E next() {
        try {
            E message = receiver.tryReceive();
            if (message == null) {
                message = await();
            }
            if (message == null) {
                complete();
            }
            return message;
        } catch (InterruptedException e) {
            if (stopped) {
                finish(refused);
            } else {
                Thread.currentThread().interrupt();
                fail(e);
            }
        } catch (RuntimeException e) {
            fail(e);
        }
        return null;
    }

    private E await() throws InterruptedException {
        synchronized (lock) {
            if (stopped) {
                throw new InterruptedException();
            }
            waiting = Thread.currentThread();
        }
        try {
            return receiver.receive();
        } finally {
            synchronized (lock) {
                waiting = null;
                if (stopped) {
                    Thread.interrupted(); // It was for the waiting, which is over.
                }
            }
        }
    }

    private void handOver(E message) {
        try {
            subscriber.onNext(message);
        } catch (Throwable t) { // Against the rules (2.13): the subscriber counts as cancelled.
            stopped = true;
            finish(null);
            throw t;
        }
    }

    private void complete() {
        if (stopped) {
            finish(refused);
            return;
        }
        Flow.Subscriber<? super E> last = subscriber;
        stopped = true;
        try {
            finish(null);
        } finally {
            last.onComplete(); // Though the end could not be closed in order.
        }
    }

    /** Says so, unless the subscriber wants to hear nothing, or something else, since before. */
    private void fail(Throwable failure) {
        Throwable cause = stopped ? refused : failure;
        stopped = true;
        finish(cause);
    }

    private void finish(Throwable failure) {
        Flow.Subscriber<? super E> last = subscriber;
        subscriber = null;
        try {
            receiver.close();
        } finally {
            if (failure != null && last != null) {
                last.onError(failure);
            }
        }
    }
}
