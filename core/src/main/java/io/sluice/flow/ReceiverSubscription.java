package io.sluice.flow;

import io.sluice.Receiver;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The subscription of a {@link ReceiverPublisher}: the demand, and the task that serves it.
 *
 * <p>Invariants: the thread that changes the demand from zero starts the task, and only the task
 * changes it back to zero. So there is at most one task; only it uses the receiver and the
 * subscriber, and the demand orders it after the previous task. After the subscription is over the
 * demand never returns to zero. While the task waits, {@code waiting} holds its thread, and a
 * thread that stops the subscription interrupts it under the lock: the interrupt cannot reach a
 * thread that has left the wait.
 *
 * <p>Rules of the Reactive Streams specification are named like §3.9.
 *
 * <p>Any thread may request and cancel. The task takes the lock before and after it waits, and
 * stopping takes it.
 *
 * @param <E> the type of the messages
 */
final class ReceiverSubscription<E> implements Flow.Subscription {
    private final Receiver<E> receiver;
    private final Executor executor;
    private final Runnable task = this::run;
    private final AtomicLong demand = new AtomicLong(1); // 1 until onSubscribe returns.
    private final Object lock = new Object();
    private Flow.Subscriber<? super E>
            subscriber; // Null when it is over, for the collector: §3.13.
    private long emitted = 1; // Part of the demand; the initial 1 counts as served.
    private volatile boolean stopped;
    private volatile IllegalArgumentException invalidRequest;
    private Thread waiting; // Guarded by the lock.

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
            return; // §3.6
        }
        if (count > 0) {
            add(count);
        } else {
            invalidRequest =
                    new IllegalArgumentException("count=" + count + " is not 1 or more (§3.9)");
            stop();
        }
    }

    @Override
    public void cancel() {
        if (!stopped) { // §3.7
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
        } while (!demand.compareAndSet(before, after < 0 ? Long.MAX_VALUE : after)); // §3.17
        if (before == 0) {
            execute();
        }
    }

    /**
     * Starts the task; only the thread that changed the demand from zero calls this. Closing
     * without a signal needs no executor.
     */
    private void execute() {
        if (stopped && invalidRequest == null) {
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
            while (emitted < asked && !stopped) {
                E message = next();
                if (message == null) {
                    return;
                }
                emitted++;
                emit(message);
            }
            if (stopped) {
                finish(invalidRequest);
                return;
            }
            if (receiver.isEndOfStream()) {
                complete();
                return;
            }
            long done = emitted;
            emitted = 0;
            asked = demand.addAndGet(-done); // Zero: another task may start.
            if (asked == 0) {
                return;
            }
        }
    }

    /**
     * Returns the next message; null if the subscription is over, which was signaled as required.
     */
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
                finish(invalidRequest);
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
                    Thread.interrupted(); // It was meant for the wait, which is over.
                }
            }
        }
    }

    private void emit(E message) {
        try {
            subscriber.onNext(message);
        } catch (Throwable t) { // Violates rule 2.13: the subscription is cancelled.
            stopped = true;
            finish(null);
            throw t;
        }
    }

    private void complete() {
        if (stopped) {
            finish(invalidRequest);
            return;
        }
        Flow.Subscriber<? super E> last = subscriber;
        stopped = true;
        try {
            finish(null);
        } finally {
            last.onComplete(); // Even if closing the receiver failed.
        }
    }

    /** Signals a failure, unless the subscription was cancelled or an invalid request preceded. */
    private void fail(Throwable failure) {
        Throwable cause = stopped ? invalidRequest : failure;
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
