package io.sluice.views;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;

/**
 * A publisher whose {@code request} returns from a count that is not allowed only when the
 * subscriber has been told, or after a time limit. For the TCK 1.0.4, which looks for that signal
 * once after its poll interval instead of for as long as its time limit: its rest is computed by
 * {@code =-} where {@code -=} is meant ({@code TestEnvironment.Receptacle.expectError}).
 */
record RefusalAwaited<E>(Flow.Publisher<E> publisher, long timeoutMillis)
        implements Flow.Publisher<E> {
    @Override
    public void subscribe(Flow.Subscriber<? super E> subscriber) {
        publisher.subscribe(subscriber == null ? null : new Told<>(subscriber, timeoutMillis));
    }

    private static final class Told<E> implements Flow.Subscriber<E> {
        private final Flow.Subscriber<? super E> subscriber;
        private final long timeoutMillis;
        private final CountDownLatch told = new CountDownLatch(1);

        Told(Flow.Subscriber<? super E> subscriber, long timeoutMillis) {
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
                                awaitTold();
                            }
                        }

                        @Override
                        public void cancel() {
                            subscription.cancel();
                        }
                    });
        }

        private void awaitTold() {
            try {
                told.await(timeoutMillis, TimeUnit.MILLISECONDS); // Too late is for the TCK to say.
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
            told.countDown();
        }

        @Override
        public void onComplete() {
            subscriber.onComplete();
        }
    }
}
