package io.sluice.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Allocation;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.flow.ReceiverPublisher;
import io.sluice.flow.SenderSubscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.MessagePassingQueue;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A message through a view allocates nothing. */
@Timeout(120)
class QueueAndFlowAllocationTest {
    private static final int MESSAGES = 20_000;
    private static final int ATTEMPTS = 60;
    private static final int BATCH = 8;

    private final Object message = new Object();
    private long received;

    static List<MailboxSpec> flavors() {
        return MailboxFlavors.bounded(
                MailboxFlavors.all()); // An unbounded one has a node for each message.
    }

    /** Checks that nothing is allocated once the code is compiled. */
    private void allocatesNothing(Allocation.MeasuredRound<InterruptedException> round)
            throws InterruptedException {
        long least = Allocation.least(ATTEMPTS, MESSAGES, round);
        assertEquals(0, least, "bytes for " + MESSAGES + " rounds");
        assertTrue(received >= MESSAGES, () -> received + " messages received");
    }

    private void count(Object found) {
        if (found == message) {
            received++;
        }
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void aBlockingQueue(MailboxSpec spec) throws Exception {
        MailboxBlockingQueue<Object> queue = new MailboxBlockingQueue<>(Mailbox.create(spec));
        allocatesNothing(
                () -> {
                    queue.put(message);
                    count(queue.take());
                    queue.offer(message);
                    count(queue.poll());
                    queue.offer(message, 1, TimeUnit.SECONDS);
                    count(queue.poll(1, TimeUnit.SECONDS));
                    received += queue.size() + queue.remainingCapacity() > 0 ? 1 : 0;
                });
    }

    /** Messages in the peek buffer allocate no more than others. */
    @ParameterizedTest
    @MethodSource("flavors")
    void aBlockingQueueThatIsPeeked(MailboxSpec spec) throws Exception {
        MailboxBlockingQueue<Object> queue = new MailboxBlockingQueue<>(Mailbox.create(spec));
        allocatesNothing(
                () -> {
                    queue.put(message);
                    count(queue.peek());
                    queue.put(message);
                    count(queue.take());
                    count(queue.poll());
                });
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void aMessageQueue(MailboxSpec spec) throws Exception {
        MailboxMessageQueue<Object> queue = new MailboxMessageQueue<>(Mailbox.create(spec));
        MessagePassingQueue.Supplier<Object> supplier = () -> message;
        MessagePassingQueue.Consumer<Object> consumer = this::count;
        allocatesNothing(
                () -> {
                    queue.offer(message);
                    queue.relaxedOffer(message);
                    count(queue.relaxedPoll());
                    queue.drain(consumer);
                    queue.fill(supplier, BATCH);
                    queue.drain(consumer, BATCH);
                });
    }

    /** A batch of requests is one task, which this executor runs at once. */
    @ParameterizedTest
    @MethodSource("flavors")
    void aPublisher(MailboxSpec spec) throws Exception {
        Mailbox<Object> mailbox = Mailbox.create(spec);
        Sender<Object> sender = mailbox.sender();
        List<Flow.Subscription> subscriptions = new ArrayList<>();
        new ReceiverPublisher<>(mailbox.receiver(), Runnable::run)
                .subscribe(
                        new Flow.Subscriber<Object>() {
                            @Override
                            public void onSubscribe(Flow.Subscription subscription) {
                                subscriptions.add(subscription);
                            }

                            @Override
                            public void onNext(Object found) {
                                count(found);
                            }

                            @Override
                            public void onError(Throwable cause) {}

                            @Override
                            public void onComplete() {}
                        });
        Flow.Subscription subscription = subscriptions.get(0);
        allocatesNothing(
                () -> {
                    sender.send(message);
                    sender.send(message);
                    subscription.request(2);
                });
    }

    @ParameterizedTest
    @MethodSource("flavors")
    void aSubscriber(MailboxSpec spec) throws Exception {
        Mailbox<Object> mailbox = Mailbox.create(spec);
        Receiver<Object> receiver = mailbox.receiver();
        SenderSubscriber<Object> subscriber =
                new SenderSubscriber<>(mailbox.sender(), 2, Runnable::run);
        subscriber.onSubscribe(
                new Flow.Subscription() {
                    @Override
                    public void request(long count) {}

                    @Override
                    public void cancel() {}
                });
        allocatesNothing(
                () -> {
                    subscriber.onNext(message);
                    count(receiver.tryReceive());
                });
    }
}
