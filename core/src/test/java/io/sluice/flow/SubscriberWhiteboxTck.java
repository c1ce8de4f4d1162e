package io.sluice.flow;

import io.sluice.MailboxSpec;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.SubscriberWhiteboxVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowSubscriberWhiteboxVerification;
import org.testng.annotations.Factory;

/**
 * The whitebox TCK of Reactive Streams over {@link SenderSubscriber}, with a probe on its signals.
 */
public class SubscriberWhiteboxTck extends FlowSubscriberWhiteboxVerification<Integer> {
    private static final long TIMEOUT_MILLIS = 10_000; // Also for a busy machine.
    private static final long NO_SIGNAL_MILLIS = 30;
    private static final long POLL_MILLIS = 5;

    private final MailboxSpec spec;

    public SubscriberWhiteboxTck(MailboxSpec spec) {
        super(new TestEnvironment(TIMEOUT_MILLIS, NO_SIGNAL_MILLIS, POLL_MILLIS));
        this.spec = spec;
    }

    @Factory
    public static Object[] flavors() {
        return FlowTckTest.flavors().stream().map(SubscriberWhiteboxTck::new).toArray();
    }

    @Override
    protected Flow.Subscriber<Integer> createFlowSubscriber(
            WhiteboxSubscriberProbe<Integer> probe) {
        return new Probed(SubscriberBlackboxTck.subscriber(spec), probe);
    }

    @Override
    public Integer createElement(int element) {
        return element;
    }

    private record Probed(
            SenderSubscriber<Integer> subscriber, WhiteboxSubscriberProbe<Integer> probe)
            implements Flow.Subscriber<Integer> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscriber.onSubscribe(subscription);
            probe.registerOnSubscribe(
                    new SubscriberWhiteboxVerification.SubscriberPuppet() {
                        @Override
                        public void triggerRequest(long count) {
                            subscription.request(count);
                        }

                        @Override
                        public void signalCancel() {
                            subscription.cancel();
                        }
                    });
        }

        @Override
        public void onNext(Integer element) {
            subscriber.onNext(element);
            probe.registerOnNext(element);
        }

        @Override
        public void onError(Throwable cause) {
            subscriber.onError(cause);
            probe.registerOnError(cause);
        }

        @Override
        public void onComplete() {
            subscriber.onComplete();
            probe.registerOnComplete();
        }
    }
}
