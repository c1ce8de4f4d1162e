package io.sluice.flow;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/**
 * A publisher whose {@code request} with an invalid count returns only when the subscriber has been
 * notified, or after a timeout. Works around the TCK 1.0.4, which looks for that signal only once,
 * after its poll interval, and not until its timeout: its remaining time is computed by {@code =-}
 * where {@code -=} is meant ({@code TestEnvironment.Receptacle.expectError}).
 */
record InvalidRequestAwaiter<E>(Flow.Publisher<E> publisher, long timeoutMillis)
        implements Flow.Publisher<E> {
    @Override
    public void subscribe(Flow.Subscriber<? super E> subscriber) {
        publisher.subscribe(
                subscriber == null ? null : new ErrorSignalLatch<>(subscriber, timeoutMillis));
    }

    private static final class ErrorSignalLatch<E> implements Flow.Subscriber<E> {
        private final Flow.Subscriber<? super E> subscriber;
        private final long timeoutMillis;
        private final CountDownLatch signaled = new CountDownLatch(1);

        ErrorSignalLatch(Flow.Subscriber<? super E> subscriber, long timeoutMillis) {
            this.subscriber = subscriber;
            this.timeoutMillis = timeoutMillis;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscriber.onSubscribe(
                    new Flow.Subscription() {
                        @Override
                        public void request(long count) {
                            subscription.request(count);
                            if (count <= 0) {
                                awaitSignal();
                            }
                        }

                        @Override
                        public void cancel() {
                            subscription.cancel();
                        }
                    });
        }

        private void awaitSignal() {
            try {
                signaled.await(timeoutMillis, TimeUnit.MILLISECONDS); // The TCK reports a timeout.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onNext(E message) {
            subscriber.onNext(message);
        }

        @Override
        public void onError(Throwable cause) {
            subscriber.onError(cause);
            signaled.countDown();
        }

        @Override
        public void onComplete() {
            subscriber.onComplete();
        }
    }
}
