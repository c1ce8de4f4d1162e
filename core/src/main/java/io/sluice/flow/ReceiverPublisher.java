package io.sluice.flow;

import io.sluice.Receiver;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A {@link Flow.Publisher} view of a receiver of a mailbox, or of a pipe with a codec.
 *
 * <pre>{@code
 * Executor executor = Executors.newVirtualThreadPerTaskExecutor();
 * new ReceiverPublisher<>(mailbox.receiver(), executor).subscribe(subscriber);
 * }</pre>
 *
 * <ul>
 *   <li><b>One subscriber.</b> Only the first subscriber is accepted; every other one gets an
 *       {@link IllegalStateException} by {@code onError}. To distribute a channel over several
 *       subscribers, create a publisher for each of several receivers: each message goes to one of
 *       them.
 *   <li><b>Demand.</b> A message is received only when there is demand, and is signaled at once.
 *   <li><b>End of the stream.</b> {@code onComplete} is signaled when the stream has ended. It
 *       needs no demand if the stream has ended by the time the demand is fulfilled; else it comes
 *       with the next demand.
 *   <li><b>Cancellation</b> closes the receiver, at once or after the current call of {@code
 *       onNext}, independently of the executor's state, and no signal follows. If it was the last
 *       receiver, senders get {@link io.sluice.BrokenChannelException}.
 *   <li><b>Threads.</b> {@code onSubscribe} runs in the thread that subscribes. All other signals
 *       come from a task of the executor, one at a time. The task runs, and waits for messages,
 *       while there is demand, and occupies a thread for that long: use virtual threads. If the
 *       executor rejects the task, {@code onError} is signaled in the requesting thread; if it
 *       interrupts the task, {@code onError} is signaled with the {@link InterruptedException}. If
 *       it drops the task after accepting it, no further signal follows.
 * </ul>
 *
 * <p>The publisher owns the receiver from now on, and closes it after the end of the stream, a
 * failure or a cancellation. A message costs no allocation; a demand may start a task.
 *
 * @param <E> the type of the messages
 */
public final class ReceiverPublisher<E> implements Flow.Publisher<E> {
    private final Receiver<E> receiver;
    private final Executor executor;
    private final AtomicBoolean subscribed = new AtomicBoolean();

    /**
     * Creates a publisher of the messages of a receiver.
     *
     * @param receiver the receiver, which no other code may use any more
     * @param executor the executor of the signals; its tasks block
     */
    public ReceiverPublisher(Receiver<E> receiver, Executor executor) {
        this.receiver = Objects.requireNonNull(receiver, "receiver");
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    /**
     * Subscribes; only the first call succeeds.
     *
     * @param subscriber the subscriber to the messages
     */
    @Override
    public void subscribe(Flow.Subscriber<? super E> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber"); // §1.9
        if (subscribed.compareAndSet(false, true)) {
            new ReceiverSubscription<>(receiver, executor, subscriber).start();
        } else {
            reject(subscriber);
        }
    }

    private static void reject(Flow.Subscriber<?> subscriber) {
        subscriber.onSubscribe( // Before onError: §1.9.
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
