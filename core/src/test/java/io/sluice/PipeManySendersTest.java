package io.sluice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pipes with many senders, each with a lane of its own, and one receiver. */
@Timeout(120)
class PipeManySendersTest {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @TempDir Path directory;

    private Pipe pipe(PipeSpec spec) throws Exception {
        return Pipe.create(directory.resolve("pipe"), spec);
    }

    /** Returns a message that contains its sender and its number. */
    static byte[] message(int sender, int number) {
        byte[] message = new byte[8 + number % 50];
        for (int i = 0; i < 4; i++) {
            message[i] = (byte) (sender >>> 8 * i);
            message[4 + i] = (byte) (number >>> 8 * i);
        }
        return message;
    }

    /** Checks that each sender's messages come once and in order. */
    static final class SequenceTally {
        final int[] next;
        final List<Integer> order = new ArrayList<>();
        int count;

        SequenceTally(int senders) {
            next = new int[senders];
        }

        final MessageHandler handler =
                (memory, offset, length) -> {
                    int sender = memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
                    int number = memory.get(ValueLayout.JAVA_INT_UNALIGNED, offset + 4);
                    assertEquals(next()[sender]++, number, "of sender " + sender);
                    assertEquals(8 + number % 50, length);
                    count++;
                    order.add(sender);
                };

        private int[] next() {
            return next;
        }
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    void eachSendersMessagesComeOnceAndInOrderAndThenTheEnd(Order order) throws Exception {
        int senders = 5;
        int each = 20_000;
        Pipe pipe = pipe(PipeSpec.bounded(8192).senders(senders).order(order));
        SequenceTally sequenceTally = new SequenceTally(senders);
        try (PipeReceiver receiver = pipe.receiver()) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < senders; i++) {
                int self = i;
                PipeSender sender = pipe.sender();
                threads.add(
                        Thread.ofPlatform()
                                .start(
                                        () -> {
                                            try (sender) {
                                                for (int n = 0; n < each; n++) {
                                                    sender.send(message(self, n));
                                                }
                                            } catch (InterruptedException e) {
                                                throw new AssertionError(e);
                                            }
                                        }));
            }
            int n;
            while ((n = receiver.receive(sequenceTally.handler, 64, DEADLINE)) > 0) {}
            assertEquals(-1, n, receiver::toString);
            assertEquals(senders * each, sequenceTally.count);
            for (Thread thread : threads) {
                assertTrue(thread.join(DEADLINE), thread::toString);
            }
        }
    }

    @Test
    void aThousandSendersComeAndGoAndTheirLanesAreUsedAgain() throws Exception {
        Pipe pipe = pipe(PipeSpec.bounded(4096).senders(4));
        SequenceTally sequenceTally = new SequenceTally(1000);
        try (PipeReceiver receiver = pipe.receiver()) {
            List<PipeSender> open = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                if (open.size() == 4) {
                    open.remove(i % 4).close();
                }
                open.add(pipe.sender());
                assertTrue(open.get(open.size() - 1).trySend(message(i, 0)));
                assertEquals(1, receiver.poll(sequenceTally.handler, 10), "message of sender " + i);
            }
            assertFalse(receiver.isEndOfStream());
            open.forEach(PipeSender::close);
            assertEquals(-1, receiver.receive(sequenceTally.handler, 1, DEADLINE));
        }
        try (Stream<Path> files = Files.list(pipe.path())) {
            assertEquals(6, files.count(), "four lanes, meta and locks");
        }
    }

    @Test
    void oneMoreThanItWasMadeForIsRefusedAndTheMessageSaysHowMany() throws Exception {
        Pipe pipe = pipe(PipeSpec.bounded(4096).senders(2));
        PipeSender first = pipe.sender();
        PipeSender second = pipe.sender();
        IllegalStateException e = assertThrows(IllegalStateException.class, pipe::sender);
        assertTrue(e.getMessage().contains("has 2 senders"), e.getMessage());
        first.close();
        pipe.sender().close();
        second.close();
    }

    /** Senders with full lanes get the same share of one receiver. */
    @Test
    void busySendersGetTheSameShare() throws Exception {
        Pipe pipe = pipe(PipeSpec.bounded(1 << 16).senders(3));
        SequenceTally sequenceTally = new SequenceTally(3);
        PipeSender[] senders = new PipeSender[3];
        for (int i = 0; i < 3; i++) {
            senders[i] = pipe.sender();
            for (int n = 0; senders[i].trySend(message(i, n)); n++) {}
        }
        try (PipeReceiver receiver = pipe.receiver()) {
            for (int i = 0; i < 100; i++) {
                receiver.poll(sequenceTally.handler, 9);
            }
            for (int sender = 0; sender < 3; sender++) {
                int from = sender;
                long share = sequenceTally.order.stream().filter(s -> s == from).count();
                assertTrue(share > 200 && share < 400, () -> "sender " + from + " got " + share);
            }
        }
        for (PipeSender sender : senders) {
            sender.close();
        }
    }

    /**
     * The receiver stops checking a lane that is idle for long; it finds its next message again.
     */
    @Test
    void aMessageOnALaneThatWasIdleForLongIsFound() throws Exception {
        Pipe pipe = pipe(PipeSpec.bounded(4096).senders(100));
        SequenceTally sequenceTally = new SequenceTally(100);
        try (PipeReceiver receiver = pipe.receiver()) {
            PipeSender[] senders = new PipeSender[100];
            int[] sent = new int[100];
            for (int i = 0; i < 100; i++) {
                senders[i] = pipe.sender();
                assertTrue(senders[i].trySend(message(i, sent[i]++)));
            }
            assertEquals(100, receiver.poll(sequenceTally.handler, 1000));
            Random random = new Random(1);
            for (int round = 0; round < 50; round++) {
                for (int i = 0; i < 2000; i++) {
                    assertEquals(0, receiver.poll(sequenceTally.handler, 10));
                }
                int i = random.nextInt(100);
                assertTrue(senders[i].trySend(message(i, sent[i]++)));
                assertEquals(1, receiver.poll(sequenceTally.handler, 10), "message of sender " + i);
            }
            for (PipeSender sender : senders) {
                sender.close();
            }
        }
    }

    @Test
    void inOrderOfArrivalMessagesOfDifferentSendersComeAsTheyWereSent() throws Exception {
        Pipe pipe = pipe(PipeSpec.bounded(1 << 16).senders(8).order(Order.ARRIVAL));
        Random random = new Random(7);
        PipeSender[] senders = new PipeSender[8];
        for (int i = 0; i < senders.length; i++) {
            senders[i] = pipe.sender();
        }
        int[] sent = new int[senders.length];
        try (PipeReceiver receiver = pipe.receiver()) {
            for (int round = 0; round < 200; round++) {
                SequenceTally sequenceTally = new SequenceTally(senders.length);
                System.arraycopy(sent, 0, sequenceTally.next, 0, sent.length);
                List<Integer> expected = new ArrayList<>();
                for (int n = random.nextInt(50); n > 0; n--) {
                    int i = random.nextInt(senders.length);
                    assertTrue(senders[i].trySend(message(i, sent[i]++)));
                    expected.add(i);
                }
                while (receiver.poll(sequenceTally.handler, 1 + random.nextInt(9)) > 0) {}
                assertEquals(expected, sequenceTally.order);
            }
        }
        for (PipeSender sender : senders) {
            sender.close();
        }
    }

    @Test
    void anOrderAmongManyReceiversIsRefused() {
        PipeSpec ordered = PipeSpec.bounded().senders(Ends.MANY).order(Order.ARRIVAL);
        assertThrows(IllegalArgumentException.class, () -> ordered.receivers(Ends.MANY));
        PipeSpec many = PipeSpec.bounded().senders(1).receivers(Ends.MANY);
        assertThrows(IllegalArgumentException.class, () -> many.order(Order.ARRIVAL));
    }

    @Test
    void whenTheReceiverHasLeftAllSendersFailUnlessThePipeIsRetained() throws Exception {
        Pipe broken = pipe(PipeSpec.bounded().senders(Ends.MANY));
        PipeSender sender = broken.sender();
        broken.receiver().close();
        assertThrows(BrokenChannelException.class, () -> sender.trySend(new byte[1]));
        sender.close();
        Pipe kept =
                Pipe.create(
                        directory.resolve("kept"),
                        PipeSpec.bounded().senders(Ends.MANY).retainWithoutReceivers(true));
        try (PipeSender first = kept.sender()) {
            kept.receiver().close();
            assertTrue(first.trySend(new byte[] {42}));
            try (PipeReceiver next = kept.receiver()) {
                assertEquals(42, next.tryReceive()[0]);
                assertNull(next.tryReceive());
            }
        }
    }
}
