package io.sluice.views;

import io.sluice.Receiver;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A receiver, of a mailbox or of a pipe with a codec, as a {@link Flow.Publisher}.
 *
 * <pre>{@code
 * Executor executor = Executors.newVirtualThreadPerTaskExecutor();
 * new ReceiverPublisher<>(mailbox.receiver(), executor).subscribe(subscriber);
 * }</pre>
 *
 * <ul>
 *   <li><b>One subscriber.</b> The first one has it; every other one gets an {@link
 *       IllegalStateException} by {@code onError}. To share a channel out, make a publisher of each
 *       of several receivers: each message goes to one of them.
 *   <li><b>Demand.</b> A message is taken when it has been asked for, and handed over at once.
 *   <li><b>The end.</b> When the stream has ended, {@code onComplete}; it needs no demand if the
 *       stream has ended when the demand does, else it comes with the next.
 *   <li><b>Cancelling</b> closes the receiver, at once or when the call of {@code onNext} that runs
 *       is over, whatever has become of the executor, and nothing is signalled after it. If it was
 *       the last one, senders get {@link io.sluice.BrokenChannelException}.
 *   <li><b>Threads.</b> {@code onSubscribe} comes in the thread that subscribes. All other signals
 *       come from a task of the executor, one at a time; it runs, and waits for messages, while
 *       there is demand, so it takes a thread for that long: virtual threads are best. If the
 *       executor rejects it, that is signalled by {@code onError} in the thread that asked; if it
 *       interrupts it, by {@code onError} with the {@link InterruptedException}. If it drops the
 *       task after it accepted it, nothing is signalled any more.
 * </ul>
 *
 * <p>The receiver is this publisher's from now on, and is closed by it: after the end, a failure or
 * a cancel. A message costs no allocation; a demand may start a task.
 *
 * @param <E> the messages' type
 */
public final class ReceiverPublisher<E> implements Flow.Publisher<E> {
    private final Receiver<E> receiver;
    private final Executor executor;
    private final AtomicBoolean taken = new AtomicBoolean();

    /**
     * A publisher of what a receiver will receive.
     *
     * @param receiver the end, which nobody else uses any more
     * @param executor runs the signals; its tasks wait
     */
    public ReceiverPublisher(Receiver<E> receiver, Executor executor) {
        this.receiver = Objects.requireNonNull(receiver, "receiver");
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    /**
     * Subscribes, once.
     *
     * @param subscriber gets the messages
     */
    @Override
    public void subscribe(Flow.Subscriber<? super E> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        if (taken.compareAndSet(false, true)) {
            new ReceiverSubscription<>(receiver, executor, subscriber).start();
        } else {
            refuse(subscriber);
        }
    }

    private static void refuse(Flow.Subscriber<?> subscriber) {
        subscriber.onSubscribe(
                new Flow.Subscription() {
                    @Override
                    public void request(long count) {}

                    @Override
                    public void cancel() {}
                });
        subscriber.onError(
                new IllegalStateException(
                        "this publisher has its one subscriber; make another of another receiver"));
    }
}
