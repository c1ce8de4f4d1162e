package io.sluice.aeron;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.aeron.Aeron;
import io.sluice.BrokenChannelException;
import io.sluice.ControlledMessageHandler.Action;
import io.sluice.MessageHandler;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of the ends: what they share with pipes, and how they differ. */
@Timeout(60)
@ParameterizedClass
@MethodSource("channels")
class AeronEndsTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(5);

    private static int streams = 1000;
    private static TestDriver driver;
    private static Aeron aeron;

    static List<String> channels() {
        return List.of("aeron:ipc", FreePort.channel(), FreePort.multicast() + "|fc=min");
    }

    @Parameter private String channel;

    private final int stream = streams++;
    private AeronReceiver receiver;
    private AeronSender sender;

    @BeforeAll
    static void launch(@TempDir Path directory) {
        driver = TestDriver.launch(directory.resolve("aeron"));
        aeron = TestDriver.client(directory.resolve("aeron"));
    }

    @AfterAll
    static void stop() {
        aeron.close();
        driver.close();
    }

    @BeforeEach
    void open() throws Exception {
        receiver = AeronChannels.receiver(aeron, channel, stream);
        sender = AeronChannels.sender(aeron, channel, stream);
        assertTrue(sender.awaitReceiver(LONG));
        assertTrue(receiver.awaitSender(LONG));
    }

    @AfterEach
    void close() {
        sender.close();
        receiver.close();
    }

    /** Returns a message whose bytes depend on its length. */
    private static byte[] message(int length) {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) (i * 31 + length);
        }
        return message;
    }

    @Test
    void messagesOfAllLengthsArriveInOrderAndThenTheStreamEnds() throws Exception {
        int datagram = sender.maxClaimLength();
        List<Integer> lengths =
                List.of(
                        0,
                        1,
                        7,
                        32,
                        datagram,
                        datagram + 1,
                        3 * datagram + 5,
                        0,
                        sender.maxMessageLength(),
                        2);
        CompletableFuture<Void> sent =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                for (int length : lengths) {
                                    sender.send(message(length));
                                }
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                            sender.close();
                        },
                        work -> Thread.ofPlatform().start(work));
        for (int length : lengths) {
            assertArrayEquals(message(length), receiver.receive(LONG));
            assertFalse(receiver.isEndOfStream());
        }
        sent.join();
        assertNull(receiver.receive(LONG));
        assertTrue(receiver.isEndOfStream());
        assertEquals(-1, receiver.receive((memory, offset, length) -> {}, 1));
        assertNull(receiver.tryReceive());
    }

    @Test
    void aLaterSenderContinuesAStreamThatHadEnded() throws Exception {
        sender.close();
        assertNull(receiver.receive(LONG));
        assertTrue(receiver.isEndOfStream());
        sender = AeronChannels.sender(aeron, channel, stream);
        sender.send(message(3));
        Soon.await(() -> receiver.poll((memory, offset, length) -> {}, 1) == 1, () -> receiver);
        assertFalse(receiver.isEndOfStream());
    }

    @Test
    void theStreamEndsWithItsLastSender() throws Exception {
        try (AeronSender other = AeronChannels.sender(aeron, channel, stream)) {
            other.send(message(1));
            assertArrayEquals(message(1), receiver.receive(LONG)); // It knows both senders now.
            sender.close();
            assertNull(receiver.receive(Duration.ofMillis(300)));
            assertFalse(receiver.isEndOfStream());
        }
        assertNull(receiver.receive(LONG));
        assertTrue(receiver.isEndOfStream());
    }

    @Test
    void withoutAReceiverThereIsNoRoom() throws Exception {
        try (AeronSender alone = AeronChannels.sender(aeron, channel, stream + 50_000)) {
            assertFalse(alone.trySend(message(1)));
            assertFalse(alone.send(message(1), SHORT));
            assertFalse(alone.send(message(5000), SHORT));
            assertNull(alone.tryClaim(8));
            assertNull(alone.claim(8, SHORT));
            assertFalse(alone.awaitReceiver(SHORT));
            assertFalse(alone.isConnected());
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> alone.send(message(1)));
        }
    }

    @Test
    void afterTheLastReceiverTheStreamIsBrokenUntilAnotherConnects() throws Exception {
        sender.send(message(8));
        receiver.close();
        BrokenChannelException broken =
                assertThrows(
                        BrokenChannelException.class,
                        () -> {
                            while (true) {
                                sender.send(message(8));
                            }
                        });
        assertTrue(broken.getMessage().contains("stream=" + stream), broken::getMessage);
        assertThrows(BrokenChannelException.class, () -> sender.tryClaim(8));
        assertThrows(BrokenChannelException.class, () -> sender.trySend(message(9000)));
        receiver = AeronChannels.receiver(aeron, channel, stream);
        assertTrue(sender.awaitReceiver(LONG));
        // The last receiver may have left a full window, of which this one gets the messages.
        while (!sender.trySend(message(5))) {
            byte[] left = receiver.tryReceive();
            assertTrue(left == null || left.length == 8);
        }
        byte[] next = receiver.receive(LONG);
        while (next.length == 8) {
            next = receiver.receive(LONG);
        }
        assertArrayEquals(message(5), next);
    }

    @Test
    void aMessageThatIsTooLongIsRefusedAndNamesTheRemedy() {
        int longest = sender.maxMessageLength();
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> sender.trySend(new byte[longest + 1]));
        assertTrue(refused.getMessage().contains("" + (longest + 1)), refused::getMessage);
        assertTrue(refused.getMessage().contains("term-length"), refused::getMessage);
        refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> sender.tryClaim(sender.maxClaimLength() + 1));
        assertTrue(refused.getMessage().contains("datagram"), refused::getMessage);
        assertThrows(IllegalArgumentException.class, () -> sender.tryClaim(-1));
        assertNull(receiver.tryReceive());
        assertTrue(sender.trySend(message(4))); // It stays usable.
    }

    @Test
    void aClaimIsWrittenInPlace() throws Exception {
        AeronClaim claim = sender.claim(24);
        assertEquals(0, claim.offset() % 8);
        claim.putLong(0, 42).putInt(8, 7).putBytes(12, message(5), 0, 5);
        claim.memory().set(JAVA_BYTE, 17, (byte) 9);
        assertThrows(IndexOutOfBoundsException.class, () -> claim.putLong(17, 0));
        assertThrows(IllegalStateException.class, () -> sender.trySend(message(1)));
        assertThrows(IllegalStateException.class, () -> sender.tryClaim(1));
        claim.commit();
        assertThrows(IllegalStateException.class, claim::commit);
        assertThrows(IllegalStateException.class, claim::base);
        sender.claim(100).abort();
        sender.send(message(2));
        AtomicReference<MemorySegment> seen = new AtomicReference<>();
        assertEquals(
                1,
                receiver.receive(
                        (memory, offset, length) -> {
                            assertEquals(24, length);
                            assertEquals(42, memory.get(JAVA_LONG, offset)); // Aligned.
                            assertEquals(9, memory.get(JAVA_BYTE, offset + 17));
                            seen.set(memory);
                        },
                        1));
        assertTrue(seen.get().isReadOnly());
        assertArrayEquals(message(2), receiver.receive(LONG)); // Nothing of the aborted one.
    }

    @Test
    void memorySegmentsAreSent() throws Exception {
        MemorySegment source = MemorySegment.ofArray(message(3000));
        sender.send(source, 100, 50);
        sender.send(source, 0, 3000);
        assertThrows(IndexOutOfBoundsException.class, () -> sender.trySend(source, 2999, 2));
        assertArrayEquals(Arrays.copyOfRange(message(3000), 100, 150), receiver.receive(LONG));
        assertArrayEquals(message(3000), receiver.receive(LONG));
    }

    @Test
    void whatAHandlerThrowsReachesTheCallerAndLaterMessagesStay() throws Exception {
        for (int length = 1; length <= 3; length++) {
            sender.send(message(length));
        }
        List<Integer> seen = new ArrayList<>();
        Soon.await(
                () -> {
                    try {
                        receiver.poll(
                                (memory, offset, length) -> {
                                    seen.add(length);
                                    throw new IllegalStateException("by the handler");
                                },
                                10);
                        return false;
                    } catch (IllegalStateException e) {
                        assertEquals("by the handler", e.getMessage());
                        return true;
                    }
                },
                () -> seen);
        assertEquals(List.of(1), seen);
        assertArrayEquals(message(2), receiver.receive(LONG));
        assertArrayEquals(message(3), receiver.receive(LONG));
    }

    @Test
    void aHandlerCannotUseItsReceiver() throws Exception {
        sender.send(message(1));
        List<Class<?>> thrown = new ArrayList<>();
        receiver.receive(
                (memory, offset, length) -> {
                    thrown.add(
                            assertThrows(IllegalStateException.class, receiver::tryReceive)
                                    .getClass());
                    thrown.add(
                            assertThrows(IllegalStateException.class, receiver::close).getClass());
                },
                1);
        assertEquals(2, thrown.size());
        sender.send(message(2));
        assertArrayEquals(message(2), receiver.receive(LONG));
    }

    @Test
    void aControlledHandlerAbortsBreaksAndContinues() throws Exception {
        int longMessage = 2 * sender.maxClaimLength();
        sender.send(message(1));
        sender.send(message(longMessage));
        sender.send(message(3));
        List<Integer> seen = new ArrayList<>();
        List<Action> actions =
                new ArrayList<>(
                        List.of(
                                Action.ABORT,
                                Action.CONTINUE,
                                Action.ABORT,
                                Action.BREAK,
                                Action.COMMIT));
        List<Integer> counts = new ArrayList<>();
        Soon.await(
                () -> {
                    int size = seen.size();
                    int count =
                            receiver.controlledPoll(
                                    (memory, offset, length) -> {
                                        seen.add(length);
                                        return actions.remove(0);
                                    },
                                    10);
                    if (seen.size() > size) {
                        counts.add(count);
                    }
                    return actions.isEmpty();
                },
                () -> seen);
        assertEquals(List.of(1, 1, longMessage, longMessage, 3), seen);
        assertEquals(3, counts.stream().mapToInt(c -> c).sum(), counts::toString);
        assertThrows(
                IllegalArgumentException.class,
                () -> receiver.controlledPoll((memory, offset, length) -> Action.CONTINUE, -1));
    }

    @Test
    void aLimitIsKept() throws Exception {
        for (int i = 0; i < 5; i++) {
            sender.send(message(2 * sender.maxClaimLength()));
        }
        List<Integer> counts = new ArrayList<>();
        Soon.await(
                () -> {
                    int count = receiver.poll((memory, offset, length) -> {}, 2);
                    assertTrue(count <= 2);
                    counts.add(count);
                    return counts.stream().mapToInt(c -> c).sum() == 5;
                },
                () -> counts);
        assertEquals(0, receiver.poll((memory, offset, length) -> {}, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> receiver.poll((memory, offset, length) -> {}, -1));
        assertThrows(
                IllegalArgumentException.class,
                () -> receiver.receive((memory, offset, length) -> {}, 0));
    }

    @Test
    void anotherThreadClosesAnEndThatWaits() throws Exception {
        CompletableFuture<Throwable> received = new CompletableFuture<>();
        Thread waiting =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        received.complete(
                                                assertThrows(
                                                        IllegalStateException.class,
                                                        receiver::receive)));
        Soon.await(() -> waiting.getState() == Thread.State.TIMED_WAITING, waiting::getState);
        receiver.close();
        assertTrue(received.join().getMessage().contains("closed"));
        assertThrows(IllegalStateException.class, () -> receiver.tryReceive());
        assertThrows(IllegalStateException.class, () -> receiver.awaitSender(SHORT));

        AeronSender alone = AeronChannels.sender(aeron, channel, stream + 60_000);
        CompletableFuture<Throwable> sent = new CompletableFuture<>();
        Thread sending =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        sent.complete(
                                                assertThrows(
                                                        IllegalStateException.class,
                                                        () -> alone.send(message(1)))));
        Soon.await(() -> sending.getState() == Thread.State.TIMED_WAITING, sending::getState);
        alone.close();
        assertTrue(sent.join().getMessage().contains("closed"));
        assertThrows(IllegalStateException.class, () -> alone.trySend(message(1)));
        assertThrows(IllegalStateException.class, () -> alone.tryClaim(1));
        assertThrows(IllegalStateException.class, () -> alone.awaitReceiver(SHORT));
        alone.close();
    }

    @Test
    void aReceiverThatWaitsTimesOutOrIsInterrupted() throws Exception {
        assertNull(receiver.receive(SHORT));
        assertEquals(0, receiver.receive((memory, offset, length) -> {}, 1, SHORT));
        assertFalse(receiver.isEndOfStream());
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, receiver::receive);
        assertNotNull(receiver.toString());
        assertEquals(0, receiver.lostBytes());
    }

    @Test
    void messagesAllocateNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] message = message(40);
        MemorySegment source = MemorySegment.ofArray(message);
        long[] received = new long[1];
        MessageHandler handler = (memory, offset, length) -> received[0] += length;
        long allocated = 0;
        for (int round = 0; round < 3; round++) {
            received[0] = 0;
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                while (!sender.trySend(message)) {
                    receiver.poll(handler, 10);
                }
                while (!sender.trySend(source, 0, 40)) {
                    receiver.poll(handler, 10);
                }
                receiver.poll(handler, 10);
            }
            while (received[0] < 80_000) {
                receiver.poll(handler, 10);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertEquals(0, allocated);
    }

    @Test
    void aStreamThatHasCarriedAllItCanIsRefused() throws Exception {
        String nearTheEnd =
                channel
                        + (channel.contains("?") ? "|" : "?")
                        + "term-length=64k|init-term-id=0|term-id=2147483647|term-offset=65408";
        try (AeronReceiver last = AeronChannels.receiver(aeron, channel, stream + 70_000);
                AeronSender almost = AeronChannels.sender(aeron, nearTheEnd, stream + 70_000)) {
            assertTrue(almost.awaitReceiver(LONG));
            assertTrue(last.awaitSender(LONG));
            IllegalStateException refused =
                    assertThrows(
                            IllegalStateException.class,
                            () -> {
                                while (true) {
                                    almost.send(message(40));
                                    last.poll((memory, offset, length) -> {}, 1);
                                }
                            });
            assertTrue(refused.getMessage().contains("another sender"), refused::getMessage);
        }
    }
}
