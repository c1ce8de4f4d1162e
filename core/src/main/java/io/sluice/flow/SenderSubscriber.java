package io.sluice.flow;

import io.sluice.Sender;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/**
 * A {@link Flow.Subscriber} view of a sender of a mailbox, or of a pipe with a codec: it sends the
 * messages of a publisher.
 *
 * <pre>{@code
 * publisher.subscribe(new SenderSubscriber<>(mailbox.sender(), 64, executor));
 * }</pre>
 *
 * <ul>
 *   <li><b>Back-pressure.</b> It requests a window of messages, and another half window whenever
 *       half a window has been sent. So a full or slow channel throttles the publisher; this
 *       subscriber buffers up to a window of messages.
 *   <li><b>Threads.</b> Signals do not block: while there is room, the signaling thread sends the
 *       message. A message for which there is no room is sent by a task of the executor, which
 *       waits for room.
 *   <li><b>End of the stream.</b> {@code onComplete} and {@code onError} close the sender after all
 *       previous messages were sent. Receivers see the end of the stream in both cases; {@link
 *       #completion} distinguishes them.
 *   <li><b>No receiver left,</b> or a task that is rejected or interrupted: the subscription is
 *       cancelled, the sender is closed, and the buffered messages are dropped.
 *   <li><b>Too many messages.</b> If a publisher signals more messages than were requested, and
 *       more than the buffer holds, its subscription is cancelled; the messages before are sent.
 * </ul>
 *
 * <p>The subscriber owns the sender from now on. A message that finds room costs no allocation. A
 * second subscription is cancelled.
 *
 * @param <E> the type of the messages
 */
public final class SenderSubscriber<E> implements Flow.Subscriber<E> {
    private static final int MAX_WINDOW = 1 << 20;

    private final Sender<E> sender;
    private final Executor executor;
    private final Runnable task = this::drainBuffer;
    private final int window;
    private final int batch;
    private final MessagePassingQueue<E> buffer;
    // Messages, or the end, that the task has not processed yet. While it is zero the sender
    // belongs to the signaling thread, else to the task; it orders the two.
    private final AtomicLong pending = new AtomicLong();
    private final CompletableFuture<Void> completion = new CompletableFuture<>();
    private Flow.Subscription subscription;
    private int unrequested; // Belongs to the thread that owns the sender.
    private Throwable failure; // Written before the end is counted in behind.
    private volatile boolean done;

    /**
     * Creates a subscriber that sends.
     *
     * @param sender the sender, which no other code may use any more
     * @param window the maximum number of requested messages, 1 to 2<sup>20</sup>
     * @param executor the executor of the tasks that wait for room
     * @throws IllegalArgumentException if the window is outside of its range
     */
    public SenderSubscriber(Sender<E> sender, int window, Executor executor) {
        if (window < 1 || window > MAX_WINDOW) {
            throw new IllegalArgumentException("window=" + window + " is not in 1.." + MAX_WINDOW);
        }
        this.sender = Objects.requireNonNull(sender, "sender");
        this.executor = Objects.requireNonNull(executor, "executor");
        this.window = window;
        this.batch = (window + 1) / 2;
        this.buffer = new SpscVarHandleArrayQueue<>(window);
    }

    /**
     * Returns a stage that completes when all published messages have been sent and the sender is
     * closed.
     *
     * @return the stage; it completes exceptionally with the cause given to {@code onError}, or
     *     with the failure that kept a message from being sent
     */
    public CompletionStage<Void> completion() {
        return completion.minimalCompletionStage();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        Objects.requireNonNull(given, "subscription");
        if (subscription != null) {
            given.cancel();
            return;
        }
        subscription = given;
        given.request(window);
    }

    @Override
    public void onNext(E message) {
        Objects.requireNonNull(message, "message");
        if (done) {
            return;
        }
        if (pending.get() != 0 || !trySendDirectly(message)) {
            enqueue(message);
        }
    }

    /** Tries to send; returns whether it was sent, or nothing can be sent any more. */
    private boolean trySendDirectly(E message) {
        boolean sent;
        try {
            sent = sender.trySend(message);
        } catch (RuntimeException e) {
            fail(e);
            return true;
        }
        if (sent) {
            countSent();
        }
        return sent;
    }

    private void enqueue(E message) {
        boolean expected = buffer.offer(message);
        if (!expected) {
            failure = new IllegalStateException("more messages than the " + window + " asked for");
            subscription.cancel();
            done = true;
        }
        if (pending.getAndIncrement() == 0) {
            execute();
        }
    }

    @Override
    public void onError(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        if (!done) {
            failure = cause;
            end();
        }
    }

    @Override
    public void onComplete() {
        if (!done) {
            end();
        }
    }

    private void end() {
        if (pending.getAndIncrement() == 0) {
            finish(failure);
        }
    }

    private void execute() {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            fail(e);
        }
    }

    /** Runs as the task: sends the buffered messages until there are none. */
    private void drainBuffer() {
        try {
            do {
                E message = buffer.poll();
                if (message == null) { // The end was counted.
                    finish(failure);
                    return;
                }
                sender.send(message);
                countSent();
            } while (pending.decrementAndGet() > 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(e);
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void countSent() {
        if (++unrequested == batch) {
            unrequested = 0;
            subscription.request(batch);
        }
    }

    /** Ends the subscription after a failure. The count stays above zero: no task starts again. */
    private void fail(Throwable cause) {
        done = true;
        subscription.cancel();
        finish(cause);
    }

    private void finish(Throwable cause) {
        done = true;
        try {
            sender.close();
        } finally {
            if (cause == null) {
                completion.complete(null);
            } else {
                completion.completeExceptionally(cause);
            }
        }
    }
}
