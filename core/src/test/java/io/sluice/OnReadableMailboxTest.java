package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A task that runs when a receiver of objects has a message: of a mailbox, of a pipe and of a node
 * with a codec; and one that runs when a clause of a select can win.
 */
@Timeout(60)
class OnReadableMailboxTest {
    private static final long LIMIT_SECONDS = 30;
    private static final Duration SOON = Duration.ofSeconds(LIMIT_SECONDS);

    /** An executor whose tasks the test takes: so it sees whether one came. */
    private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    private final List<Object> got = new ArrayList<>();
    private final TestThreads threads = new TestThreads(got);

    private void runNext() throws InterruptedException {
        Runnable task = tasks.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertNotNull(task, "no task came");
        task.run();
    }

    @ParameterizedTest
    @EnumSource
    void eachMessageRunsTheTaskOnce(MailboxFlavor flavor) throws Exception {
        Mailbox<Integer> mailbox = Mailbox.create(flavor.spec());
        Receiver<Integer> receiver = mailbox.receiver();
        Sender<Integer> sender = mailbox.sender();
        int[] runs = new int[1];
        for (int i = 1; i <= 3; i++) {
            receiver.onReadable(tasks::add, () -> runs[0]++);
            int message = i;
            threads.start(() -> sender.send(message)); // It waits, if it is a rendezvous.
            runNext();
            assertEquals(i, runs[0]);
            assertEquals(i, receiver.receive());
            threads.join();
            assertTrue(tasks.isEmpty());
        }
        receiver.onReadable(tasks::add, () -> runs[0]++);
        sender.close();
        runNext();
        assertNull(receiver.tryReceive());
        assertTrue(receiver.isEndOfStream());
        receiver.close();
        assertThrows(IllegalStateException.class, () -> receiver.onReadable(tasks::add, () -> {}));
    }

    @ParameterizedTest
    @EnumSource(names = {"RENDEZVOUS", "ONE", "UNBOUNDED", "BROADCAST"})
    void aCloseByAnotherThreadRunsTheTask(MailboxFlavor flavor) throws Exception {
        Mailbox<Integer> mailbox = Mailbox.create(flavor.spec());
        Sender<Integer> sender = mailbox.sender();
        Receiver<Integer> receiver = mailbox.receiver();
        receiver.onReadable(tasks::add, () -> {});
        receiver.close();
        runNext();
        assertThrows(IllegalStateException.class, receiver::tryReceive);
        threads.spinUntil(() -> isBroken(sender)); // The thread that waited has left.
    }

    private static boolean isBroken(Sender<Integer> sender) {
        try {
            sender.trySend(1);
            return false;
        } catch (BrokenChannelException e) {
            return true;
        }
    }

    @Test
    void aHandlerOfTheReceiverIsRefused() throws Exception {
        Mailbox<Integer> mailbox = Mailbox.bounded(4);
        Receiver<Integer> receiver = mailbox.receiver();
        mailbox.sender().send(1);
        int handled =
                receiver.poll(
                        message ->
                                assertThrows(
                                        IllegalStateException.class,
                                        () -> receiver.onReadable(tasks::add, () -> {})),
                        1);
        assertEquals(1, handled);
        assertTrue(tasks.isEmpty());
    }

    /** Its executor may be busy: another receiver may take the message that it was woken for. */
    @Test
    void aTaskThatDoesNotRunKeepsNoMessageFromAnotherReceiver() throws Exception {
        Mailbox<Integer> mailbox = Mailbox.create(MailboxSpec.bounded(4).receivers(Ends.MANY));
        Receiver<Integer> first = mailbox.receiver();
        first.onReadable(tasks::add, () -> {});
        TestThreads waiting = new TestThreads(mailbox);
        waiting.spinUntilWaiting(0, 1);
        Select second = // It parks until it is woken.
                WakeupOnlySelects.build(Select.builder().receive(mailbox.receiver(), got::add));
        waiting.start(() -> assertEquals(0, second.select()));
        waiting.spinUntilWaiting(0, 2);
        mailbox.sender().send(7); // Wakes the one that has waited longer.
        waiting.join();
        assertEquals(List.of(7), got);
        runNext();
        assertNull(first.tryReceive(), "another receiver was faster");
    }

    /** Drains and calls again, as the Javadoc says: each message but the first races that call. */
    private static final class Loop {
        final CompletableFuture<Long> sum = new CompletableFuture<>();
        private final Receiver<Integer> receiver;
        private final Executor executor;
        private long count;

        Loop(Receiver<Integer> receiver, Executor executor) {
            this.receiver = receiver;
            this.executor = executor;
        }

        void onReadable() {
            while (receiver.poll(message -> count++, 64) > 0) {}
            if (receiver.isEndOfStream()) {
                sum.complete(count);
            } else {
                receiver.onReadable(executor, this::onReadable);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RENDEZVOUS", "ONE", "EIGHT", "UNBOUNDED", "BROADCAST"})
    void noMessageIsMissedBetweenThePollAndTheCall(MailboxFlavor flavor) throws Exception {
        int messages = Proof.size(2_000, 50_000);
        Mailbox<Integer> mailbox = Mailbox.create(flavor.spec());
        try (ExecutorService executor = Executors.newFixedThreadPool(2);
                Receiver<Integer> receiver = mailbox.receiver()) {
            Sender<Integer> sender = mailbox.sender();
            Loop loop = new Loop(receiver, executor);
            receiver.onReadable(executor, loop::onReadable);
            for (int i = 0; i < messages; i++) {
                sender.send(i);
                for (int spins = i % 512; spins > 0; spins--) {
                    Thread.onSpinWait();
                }
            }
            sender.close();
            assertEquals(messages, loop.sum.get(LIMIT_SECONDS, TimeUnit.SECONDS));
        }
    }

    @Test
    void aReceiverWithACodecHasIt(@TempDir Path directory) throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                Receiver<String> receiver = Codec.utf8().receiver(pipe.receiver());
                Sender<String> sender = Codec.utf8().sender(pipe.sender());
                Node a = Node.join(directory.resolve("nodes"), "a");
                Node b = Node.join(directory.resolve("nodes"), "b")) {
            receiver.onReadable(tasks::add, () -> got.add(receiver.tryReceive()));
            sender.send("of a pipe");
            runNext();
            Receiver<String> inbox = b.receiver(Codec.utf8());
            inbox.onReadable(tasks::add, () -> got.add(inbox.tryReceive()));
            a.sender("b", Codec.utf8()).send("of a node");
            runNext();
            assertEquals(List.of("of a pipe", "of a node"), got);
            Receiver<String> one = b.receiver("a", Codec.utf8());
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> one.onReadable(tasks::add, () -> {}));
        }
    }

    // A select.

    private void selectAll(Select select) {
        while (select.trySelect() != Select.NONE) {}
    }

    @Test
    void aClauseThatCanWinRunsTheTaskOfASelect() throws Exception {
        Mailbox<Object> mailbox = Mailbox.bounded(4);
        Mailbox<Object> full = Mailbox.bounded(1);
        Mailbox<Object> rendezvous = Mailbox.rendezvous();
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeSender toPipe = pipe.sender();
                PipeReceiver fromPipe = pipe.receiver()) {
            Sender<Object> toMailbox = mailbox.sender();
            Sender<Object> toRendezvous = rendezvous.sender();
            Sender<Object> toFull = full.sender();
            Receiver<Object> fromFull = full.receiver();
            toFull.send("there already");
            Select select =
                    Select.builder()
                            .receive(mailbox.receiver(), got::add)
                            .receive(fromPipe, (memory, offset, length) -> got.add(length))
                            .receive(rendezvous.receiver(), got::add)
                            .send(toFull, () -> "sent", () -> got.add("room"))
                            .build();
            List<TestThreads.Work> events =
                    List.of(
                            () -> toMailbox.send("mailbox"),
                            () -> toPipe.send(new byte[3]),
                            () -> toRendezvous.send("rendezvous"),
                            fromFull::receive);
            for (int i = 0; i < events.size(); i++) {
                assertEquals(Select.NONE, select.trySelect());
                select.onReady(tasks::add, () -> selectAll(select));
                threads.start(events.get(i));
                runNext();
                threads.join();
                assertEquals(i + 1, got.size(), got::toString);
                assertTrue(tasks.isEmpty());
            }
            assertEquals(List.of("mailbox", 3, "rendezvous", "room"), got);
        }
    }

    @Test
    void theEndOfAllStreamsRunsTheTaskOfASelect() throws Exception {
        Mailbox<Integer> mailbox = Mailbox.bounded(4);
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeReceiver fromPipe = pipe.receiver()) {
            Sender<Integer> sender = mailbox.sender();
            PipeSender toPipe = pipe.sender();
            Select select =
                    Select.builder()
                            .receive(mailbox.receiver(), got::add)
                            .receive(fromPipe, (memory, offset, length) -> got.add(length))
                            .build();
            select.onReady(tasks::add, () -> {});
            toPipe.close();
            sender.send(1);
            runNext();
            selectAll(select);
            assertEquals(List.of(1), got);
            assertFalse(select.isEndOfStream());
            select.onReady(tasks::add, () -> {});
            sender.close();
            runNext();
            assertEquals(Select.NONE, select.select(SOON));
            assertTrue(select.isEndOfStream());
        }
    }

    @Test
    void aCloseRunsTheTaskOfASelect() throws Exception {
        Mailbox<Integer> mailbox = Mailbox.bounded(4);
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                Sender<Integer> sender = mailbox.sender();
                Receiver<Integer> receiver = mailbox.receiver()) {
            PipeReceiver fromPipe = pipe.receiver();
            Select select =
                    Select.builder()
                            .receive(receiver, got::add)
                            .receive(fromPipe, (memory, offset, length) -> got.add(length))
                            .build();
            select.onReady(tasks::add, () -> {});
            fromPipe.close();
            runNext();
            assertThrows(IllegalStateException.class, select::trySelect);
            assertEquals(4, mailbox.capacity());
        }
    }
}
