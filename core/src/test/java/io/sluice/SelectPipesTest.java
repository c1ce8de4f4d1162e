package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.wait.Waiter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A select over pipes, and over pipes and mailboxes. */
@Timeout(120)
class SelectPipesTest {
    /** The kinds of pipes that differ in how their ends wake each other. */
    enum WakingKind {
        BOUNDED(PipeSpec.bounded(4096).senders(1)),
        MANY_SENDERS(PipeSpec.bounded(4096)),
        ARRIVAL(PipeSpec.bounded(4096).order(Order.ARRIVAL)),
        MANY_RECEIVERS(PipeSpec.bounded(4096).receivers(Ends.MANY)),
        UNBOUNDED(PipeSpec.unbounded(16_384)),
        RENDEZVOUS(PipeSpec.rendezvous()),
        BROADCAST(PipeSpec.broadcast(4096)),
        BROADCAST_MANY_SENDERS(PipeSpec.broadcast(4096).senders(Ends.MANY)),
        BROADCAST_LOSSY(PipeSpec.broadcast(4096), EndOptions.defaults().lossy());

        final PipeSpec spec;
        private final EndOptions options;

        WakingKind(PipeSpec spec) {
            this(spec, EndOptions.defaults());
        }

        WakingKind(PipeSpec spec, EndOptions options) {
            this.spec = spec;
            this.options = options;
        }

        PipeReceiver receiver(Pipe pipe) throws IOException {
            return pipe.receiver(options);
        }
    }

    private final List<Object> state = new ArrayList<>();
    private final TestThreads testThreads = new TestThreads(state);
    private final List<Object> got = new ArrayList<>();

    /** Waits until a thread is parked: every wait before that ends by itself. */
    private void untilParked(Thread thread) {
        testThreads.spinUntil(() -> LockSupport.getBlocker(thread) != null);
    }

    @ParameterizedTest
    @EnumSource
    void aMessageWakesIt(WakingKind kind) throws Exception {
        Mailbox<Long> mailbox = Mailbox.create(MailboxSpec.bounded(4));
        try (Pipe pipe = Pipe.anonymous(kind.spec);
                Pipe other = Pipe.anonymous(kind.spec);
                Sender<Long> toPipe = LongCodec.INSTANCE.sender(pipe.sender());
                Receiver<Long> fromPipe = LongCodec.INSTANCE.receiver(kind.receiver(pipe));
                PipeSender toOther = other.sender();
                PipeReceiver fromOther = kind.receiver(other);
                Sender<Long> toMailbox = mailbox.sender()) {
            Select select =
                    WakeupOnlySelects.build(
                            Select.builder()
                                    .receive(fromPipe, got::add)
                                    .receive(mailbox.receiver(), got::add)
                                    .receive(
                                            fromOther,
                                            (memory, offset, length) -> got.add((long) length)));
            for (int i = 0; i < 3; i++) {
                int clause = i;
                Thread thread = testThreads.start(() -> assertEquals(clause, select.select()));
                untilParked(thread);
                switch (clause) {
                    case 0 -> toPipe.send(7L);
                    case 1 -> toMailbox.send(8L);
                    default -> toOther.send(new byte[9]);
                }
                testThreads.join();
            }
            assertEquals(List.of(7L, 8L, 9L), got);
            assertEquals(Select.NONE, select.trySelect());
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "BOUNDED",
                "MANY_SENDERS",
                "ARRIVAL",
                "MANY_RECEIVERS",
                "UNBOUNDED",
                "BROADCAST"
            })
    void roomWakesIt(WakingKind kind) throws Exception {
        Mailbox<byte[]> mailbox = Mailbox.create(MailboxSpec.bounded(1));
        try (Pipe pipe = Pipe.anonymous(kind.spec.senders(1));
                PipeSender toPipe = pipe.sender();
                PipeReceiver fromPipe = pipe.receiver();
                Sender<byte[]> toMailbox = mailbox.sender();
                Receiver<byte[]> fromMailbox = mailbox.receiver()) {
            while (toPipe.trySend(new byte[1000])) {}
            toMailbox.send(new byte[0]);
            int[] supplied = new int[1];
            Select select =
                    WakeupOnlySelects.build(
                            Select.builder()
                                    .send(
                                            toPipe,
                                            () -> {
                                                supplied[0]++;
                                                return new byte[1001];
                                            },
                                            () -> got.add("sent"))
                                    .send(toMailbox, () -> new byte[1]));
            Thread thread = testThreads.start(() -> assertEquals(0, select.select()));
            untilParked(thread);
            assertEquals(1, supplied[0]); // To find out; not again while there is no room.
            while (thread.isAlive()) {
                fromPipe.tryReceive();
            }
            testThreads.join();
            assertTrue(supplied[0] <= 3, supplied[0] + " calls");
            assertEquals(List.of("sent"), got);
            while (toPipe.trySend(new byte[1000])) {}
            thread = testThreads.start(() -> assertEquals(1, select.select()));
            untilParked(thread);
            fromMailbox.receive();
            testThreads.join();
        }
    }

    @Test
    void aShorterMessageAfterALongerOneFindsItsRoom() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            int[] length = {3000};
            Select select =
                    Select.builder().send(sender, () -> new byte[length[0]], () -> {}).build();
            assertEquals(0, select.trySelect());
            assertEquals(Select.NONE, select.trySelect());
            assertEquals(3000, receiver.tryReceive().length);
            assertEquals(0, select.trySelect());
            length[0] = 100;
            assertEquals(0, select.trySelect());
            assertEquals(3000, receiver.tryReceive().length);
            assertEquals(100, receiver.tryReceive().length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfAllWakesIt(WakingKind kind) throws Exception {
        try (Pipe pipe = Pipe.anonymous(kind.spec);
                Pipe other = Pipe.anonymous(kind.spec);
                PipeReceiver fromPipe = kind.receiver(pipe);
                Receiver<Long> fromOther = LongCodec.INSTANCE.receiver(kind.receiver(other))) {
            PipeSender toPipe = pipe.sender();
            PipeSender toOther = other.sender();
            Select select =
                    WakeupOnlySelects.build(
                            Select.builder()
                                    .receive(fromPipe, (memory, offset, length) -> got.add("a"))
                                    .receive(fromOther, got::add));
            Thread thread = testThreads.start(() -> assertEquals(Select.NONE, select.select()));
            untilParked(thread);
            toPipe.close();
            toOther.close();
            testThreads.join();
            assertTrue(select.isEndOfStream());
            try (Sender<Long> again = LongCodec.INSTANCE.sender(other.sender())) {
                select.enable(1);
                Thread receiving = testThreads.start(() -> assertEquals(1, select.select()));
                again.send(5L);
                testThreads.join();
                assertFalse(receiving.isAlive());
            }
            assertEquals(List.of(5L), got);
        }
    }

    @Test
    void oneMessageOfABroadcastWakesEachSelect() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.broadcast(4096));
                PipeSender sender = pipe.sender();
                PipeReceiver gated = pipe.receiver();
                PipeReceiver another = pipe.receiver();
                PipeReceiver lossy = pipe.receiver(EndOptions.defaults().lossy())) {
            List<Select> selects = new ArrayList<>();
            for (PipeReceiver receiver : List.of(gated, another, lossy)) {
                SelectBuilder builder = Select.builder();
                builder.receive(receiver, (memory, offset, length) -> {});
                selects.add(WakeupOnlySelects.build(builder));
            }
            for (int i = 0; i < 5; i++) {
                List<Thread> threads = new ArrayList<>();
                for (Select select : selects) {
                    threads.add(testThreads.start(() -> assertEquals(0, select.select())));
                }
                threads.forEach(this::untilParked);
                sender.send(new byte[8]);
                testThreads.join();
            }
            selects.forEach(select -> assertEquals(Select.NONE, select.trySelect()));
        }
    }

    /** It finds a zero where it is, and knows that the lane is not empty. */
    @Test
    void aLossyReceiverThatIsLappedIsReadable() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.broadcast(4096));
                PipeSender sender = pipe.sender();
                PipeReceiver lossy = pipe.receiver(EndOptions.defaults().lossy())) {
            int[] received = new int[1];
            Select select =
                    WakeupOnlySelects.build(
                            Select.builder()
                                    .receive(lossy, (memory, offset, length) -> received[0]++));
            int sent = 0;
            for (int laps = 0; laps < 5; laps++) {
                for (int i = 0; i < 300 + 7 * laps; i++) {
                    assertTrue(sender.trySend(new byte[24]));
                    sent++;
                }
                assertEquals(0, select.select());
                while (select.trySelect() != Select.NONE) {}
                assertEquals(sent, received[0] + lossy.lost());
            }
            assertTrue(lossy.lost() > 500, () -> lossy.lost() + " lost");
        }
    }

    @Test
    void aBrokenPipeWakesIt() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeSender sender = pipe.sender()) {
            PipeReceiver receiver = pipe.receiver();
            sender.send(new byte[1]);
            assertEquals(1, receiver.tryReceive().length); // It has opened the lane.
            while (sender.trySend(new byte[1000])) {}
            Select select =
                    WakeupOnlySelects.build(
                            Select.builder().send(sender, () -> new byte[1000], () -> {}));
            Thread thread =
                    testThreads.start(
                            () -> assertThrows(BrokenChannelException.class, select::select));
            untilParked(thread);
            receiver.close();
            testThreads.join();
            select.disable(0);
            assertEquals(Select.NONE, select.trySelect());
        }
    }

    @Test
    void anInterruptWakesItAndATimeoutEndsIt() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            Select select =
                    WakeupOnlySelects.build(
                            Select.builder()
                                    .receive(receiver, (memory, offset, length) -> got.add("a")));
            Thread thread =
                    testThreads.start(
                            () -> assertThrows(InterruptedException.class, select::select));
            untilParked(thread);
            thread.interrupt();
            testThreads.join();
            assertEquals(Select.NONE, select.select(Duration.ofMillis(5)));
            sender.send(new byte[3]);
            assertEquals(3, receiver.tryReceive().length);
            assertEquals(List.of(), got);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEndThatAnotherThreadClosesWakesIt(boolean sends) throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            while (sends && sender.trySend(new byte[1000])) {}
            SelectBuilder builder = Select.builder();
            if (sends) {
                builder.send(sender, () -> new byte[1000], () -> {});
            } else {
                builder.receive(receiver, (memory, offset, length) -> {});
            }
            Select select = WakeupOnlySelects.build(builder);
            Thread thread =
                    testThreads.start(
                            () -> assertThrows(IllegalStateException.class, select::select));
            untilParked(thread);
            if (sends) {
                sender.close();
            } else {
                receiver.close();
            }
            testThreads.join();
        }
    }

    @Test
    void theDeathOfAProcessWakesIt(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("pipe");
        try (Pipe pipe = Pipe.create(path, PipeSpec.bounded(4096).senders(1));
                ChildJvm child = ChildJvm.start(ChildSenderOfOne.class, path);
                PipeReceiver receiver = pipe.receiver()) {
            Select select =
                    Select.builder()
                            .receive(receiver, (memory, offset, length) -> got.add(length))
                            .build();
            child.expectLine("sent");
            assertEquals(0, select.select());
            Thread thread = testThreads.start(() -> assertEquals(Select.NONE, select.select()));
            untilParked(thread);
            child.kill();
            testThreads.join();
            assertEquals(List.of(42), got);
        }
    }

    /** Sends one message and then waits to be killed. */
    static final class ChildSenderOfOne {
        public static void main(String[] args) throws Exception {
            try (Pipe pipe = Pipe.open(Path.of(args[0]));
                    PipeSender sender = pipe.sender()) {
                sender.send(new byte[42]);
                System.out.println("sent");
                System.in.read();
            }
        }
    }

    @Test
    void aHandlerReceivesInPlaceWhenTheSelectHasStoppedWaiting() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1));
                PipeSender sender = pipe.sender();
                PipeReceiver receiver = pipe.receiver()) {
            Mailbox<String> mailbox = Mailbox.create(MailboxSpec.bounded(4));
            mailbox.sender().send("inner");
            Select inner = Select.builder().receive(mailbox.receiver(), got::add).build();
            Select select =
                    Select.builder()
                            .receive(
                                    receiver,
                                    (memory, offset, length) -> {
                                        inner.trySelect();
                                        got.add(receiver.deliveryAttempt());
                                        throw new IllegalStateException("of the handler");
                                    })
                            .build();
            sender.send(new byte[1]);
            Exception thrown = assertThrows(IllegalStateException.class, select::select);
            assertEquals("of the handler", thrown.getMessage());
            assertEquals(List.of("inner", 0), got);
            assertEquals(Select.NONE, select.trySelect()); // It counts as received.
        }
    }

    /** Another receiver takes the message between the select's decision and its poll. */
    @Test
    void aMessageThatAnotherReceiverTakesIsNotWon() throws Exception {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).receivers(Ends.MANY));
                PipeSender sender = pipe.sender();
                PipeReceiver other = pipe.receiver();
                PipeReceiver receiver = pipe.receiver()) {
            int[] taken = new int[1];
            Waiter waiter =
                    new Waiter() {
                        @Override
                        public void start(long nanos) {}

                        @Override
                        public boolean pause() {
                            return sender.trySend(new byte[1]);
                        }

                        @Override
                        public boolean stop() {
                            while (taken[0] < 3 && other.tryReceive() != null) {
                                taken[0]++;
                            }
                            return false;
                        }
                    };
            Select select =
                    Select.builder()
                            .receive(receiver, (memory, offset, length) -> got.add(length))
                            .waiterFactory(places -> waiter)
                            .build();
            assertEquals(0, select.select());
            assertEquals(3, taken[0]);
            assertEquals(List.of(1), got);
            taken[0] = 0;
            assertEquals(0, select.select(Duration.ofSeconds(30)));
            assertEquals(List.of(1, 1), got);
        }
    }

    @Test
    void clausesOfPipesWinInTurn() throws Exception {
        int rounds = 300;
        List<AutoCloseable> open = new ArrayList<>();
        SelectBuilder builder = Select.builder();
        int[] wins = new int[3];
        for (int i = 0; i < 3; i++) {
            int clause = i;
            Pipe pipe = Pipe.anonymous(PipeSpec.bounded(1 << 16).senders(1));
            PipeReceiver receiver = pipe.receiver();
            PipeSender sender = pipe.sender();
            open.addAll(List.of(sender, receiver, pipe));
            while (sender.trySend(new byte[8])) {}
            builder.receive(receiver, (memory, offset, length) -> wins[clause]++);
        }
        Select select = builder.build();
        for (int i = 0; i < rounds; i++) {
            select.select();
        }
        assertArrayEquals(new int[] {rounds / 3, rounds / 3, rounds / 3}, wins);
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
    }

    @Test
    void aSenderOfARendezvousPipeIsRefused() throws IOException {
        try (Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous());
                Sender<Long> sender = LongCodec.INSTANCE.sender(pipe.sender());
                PipeSender bytes = pipe.sender()) {
            SelectBuilder builder = Select.builder();
            assertThrows(IllegalArgumentException.class, () -> builder.send(sender, () -> 1L));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> builder.send(bytes, () -> new byte[1], () -> {}));
        }
    }

    /** More words than the kernel waits on at once. */
    @Test
    void eachOfManyPipesWakesIt() throws Exception {
        int count = 140;
        List<PipeSender> senders = new ArrayList<>();
        List<PipeReceiver> receivers = new ArrayList<>();
        SelectBuilder builder = Select.builder();
        for (int i = 0; i < count; i++) {
            int clause = i;
            try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096).senders(1))) {
                senders.add(pipe.sender());
                receivers.add(pipe.receiver());
            }
            builder.receive(receivers.get(i), (memory, offset, length) -> got.add(clause));
        }
        Select select = WakeupOnlySelects.build(builder);
        for (int clause = 0; clause < count; clause += 13) {
            int expected = clause;
            Thread thread = testThreads.start(() -> assertEquals(expected, select.select()));
            untilParked(thread);
            senders.get(clause).send(new byte[1]);
            testThreads.join();
        }
        assertEquals((count + 12) / 13, got.size());
        senders.forEach(PipeSender::close);
        receivers.forEach(PipeReceiver::close);
    }
}
