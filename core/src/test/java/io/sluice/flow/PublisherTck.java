package io.sluice.flow;

import io.sluice.BrokenChannelException;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Sender;
import java.util.List;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.Factory;

/** The TCK of Reactive Streams over {@link ReceiverPublisher}, once for each kind of mailbox. */
public class PublisherTck extends FlowPublisherVerification<Long> {
    private static final long TIMEOUT_MILLIS = 10_000; // Also for a busy machine.
    private static final long NO_SIGNAL_MILLIS = 30;
    private static final long POLL_MILLIS = 5;

    private final MailboxSpec spec;

    public PublisherTck(MailboxSpec spec) {
        super(new TestEnvironment(TIMEOUT_MILLIS, NO_SIGNAL_MILLIS, POLL_MILLIS));
        this.spec = spec;
    }

    @Factory
    public static Object[] flavors() {
        List<MailboxSpec> all = FlowTckTest.flavors();
        return all.stream().map(PublisherTck::new).toArray();
    }

    @Override
    public Flow.Publisher<Long> createFlowPublisher(long elements) {
        Mailbox<Long> mailbox = Mailbox.create(spec);
        Sender<Long> sender = mailbox.sender();
        if (elements == 0) {
            sender.close();
        }
        ReceiverPublisher<Long> publisher =
                new ReceiverPublisher<>(mailbox.receiver(), task -> Thread.ofVirtual().start(task));
        if (elements > 0) {
            Thread.ofVirtual().start(() -> send(sender, elements));
        }
        return new InvalidRequestAwaiter<>(publisher, TIMEOUT_MILLIS);
    }

    private static void send(Sender<Long> sender, long elements) {
        try (sender) {
            for (long i = 0; i < elements; i++) {
                sender.send(i);
            }
        } catch (InterruptedException | BrokenChannelException e) {
            return; // Cancelled.
        }
    }

    /** Returns a publisher that already has its subscriber. */
    @Override
    public Flow.Publisher<Long> createFailedFlowPublisher() {
        Flow.Publisher<Long> publisher = createFlowPublisher(1);
        publisher.subscribe(new Ignoring());
        return publisher;
    }

    // One subscriber, by design: the TCK would find that out only by waiting.

    @Override
    public void optional_spec111_maySupportMultiSubscribe() {
        notVerified("one subscriber");
    }

    @Override
    public void optional_spec111_registeredSubscribersMustReceiveOnNextOrOnCompleteSignals() {
        notVerified("one subscriber");
    }

    @Override
    public void
            optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingOneByOne() {
        notVerified("one subscriber");
    }

    @Override
    public void
            optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfront() {
        notVerified("one subscriber");
    }

    @Override
    public void
            optional_spec111_multicast_mustProduceTheSameElementsInTheSameSequenceToAllOfItsSubscribersWhenRequestingManyUpfrontAndCompleteAsExpected() {
        notVerified("one subscriber");
    }

    private static final class Ignoring implements Flow.Subscriber<Long> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {}

        @Override
        public void onNext(Long message) {}

        @Override
        public void onError(Throwable cause) {}

        @Override
        public void onComplete() {}
    }
}
