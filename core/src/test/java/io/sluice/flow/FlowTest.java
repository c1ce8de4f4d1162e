package io.sluice.flow;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.BrokenChannelException;
import io.sluice.Codec;
import io.sluice.Ends;
import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Pipe;
import io.sluice.PipeSpec;
import io.sluice.Proof;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.TestThreads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the TCK does not cover: closing of ends, and the fate of messages. */
@Timeout(60)
class FlowTest {
    private static final Executor VIRTUAL = task -> Thread.ofVirtual().start(task);
    private static final int MANY = Proof.size(1_500, 30_000);

    private final Mailbox<Long> mailbox =
            Mailbox.create(MailboxSpec.bounded(8).receivers(Ends.MANY));
    private final TestThreads testThreads = new TestThreads(mailbox);

    /** Records its signals. */
    private static class RecordingSubscriber implements Flow.Subscriber<Long> {
        final List<Long> messages = new ArrayList<>();
        final CompletableFuture<String> over = new CompletableFuture<>();
        final AtomicInteger received = new AtomicInteger();
        volatile Flow.Subscription subscription;
        volatile Throwable cause;

        @Override
        public void onSubscribe(Flow.Subscription given) {
            subscription = given;
        }

        @Override
        public void onNext(Long message) {
            messages.add(message);
            received.incrementAndGet();
        }

        @Override
        public void onError(Throwable thrown) {
            cause = thrown;
            over.complete("failed");
        }

        @Override
        public void onComplete() {
            over.complete("ended");
        }
    }

    private RecordingSubscriber subscribe(Executor executor) {
        RecordingSubscriber subscriber = new RecordingSubscriber();
        new ReceiverPublisher<>(mailbox.receiver(), executor).subscribe(subscriber);
        return subscriber;
    }

    private void awaitBroken(Sender<Long> sender) {
        testThreads.spinUntil(
                () -> {
                    try {
                        sender.trySend(-1L);
                        return false;
                    } catch (BrokenChannelException e) {
                        return true;
                    }
                });
    }

    @Test
    void onlyTheDemandIsReceived() throws Exception {
        Sender<Long> sender = mailbox.sender();
        RecordingSubscriber subscriber = subscribe(VIRTUAL);
        for (long i = 0; i < 5; i++) {
            sender.send(i);
        }
        subscriber.subscription.request(2);
        testThreads.spinUntil(() -> subscriber.received.get() == 2);
        assertTrue(mailbox.toString().contains("size=3"), mailbox::toString);
        subscriber.subscription.request(1);
        subscriber.subscription.request(Long.MAX_VALUE);
        subscriber.subscription.request(Long.MAX_VALUE);
        sender.close();
        assertEquals("ended", subscriber.over.get(30, SECONDS));
        assertEquals(List.of(0L, 1L, 2L, 3L, 4L), subscriber.messages);
        assertTrue(mailbox.toString().contains("receivers=gone"), mailbox::toString);
    }

    @Test
    void aStreamThatHasEndedCompletesWithoutDemand() throws Exception {
        mailbox.sender().close();
        assertEquals("ended", subscribe(VIRTUAL).over.get(30, SECONDS));
    }

    @Test
    void cancellingClosesTheReceiverThoughItWaits() throws Exception {
        Sender<Long> sender = mailbox.sender();
        CompletableFuture<Thread> waiting = new CompletableFuture<>();
        RecordingSubscriber subscriber =
                subscribe(task -> waiting.complete(Thread.ofPlatform().daemon().start(task)));
        waiting.get(30, SECONDS).join();
        CompletableFuture<Thread> second = new CompletableFuture<>();
        RecordingSubscriber other =
                new RecordingSubscriber() {
                    @Override
                    public void onSubscribe(Flow.Subscription given) {
                        super.onSubscribe(given);
                        given.request(1);
                    }
                };
        new ReceiverPublisher<>(
                        mailbox.receiver(),
                        task -> second.complete(Thread.ofPlatform().daemon().start(task)))
                .subscribe(other);
        Thread task = second.get(30, SECONDS);
        testThreads.spinUntil(() -> task.getState() == Thread.State.TIMED_WAITING);
        other.subscription.cancel();
        task.join();
        assertTrue(sender.trySend(1L));
        subscriber.subscription.cancel();
        awaitBroken(sender);
        assertFalse(other.over.isDone());
        assertFalse(subscriber.over.isDone());
    }

    @Test
    void cancellingWithoutDemandClosesTheReceiver() {
        Sender<Long> sender = mailbox.sender();
        RecordingSubscriber subscriber = subscribe(VIRTUAL);
        subscriber.subscription.cancel();
        subscriber.subscription.cancel();
        subscriber.subscription.request(1);
        awaitBroken(sender);
        assertEquals(List.of(), subscriber.messages);
    }

    @Test
    void aSecondSubscriberIsRefused() {
        ReceiverPublisher<Long> publisher = new ReceiverPublisher<>(mailbox.receiver(), VIRTUAL);
        publisher.subscribe(new RecordingSubscriber());
        RecordingSubscriber second = new RecordingSubscriber();
        publisher.subscribe(second);
        assertInstanceOf(IllegalStateException.class, second.cause);
        second.subscription.request(1);
        second.subscription.cancel();
        assertThrows(NullPointerException.class, () -> publisher.subscribe(null));
    }

    @Test
    void anExecutorThatRejectsIsAFailure() {
        Sender<Long> sender = mailbox.sender();
        RecordingSubscriber subscriber =
                subscribe(
                        task -> {
                            throw new RejectedExecutionException("full");
                        });
        assertInstanceOf(RejectedExecutionException.class, subscriber.cause);
        awaitBroken(sender);
    }

    /** Runs each task at once, until it is shut down. */
    private static final class Closable implements Executor {
        private boolean closed;

        @Override
        public void execute(Runnable task) {
            if (closed) {
                throw new RejectedExecutionException("shut down");
            }
            task.run();
        }
    }

    @Test
    void cancelAfterTheExecutorsShutdownSignalsNothing() {
        Sender<Long> sender = mailbox.sender();
        Closable executor = new Closable();
        RecordingSubscriber subscriber = subscribe(executor);
        executor.closed = true;
        subscriber.subscription.cancel();
        assertThrows(BrokenChannelException.class, () -> sender.trySend(1L));
        subscriber.subscription.request(1);
        subscriber.subscription.request(0);
        assertFalse(subscriber.over.isDone());
    }

    @Test
    void cancelWhileTheExecutorRejectsSignalsNothing() {
        Sender<Long> sender = mailbox.sender();
        RecordingSubscriber subscriber = new RecordingSubscriber();
        Executor executor =
                task -> {
                    subscriber.subscription.cancel();
                    throw new RejectedExecutionException("shut down");
                };
        new ReceiverPublisher<>(mailbox.receiver(), executor).subscribe(subscriber);
        assertThrows(BrokenChannelException.class, () -> sender.trySend(1L));
        assertFalse(subscriber.over.isDone());
    }

    @Test
    void aRequestAfterTheExecutorsShutdownSignalsAnError() {
        for (long count : new long[] {1, 0, -1}) {
            Mailbox<Long> own = Mailbox.create(MailboxSpec.bounded(8).receivers(Ends.MANY));
            Closable executor = new Closable();
            RecordingSubscriber subscriber = new RecordingSubscriber();
            new ReceiverPublisher<>(own.receiver(), executor).subscribe(subscriber);
            executor.closed = true;
            subscriber.subscription.request(count);
            assertEquals("failed", subscriber.over.getNow("nothing"));
            Class<?> expected =
                    count > 0 ? RejectedExecutionException.class : IllegalArgumentException.class;
            assertEquals(expected, subscriber.cause.getClass());
        }
    }

    @Test
    void anExecutorThatInterruptsIsAFailure() throws Exception {
        Sender<Long> sender = mailbox.sender();
        ExecutorService executor = Executors.newSingleThreadExecutor();
        RecordingSubscriber subscriber = subscribe(executor);
        subscriber.subscription.request(2);
        sender.send(1L);
        testThreads.spinUntil(
                () -> subscriber.received.get() == 1); // The task runs, and waits again.
        executor.shutdownNow();
        assertEquals("failed", subscriber.over.get(30, SECONDS));
        assertTrue(executor.awaitTermination(30, SECONDS));
        assertInstanceOf(InterruptedException.class, subscriber.cause);
        awaitBroken(sender);
    }

    @Test
    void aSubscriberThatThrowsIsCancelled() throws Exception {
        Sender<Long> sender = mailbox.sender();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        RecordingSubscriber subscriber =
                new RecordingSubscriber() {
                    @Override
                    public void onNext(Long message) {
                        throw new ArithmeticException();
                    }
                };
        new ReceiverPublisher<>(
                        mailbox.receiver(),
                        task ->
                                Thread.ofPlatform()
                                        .uncaughtExceptionHandler((t, e) -> thrown.complete(e))
                                        .start(task))
                .subscribe(subscriber);
        subscriber.subscription.request(9);
        sender.send(1L);
        assertInstanceOf(ArithmeticException.class, thrown.get(30, SECONDS));
        awaitBroken(sender);
        assertFalse(subscriber.over.isDone());
    }

    @Test
    void aFailureOfTheChannelIsSignaled(@TempDir Path directory) throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(4096).senders(1));
        RecordingSubscriber subscriber = new RecordingSubscriber();
        try (Sender<String> sender = Codec.utf8().sender(pipe.sender())) {
            Receiver<Long> receiver = Codec.longs().receiver(pipe.receiver());
            sender.send("not a number of 8 bytes");
            new ReceiverPublisher<>(receiver, VIRTUAL).subscribe(subscriber);
            subscriber.subscription.request(1);
            assertEquals("failed", subscriber.over.get(30, SECONDS));
        }
    }

    /**
     * A chain of publisher, mailbox, publisher and pipe: each message once, in order, with
     * back-pressure.
     */
    @Test
    void aStreamThroughBothAdaptersArrivesWhole(@TempDir Path directory) throws Exception {
        Pipe pipe = Pipe.create(directory.resolve("pipe"), PipeSpec.bounded(4096).senders(1));
        SenderSubscriber<Long> in = new SenderSubscriber<>(mailbox.sender(), 5, VIRTUAL);
        SenderSubscriber<Long> through =
                new SenderSubscriber<>(Codec.longs().sender(pipe.sender()), 64, VIRTUAL);
        new ReceiverPublisher<>(mailbox.receiver(), VIRTUAL).subscribe(through);
        // If this fails, the receiver is closed first: it ends a submit that waits, which close of
        // the publisher would wait for.
        try (SubmissionPublisher<Long> publisher = new SubmissionPublisher<>(VIRTUAL, 16);
                Receiver<Long> out = Codec.longs().receiver(pipe.receiver())) {
            publisher.subscribe(in);
            testThreads.start(() -> LongStream.range(0, MANY).forEach(publisher::submit));
            for (long i = 0; i < MANY; i++) {
                assertEquals(i, out.receive());
            }
            testThreads.join();
            publisher.close();
            assertNull(out.receive());
            in.completion().toCompletableFuture().get(30, SECONDS);
            through.completion().toCompletableFuture().get(30, SECONDS);
        }
    }

    /** Counts the requests; the test sends the signals. */
    private static final class Source implements Flow.Subscription {
        final AtomicInteger asked = new AtomicInteger();
        volatile boolean cancelled;

        @Override
        public void request(long count) {
            asked.addAndGet((int) count);
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    @Test
    void requestsAreLimitedByTheWindow() throws Exception {
        Receiver<Long> receiver = mailbox.receiver();
        SenderSubscriber<Long> subscriber = new SenderSubscriber<>(mailbox.sender(), 4, VIRTUAL);
        Source source = new Source();
        subscriber.onSubscribe(source);
        long sent = 0;
        while (sent < source.asked.get()) {
            subscriber.onNext(sent++);
        }
        // The mailbox holds 8; up to 4 more wait in the subscriber.
        assertTrue(sent > 8 && sent <= 8 + 4, "sent " + sent);
        subscriber.onComplete();
        for (long i = 0; i < sent; i++) {
            assertEquals(i, receiver.receive());
        }
        assertNull(receiver.receive());
        subscriber.completion().toCompletableFuture().get(30, SECONDS);
        assertFalse(source.cancelled);
    }

    @Test
    void aFailureEndsTheStreamAfterEarlierMessages() throws Exception {
        Receiver<Long> receiver = mailbox.receiver();
        SenderSubscriber<Long> subscriber = new SenderSubscriber<>(mailbox.sender(), 4, VIRTUAL);
        Source source = new Source();
        subscriber.onSubscribe(source);
        long sent = 0;
        while (sent < source.asked.get()) {
            subscriber.onNext(sent++);
        }
        Exception cause = new Exception("expected");
        subscriber.onError(cause);
        for (long i = 0; i < sent; i++) {
            assertEquals(i, receiver.receive());
        }
        assertNull(receiver.receive());
        assertSame(cause, failure(subscriber));
    }

    private static Throwable failure(SenderSubscriber<?> subscriber) {
        return assertThrows(
                        ExecutionException.class,
                        () -> subscriber.completion().toCompletableFuture().get(30, SECONDS))
                .getCause();
    }

    @Test
    void aBrokenChannelCancels() {
        Receiver<Long> receiver = mailbox.receiver();
        SenderSubscriber<Long> subscriber = new SenderSubscriber<>(mailbox.sender(), 4, VIRTUAL);
        Source source = new Source();
        subscriber.onSubscribe(source);
        subscriber.onNext(1L);
        receiver.close();
        subscriber.onNext(2L);
        assertTrue(source.cancelled);
        assertInstanceOf(BrokenChannelException.class, failure(subscriber));
        subscriber.onNext(3L);
        subscriber.onComplete();
        subscriber.onError(new Exception());
    }

    @Test
    void aChannelThatBreaksWhileTheTaskWaitsCancels() {
        Receiver<Long> receiver = mailbox.receiver();
        SenderSubscriber<Long> subscriber = new SenderSubscriber<>(mailbox.sender(), 4, VIRTUAL);
        Source source = new Source();
        subscriber.onSubscribe(source);
        for (long i = 0; i < source.asked.get(); i++) {
            subscriber.onNext(i);
        }
        receiver.close();
        assertInstanceOf(BrokenChannelException.class, failure(subscriber));
        testThreads.spinUntil(() -> source.cancelled);
    }

    @Test
    void exceedingTheDemandIsAFailureAndLosesNoRequestedMessage() throws Exception {
        Receiver<Long> receiver = mailbox.receiver();
        CountDownLatch go = new CountDownLatch(1);
        SenderSubscriber<Long> subscriber =
                new SenderSubscriber<>(
                        mailbox.sender(),
                        2,
                        task ->
                                testThreads.start(
                                        () -> {
                                            go.await();
                                            task.run();
                                        }));
        Source source = new Source();
        subscriber.onSubscribe(source);
        for (long i = 0; i < 20; i++) {
            subscriber.onNext(i);
        }
        assertTrue(source.cancelled);
        go.countDown();
        long received = 0;
        for (Long message; (message = receiver.receive()) != null; received++) {
            assertEquals(received, message);
        }
        assertTrue(received >= 8 + 2, "received " + received);
        assertInstanceOf(IllegalStateException.class, failure(subscriber));
        testThreads.join();
    }

    @Test
    void anExecutorThatRejectsCancels() {
        Receiver<Long> receiver = mailbox.receiver();
        SenderSubscriber<Long> subscriber =
                new SenderSubscriber<>(
                        mailbox.sender(),
                        4,
                        task -> {
                            throw new RejectedExecutionException("full");
                        });
        Source source = new Source();
        subscriber.onSubscribe(source);
        for (long i = 0; i < 9; i++) {
            subscriber.onNext(i);
        }
        assertTrue(source.cancelled);
        assertInstanceOf(RejectedExecutionException.class, failure(subscriber));
        receiver.close();
    }

    @Test
    void argumentsAreChecked() {
        Sender<Long> sender = mailbox.sender();
        Class<IllegalArgumentException> refusal = IllegalArgumentException.class;
        assertThrows(refusal, () -> new SenderSubscriber<>(sender, 0, VIRTUAL));
        assertThrows(refusal, () -> new SenderSubscriber<>(sender, (1 << 20) + 1, VIRTUAL));
        assertThrows(
                NullPointerException.class, () -> new SenderSubscriber<Long>(null, 1, VIRTUAL));
        assertThrows(NullPointerException.class, () -> new ReceiverPublisher<>(null, VIRTUAL));
    }
}
