package io.sluice.flow;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import java.util.concurrent.Flow;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowSubscriberBlackboxVerification;
import org.testng.annotations.Factory;

/** The blackbox TCK of Reactive Streams over {@link SenderSubscriber}. */
public class SubscriberBlackboxTck extends FlowSubscriberBlackboxVerification<Integer> {
    private static final long TIMEOUT_MILLIS = 10_000; // Also for a busy machine.
    private static final long NO_SIGNAL_MILLIS = 30;
    private static final long POLL_MILLIS = 5;

    private final MailboxSpec spec;

    public SubscriberBlackboxTck(MailboxSpec spec) {
        super(new TestEnvironment(TIMEOUT_MILLIS, NO_SIGNAL_MILLIS, POLL_MILLIS));
        this.spec = spec;
    }

    @Factory
    public static Object[] flavors() {
        return FlowTckTest.flavors().stream().map(SubscriberBlackboxTck::new).toArray();
    }

    @Override
    public Flow.Subscriber<Integer> createFlowSubscriber() {
        return subscriber(spec);
    }

    /** Returns a subscriber whose mailbox is drained. */
    static SenderSubscriber<Integer> subscriber(MailboxSpec spec) {
        Mailbox<Integer> mailbox = Mailbox.create(spec);
        Receiver<Integer> receiver = mailbox.receiver();
        SenderSubscriber<Integer> subscriber =
                new SenderSubscriber<>(mailbox.sender(), 4, task -> Thread.ofVirtual().start(task));
        Thread.ofVirtual().start(() -> receive(receiver));
        return subscriber;
    }

    private static void receive(Receiver<Integer> receiver) {
        try (receiver) {
            while (receiver.receive() != null) {}
        } catch (InterruptedException e) {
            return;
        }
    }

    @Override
    public Integer createElement(int element) {
        return element;
    }
}
