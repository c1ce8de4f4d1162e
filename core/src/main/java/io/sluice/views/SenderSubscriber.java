package io.sluice.views;

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
 * A sender, of a mailbox or of a pipe with a codec, as a {@link Flow.Subscriber}: what a publisher
 * publishes is sent.
 *
 * <pre>{@code
 * publisher.subscribe(new SenderSubscriber<>(mailbox.sender(), 64, executor));
 * }</pre>
 *
 * <ul>
 *   <li><b>Back-pressure.</b> It asks for a window of messages, and for half of one whenever half
 *       of one was sent. So a channel that is full, or slow, holds the publisher back; up to a
 *       window of messages waits here.
 *   <li><b>Threads.</b> No signal ever waits: while there is room a message is sent in the thread
 *       that signals it. What finds no room is sent by a task of the executor, which waits for
 *       room.
 *   <li><b>The end.</b> {@code onComplete} and {@code onError} close the sender when all before was
 *       sent. Receivers see the end in both cases; {@link #completion} tells them apart.
 *   <li><b>No receiver left,</b> or a task that is rejected or interrupted: the subscription is
 *       cancelled, the sender is closed, and what waits here is dropped.
 *   <li><b>A publisher that publishes more</b> than was asked for, and more than fits, has its
 *       subscription cancelled; what came before is sent.
 * </ul>
 *
 * <p>The sender is this subscriber's from now on. A message that finds room costs no allocation. A
 * second subscription is cancelled.
 *
 * @param <E> the messages' type
 */
public final class SenderSubscriber<E> implements Flow.Subscriber<E> {
    private static final int MAX_WINDOW = 1 << 20;

    private final Sender<E> sender;
    private final Executor executor;
    private final Runnable task = this::catchUp;
    private final int window;
    private final int batch;
    private final MessagePassingQueue<E> late;
    // Messages, or the end, that the task has not done. Zero: the sender belongs to who signals;
    // else to the task. It orders the two.
    private final AtomicLong behind = new AtomicLong();
    private final CompletableFuture<Void> completion = new CompletableFuture<>();
    private Flow.Subscription subscription;
    private int unrequested; // Whose the sender is.
    private Throwable failure; // Written before the end is counted.
    private volatile boolean over;

    /**
     * A subscriber that sends.
     *
     * @param sender the end, which nobody else uses any more
     * @param window how many messages are asked for at the most, 1 to 2<sup>20</sup>
     * @param executor runs what waits for room
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
        this.late = new SpscVarHandleArrayQueue<>(window);
    }

    /**
     * When everything that was published has been sent and the sender is closed.
     *
     * @return completed then; exceptionally by what {@code onError} said, or by what kept a message
     *     from being sent
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
        if (over) {
            return;
        }
        if (behind.get() != 0 || !sendNow(message)) {
            sendLater(message);
        }
    }

    /** Whether nothing is left to do: it was sent, or nothing can be sent any more. */
    private boolean sendNow(E message) {
        boolean sent;
        try {
            sent = sender.trySend(message);
        } catch (RuntimeException e) {
            giveUp(e);
            return true;
        }
        if (sent) {
            countSent();
        }
        return sent;
    }

    private void sendLater(E message) {
        boolean expected = late.offer(message);
        if (!expected) {
            failure = new IllegalStateException("more messages than the " + window + " asked for");
            subscription.cancel();
            over = true;
        }
        if (behind.getAndIncrement() == 0) {
            execute();
        }
    }

    @Override
    public void onError(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        if (!over) {
            failure = cause;
            end();
        }
    }

    @Override
    public void onComplete() {
        if (!over) {
            end();
        }
    }

    private void end() {
        if (behind.getAndIncrement() == 0) {
            finish(failure);
        }
    }

    private void execute() {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            giveUp(e);
        }
    }

    /** The task: sends what is late, until it is no more. */
    private void catchUp() {
        try {
            do {
                E message = late.poll();
                if (message == null) { // What was counted is the end.
                    finish(failure);
                    return;
                }
                sender.send(message);
                countSent();
            } while (behind.decrementAndGet() > 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            giveUp(e);
        } catch (RuntimeException e) {
            giveUp(e);
        }
    }

    private void countSent() {
        if (++unrequested == batch) {
            unrequested = 0;
            subscription.request(batch);
        }
    }

    /** Nothing can be sent any more. What is counted stays counted: no task begins again. */
    private void giveUp(Throwable cause) {
        over = true;
        subscription.cancel();
        finish(cause);
    }

    private void finish(Throwable cause) {
        over = true;
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
