package io.sluice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A rendezvous pipe: {@code send} returns once the message has been received. */
@Timeout(60)
class RendezvousTest {
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final byte[] MESSAGE = "a message".getBytes(UTF_8);

    /** The body of a thread; it may throw. */
    interface ThreadBody {
        void run() throws Exception;
    }

    private static Thread start(
            Thread.Builder builder, AtomicReference<Throwable> failure, ThreadBody threadBody) {
        return builder.start(
                () -> {
                    try {
                        threadBody.run();
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                });
    }

    private static void join(Thread thread, AtomicReference<Throwable> failure) throws Exception {
        assertTrue(thread.join(LONG), () -> thread + " does not end");
        if (failure.get() != null) {
            throw new AssertionError(thread.getName(), failure.get());
        }
    }

    /** Waits until a sender has offered a message. */
    private static void awaitOffer(Pipe pipe) {
        long start = System.nanoTime();
        while (messages(pipe) == 0) {
            assertTrue(System.nanoTime() - start < LONG.toNanos(), "nothing is offered");
            Thread.onSpinWait();
        }
    }

    @Test
    void sendReturnsWhenItWasReceivedAndNotBefore() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous().senders(1));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicInteger sent = new AtomicInteger();
        CountDownLatch offered = new CountDownLatch(1);
        try (PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            Thread thread =
                    start(
                            Thread.ofPlatform(),
                            failure,
                            () -> {
                                offered.countDown();
                                sender.send(MESSAGE);
                                sent.incrementAndGet();
                            });
            offered.await();
            awaitOffer(pipe);
            for (int i = 0; i < 1000; i++) {
                assertEquals(0, sent.get());
                assertEquals(1, pipe.statistics().messages());
            }
            assertArrayEquals(MESSAGE, receiver.receive());
            join(thread, failure);
            assertEquals(1, sent.get());
            assertEquals(0, pipe.statistics().messages());
            assertEquals(MESSAGE.length, pipe.statistics().receivedBytes());
            assertNull(receiver.tryReceive());
        }
    }

    @Test
    void aMessageThatIsNotReceivedIsNotSent() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous().senders(1));
        try (PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            assertFalse(sender.trySend(MESSAGE));
            assertFalse(sender.trySend(ByteBuffer.wrap(MESSAGE)));
            assertFalse(sender.send(MESSAGE, Duration.ZERO));
            assertFalse(sender.send(MESSAGE, SHORT));
            ByteBuffer buffer = ByteBuffer.wrap(MESSAGE);
            assertFalse(sender.send(buffer, SHORT));
            assertEquals(MESSAGE.length, buffer.remaining());
            assertFalse(sender.tryClaim(8).putLong(0, 1).tryCommit());
            assertFalse(sender.tryClaim(8).putLong(0, 1).commit(SHORT));
            assertEquals(0, receiver.poll((memory, offset, length) -> {}, 10));
            assertEquals(0, pipe.statistics().sentBytes());
        }
    }

    /** A receiver that spins, and one that parks. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTrySucceedsWhenAReceiverIsThere(boolean spins) throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous().senders(1));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicReference<byte[]> received = new AtomicReference<>();
        try (PipeReceiver receiver =
                        spins ? pipe.receiver(new YieldingIdleStrategy()) : pipe.receiver();
                PipeSender sender = pipe.sender()) {
            Thread thread =
                    start(Thread.ofPlatform(), failure, () -> received.set(receiver.receive()));
            while (!sender.trySend(MESSAGE)) {
                Thread.onSpinWait();
            }
            join(thread, failure);
            assertArrayEquals(MESSAGE, received.get());
        }
    }

    @Test
    void anInterruptionRetractsTheOffer() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous().senders(1));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            for (boolean virtual : new boolean[] {false, true}) {
                Thread thread =
                        start(
                                virtual ? Thread.ofVirtual() : Thread.ofPlatform(),
                                failure,
                                () ->
                                        assertThrows(
                                                InterruptedException.class,
                                                () -> sender.send(MESSAGE)));
                awaitOffer(pipe);
                thread.interrupt();
                join(thread, failure);
                assertNull(receiver.tryReceive());
            }
        }
    }

    /** An interrupt does not withdraw a commit: it continues, and its thread stays interrupted. */
    @Test
    void aCommitWaitsThroughAnInterruption() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous().senders(1));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            Thread thread =
                    start(
                            Thread.ofPlatform(),
                            failure,
                            () -> {
                                sender.claim(8).putLong(0, 42).commit();
                                assertTrue(Thread.currentThread().isInterrupted());
                            });
            awaitOffer(pipe);
            thread.interrupt();
            assertEquals(8, receiver.receive().length);
            join(thread, failure);
        }
    }

    @Test
    void aWaitingSenderFailsWhenTheReceiverLeaves() throws Exception {
        for (int way = 0; way < 3; way++) {
            Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous().senders(1));
            AtomicReference<Throwable> failure = new AtomicReference<>();
            int how = way;
            try (PipeSender sender = pipe.sender()) {
                PipeReceiver receiver = pipe.receiver();
                Thread thread =
                        start(
                                Thread.ofPlatform(),
                                failure,
                                () ->
                                        assertThrows(
                                                BrokenChannelException.class,
                                                () -> {
                                                    switch (how) {
                                                        case 0 -> sender.send(MESSAGE);
                                                        case 1 -> sender.send(MESSAGE, LONG);
                                                        default -> sender.claim(8).commit();
                                                    }
                                                }));
                awaitOffer(pipe);
                receiver.close();
                join(thread, failure);
                assertEquals(0, pipe.statistics().messages());
                assertThrows(BrokenChannelException.class, () -> sender.trySend(MESSAGE));
            }
        }
    }

    @Test
    void theEndComesAfterTheLastMessage() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous().senders(1));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (PipeReceiver receiver = pipe.receiver()) {
            Thread thread =
                    start(
                            Thread.ofPlatform(),
                            failure,
                            () -> {
                                try (PipeSender sender = pipe.sender()) {
                                    for (int i = 0; i < 100; i++) {
                                        sender.send(new byte[i]);
                                    }
                                }
                            });
            assertTrue(receiver.awaitSender(LONG));
            for (int i = 0; i < 100; i++) {
                assertEquals(i, receiver.receive().length);
            }
            assertNull(receiver.receive());
            assertTrue(receiver.isEndOfStream());
            join(thread, failure);
        }
    }

    @Test
    void aSenderThatClosesWithAClaimHasSentNothing() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous().senders(1));
        try (PipeReceiver receiver = pipe.receiver()) {
            PipeSender sender = pipe.sender();
            Claim claim = sender.tryClaim(10);
            assertEquals(10, claim.length());
            assertThrows(IllegalStateException.class, () -> sender.trySend(MESSAGE));
            sender.close();
            assertNull(receiver.tryReceive());
            assertTrue(receiver.isEndOfStream());
        }
    }

    @Test
    void aHandlerMayTakeItsTimeAndThrow() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous().senders(1));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            Thread thread =
                    start(
                            Thread.ofPlatform(),
                            failure,
                            () -> {
                                sender.send(MESSAGE);
                                sender.send(MESSAGE);
                            });
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            receiver.receive(
                                    (memory, offset, length) -> {
                                        // The second offer is made while the first is handled.
                                        awaitOffer(pipe);
                                        throw new IllegalArgumentException();
                                    },
                                    1));
            assertArrayEquals(MESSAGE, receiver.receive());
            join(thread, failure);
        }
    }

    private static long messages(Pipe pipe) {
        try {
            return pipe.statistics().messages();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 4080", "4080, 4080", "4081, 8176", "65520, 65520", "100000, 131056"})
    void messagesOfEveryLengthUpToTheLongestPass(int asked, int longest) throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous(asked).senders(1));
        assertEquals(longest, pipe.maxMessageLength());
        AtomicReference<Throwable> failure = new AtomicReference<>();
        int[] lengths = {0, 1, 7, 8, 47, 48, 49, 1023, 1024, 1025, asked, longest};
        try (PipeReceiver receiver = pipe.receiver();
                PipeSender sender = pipe.sender()) {
            assertThrows(
                    IllegalArgumentException.class, () -> sender.trySend(new byte[longest + 1]));
            Thread thread =
                    start(
                            Thread.ofPlatform(),
                            failure,
                            () -> {
                                for (int length : lengths) {
                                    sender.send(filled(length));
                                    sender.send(ByteBuffer.wrap(filled(length)));
                                }
                            });
            for (int length : lengths) {
                assertArrayEquals(filled(length), receiver.receive());
                assertArrayEquals(filled(length), receiver.receive());
            }
            join(thread, failure);
        }
    }

    private static byte[] filled(int length) {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) (i * 31 + length);
        }
        return message;
    }

    @Test
    void aLengthOutOfRangeAndTheOrderOfArrivalAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> PipeSpec.rendezvous(-1).senders(1));
        assertThrows(
                IllegalArgumentException.class,
                () -> PipeSpec.rendezvous((1 << 30) - 15).senders(1));
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> PipeSpec.rendezvous().senders(1).order(Order.ARRIVAL))
                        .getMessage();
        assertTrue(message.contains("order=ARRIVAL of a rendezvous"), message);
        assertTrue(PipeSpec.rendezvous().senders(1).toString().contains("rendezvous"));
    }

    /** Each message is received once, those of one sender in order; some sends are withdrawn. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, true, false",
        "1, 1, false, false",
        "1, 1, false, true",
        "3, 1, true, false",
        "3, 1, false, true",
        "1, 3, true, false",
        "1, 3, false, true",
        "3, 3, true, false",
        "3, 3, false, false",
        "3, 3, false, true",
    })
    void manySendersAndReceiversRendezvous(
            int senders, int receivers, boolean spins, boolean virtual) throws Exception {
        int each = (spins ? 120 : 600) / senders;
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous().senders(senders).receivers(receivers));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread.Builder builder = virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
        List<Thread> threads = new ArrayList<>();
        BitSet[] received = new BitSet[senders];
        for (int i = 0; i < senders; i++) {
            received[i] = new BitSet();
        }
        CountDownLatch attached = new CountDownLatch(senders + receivers);
        for (int i = 0; i < receivers; i++) {
            threads.add(
                    start(
                            builder,
                            failure,
                            () -> {
                                IdleStrategy idle = new YieldingIdleStrategy();
                                int[] last = new int[senders];
                                try (PipeReceiver receiver =
                                        spins ? pipe.receiver(idle) : pipe.receiver()) {
                                    attached.countDown();
                                    attached.await();
                                    for (byte[] m; (m = receiver.receive()) != null; ) {
                                        ByteBuffer message = ByteBuffer.wrap(m);
                                        int sender = message.getInt();
                                        int number = message.getInt();
                                        assertTrue(number >= last[sender], "order");
                                        last[sender] = number;
                                        synchronized (received) {
                                            assertFalse(received[sender].get(number), "twice");
                                            received[sender].set(number);
                                        }
                                    }
                                }
                            }));
        }
        for (int i = 0; i < senders; i++) {
            int self = i;
            threads.add(
                    start(
                            builder,
                            failure,
                            () -> {
                                IdleStrategy idle = new YieldingIdleStrategy();
                                try (PipeSender sender =
                                        spins ? pipe.sender(idle) : pipe.sender()) {
                                    attached.countDown();
                                    attached.await();
                                    for (int n = 0; n < each; n++) {
                                        byte[] message =
                                                ByteBuffer.allocate(8)
                                                        .putInt(self)
                                                        .putInt(n)
                                                        .array();
                                        switch (n % 3) {
                                            case 0 -> sender.send(message);
                                            case 1 -> {
                                                while (!sender.trySend(message)) {
                                                    LockSupport.parkNanos(10_000); // Not spinning.
                                                }
                                            }
                                            default -> {
                                                while (!sender.send(
                                                        message, Duration.ofNanos(20_000))) {
                                                    LockSupport.parkNanos(10_000);
                                                }
                                            }
                                        }
                                    }
                                }
                            }));
        }
        for (Thread thread : threads) {
            join(thread, failure);
        }
        for (BitSet numbers : received) {
            assertEquals(each, numbers.cardinality());
        }
    }

    @Test
    void aRetainedPipeWaitsForTheNextReceiver() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous().senders(1).retainWithoutReceivers(true));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (PipeSender sender = pipe.sender()) {
            pipe.receiver().close();
            assertFalse(sender.trySend(MESSAGE));
            Thread thread = start(Thread.ofPlatform(), failure, () -> sender.send(MESSAGE));
            awaitOffer(pipe);
            try (PipeReceiver receiver = pipe.receiver()) {
                assertArrayEquals(MESSAGE, receiver.receive());
            }
            join(thread, failure);
        }
    }

    @Test
    void aNamedPipeIsResumed(@TempDir Path directory) throws Exception {
        Path path = directory.resolve("pipe");
        Pipe.create(path, PipeSpec.rendezvous(100).senders(2).receivers(2));
        for (int i = 0; i < 3; i++) {
            Pipe pipe = Pipe.open(path);
            AtomicReference<Throwable> failure = new AtomicReference<>();
            try (PipeReceiver receiver = pipe.receiver();
                    PipeSender sender = pipe.sender()) {
                Thread thread = start(Thread.ofPlatform(), failure, () -> sender.send(MESSAGE));
                assertArrayEquals(MESSAGE, receiver.receive());
                join(thread, failure);
                assertFalse(sender.trySend(MESSAGE));
            }
            assertEquals((i + 1) * MESSAGE.length, pipe.statistics().sentBytes());
        }
        assertTrue(Pipe.delete(path));
    }

    @Test
    void neitherEndMakesASystemCallWhenBothSpin() throws Exception {
        Pipe pipe = Pipe.anonymous(PipeSpec.rendezvous().senders(1));
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (PipeReceiver receiver = pipe.receiver(BusySpinIdleStrategy.INSTANCE);
                PipeSender sender = pipe.sender(BusySpinIdleStrategy.INSTANCE)) {
            Thread thread =
                    start(
                            Thread.ofPlatform(),
                            failure,
                            () -> {
                                for (int i = 0; i < 1000; i++) {
                                    sender.send(MESSAGE);
                                }
                            });
            for (int i = 0; i < 1000; ) {
                i += receiver.receive((memory, offset, length) -> {}, 8);
            }
            join(thread, failure);
            assertEquals(
                    0, pipe.statistics().participants().stream().mapToLong(p -> p.waits()).sum());
        }
    }
}
