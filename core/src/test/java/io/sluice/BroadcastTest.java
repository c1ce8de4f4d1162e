package io.sluice;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.linux.SyscallCounts;
import io.sluice.pipe.PipeHandle;
import io.sluice.pipe.storage.HeapStorage;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Broadcast pipes: every receiver gets every message. */
@CountsSyscalls
@Timeout(60)
class BroadcastTest {
    private static final PipeSpec SPEC = PipeSpec.broadcast(4096);
    private static final EndOptions LOSSY = EndOptions.defaults().lossy();

    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static byte[] message(int number) {
        return ByteBuffer.allocate(24).putInt(number).array();
    }

    private static int number(byte[] message) {
        return ByteBuffer.wrap(message).getInt();
    }

    private static List<Integer> drain(PipeReceiver receiver) {
        List<Integer> numbers = new ArrayList<>();
        for (byte[] m = receiver.tryReceive(); m != null; m = receiver.tryReceive()) {
            numbers.add(number(m));
        }
        return numbers;
    }

    @Test
    void everyReceiverGetsEveryMessageAndTheEnd() throws Exception {
        try (Pipe pipe = Pipe.anonymous(SPEC);
                PipeReceiver gated = pipe.receiver();
                PipeReceiver lossy = pipe.receiver(LOSSY)) {
            try (PipeSender sender = pipe.sender()) {
                for (int i = 0; i < 50; i++) {
                    assertTrue(sender.trySend(message(i)));
                }
            }
            for (PipeReceiver receiver : List.of(gated, lossy)) {
                List<Integer> numbers = drain(receiver);
                assertEquals(50, numbers.size());
                assertEquals(49, numbers.getLast());
                assertTrue(receiver.isEndOfStream());
                assertNull(receiver.receive());
                assertEquals(0, receiver.lost());
                assertEquals(new PipePosition(50 * 32, 50), receiver.position());
            }
            assertTrue(gated.isGated());
            assertFalse(lossy.isGated());
        }
    }

    @Test
    void aGatedReceiverHoldsTheSenderAndALossyOneCounts() throws Exception {
        try (Pipe pipe = Pipe.anonymous(SPEC);
                PipeSender sender = pipe.sender();
                PipeReceiver lossy = pipe.receiver(LOSSY)) {
            PipeReceiver gated = pipe.receiver();
            int sent = 0;
            while (sender.trySend(message(sent))) {
                sent++;
            }
            assertEquals(127, sent, "one ring");
            assertFalse(sender.send(message(sent), Duration.ofMillis(1)));
            assertEquals(sent, drain(gated).size());
            assertTrue(sender.trySend(message(sent++)));
            while (sender.trySend(message(sent))) {
                sent++;
            }
            gated.close();
            for (int i = 0; i < 1000; i++) {
                assertTrue(sender.trySend(message(sent++)), "the gated one has left");
            }
            List<Integer> rest = drain(lossy);
            assertEquals(sent, rest.size() + lossy.lost());
            assertEquals(sent - 1, rest.getLast());
            assertTrue(lossy.lost() > 900);
            assertEquals(32 * lossy.lost(), lossy.lostBytes());
        }
    }

    @Test
    void gapsAreCountedBeforeTheNextMessage() throws Exception {
        try (Pipe pipe = Pipe.anonymous(SPEC);
                PipeSender sender = pipe.sender();
                PipeReceiver lossy = pipe.receiver(LOSSY)) {
            long[] received = new long[1];
            int sent = 0;
            for (int round = 0; round < 50; round++) {
                for (int i = 0; i < 37 * round; i++) {
                    assertTrue(sender.trySend(message(sent++)));
                }
                lossy.poll(
                        (m, at, length) ->
                                assertEquals(
                                        m.get(INT, at), received[0]++ + lossy.lost(), "its number"),
                        20);
            }
            assertTrue(lossy.lost() > 10_000);
        }
    }

    @Test
    void aReceiverBeginsWhereItWants() throws Exception {
        try (Pipe pipe = Pipe.anonymous(SPEC);
                PipeSender sender = pipe.sender()) {
            PipePosition kept;
            try (PipeReceiver first = pipe.receiver()) {
                sender.trySend(message(0));
                sender.trySend(message(1));
                assertEquals(0, number(first.tryReceive()));
                kept = first.position();
            }
            EndOptions options = EndOptions.defaults();
            try (PipeReceiver newest = pipe.receiver();
                    PipeReceiver oldest = pipe.receiver(options.startAt(PipePosition.OLDEST));
                    PipeReceiver after = pipe.receiver(options.startAt(kept))) {
                sender.trySend(message(2));
                assertEquals(List.of(2), drain(newest));
                assertEquals(List.of(0, 1, 2), drain(oldest));
                assertEquals(List.of(1, 2), drain(after));
            }
            assertThrows(
                    IllegalArgumentException.class,
                    () -> pipe.receiver(options.startAt(new PipePosition(8, 0))));
        }
    }

    @Test
    void aReceiverThatIsTooFarBehindIsDemoted() throws Exception {
        try (Pipe pipe = Pipe.anonymous(SPEC.demoting(true));
                PipeSender sender = pipe.sender();
                PipeReceiver slow = pipe.receiver();
                PipeReceiver fast = pipe.receiver()) {
            for (int i = 0; i < 1000; i++) {
                assertTrue(sender.trySend(message(i)));
                assertEquals(i, number(fast.tryReceive()));
            }
            assertTrue(fast.isGated());
            assertFalse(slow.isGated());
            int received = drain(slow).size();
            assertEquals(1000, received + slow.lost());
            assertTrue(received > 80, "three quarters of the ring: " + received);
        }
    }

    @Test
    void everySendersMessagesReachEveryReceiver() throws Exception {
        try (Pipe pipe = Pipe.anonymous(SPEC.senders(4));
                PipeReceiver early = pipe.receiver();
                PipeSender first = pipe.sender();
                PipeReceiver late = pipe.receiver();
                PipeReceiver lossy = pipe.receiver(LOSSY)) {
            first.trySend(message(1));
            try (PipeSender second = pipe.sender()) {
                int sent = 0;
                while (second.trySend(message(sent))) {
                    sent++;
                }
                assertEquals(127, sent, "held by receivers that have not looked at its lane yet");
                assertEquals(128, drain(early).size());
                assertEquals(128, drain(late).size());
                for (int i = 0; i < 127; i++) {
                    assertTrue(second.trySend(message(sent++)));
                }
                assertEquals(127, drain(early).size());
                assertEquals(127, drain(late).size());
                int received = drain(lossy).size();
                assertEquals(255, received + lossy.lost());
            }
            assertThrows(UnsupportedOperationException.class, early::position);
        }
    }

    @Test
    void messagesAllocateNothingAndCallNothing() throws Exception {
        try (Pipe pipe = Pipe.anonymous(SPEC);
                PipeSender sender = pipe.sender();
                PipeReceiver gated = pipe.receiver();
                PipeReceiver lossy = pipe.receiver(LOSSY)) {
            long[] received = new long[1];
            byte[] message = message(1);
            MessageHandler count = (memory, offset, length) -> received[0] += length;
            Map<String, Long> before = SyscallCounts.snapshot();
            assertEquals(
                    0,
                    Allocation.least(
                            20,
                            20_000,
                            () -> {
                                sender.trySend(message);
                                gated.poll(count, 1);
                                if ((received[0] & 1 << 12) == 0) { // Otherwise it is lapped.
                                    lossy.poll(count, 1);
                                }
                            }));
            Map<String, Long> calls = new TreeMap<>(SyscallCounts.snapshot());
            before.forEach((name, n) -> calls.merge(name, -n, Long::sum));
            calls.remove("munmap"); // The collector's.
            calls.values().removeIf(n -> n == 0);
            assertEquals(Map.of(), calls);
            assertTrue(lossy.lost() > 1000);
        }
    }

    @Test
    void allReceiversAreWoken() throws Exception {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        for (int senders = 1; senders <= 2; senders++) {
            try (Pipe pipe = Pipe.anonymous(SPEC.senders(senders));
                    PipeSender sender = pipe.sender()) {
                List<PipeReceiver> receivers = new ArrayList<>();
                List<Future<Integer>> counts = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    PipeReceiver receiver =
                            pipe.receiver(i == 2 ? LOSSY.withSpins(0) : EndOptions.latency());
                    receivers.add(receiver);
                    Callable<Integer> task =
                            () -> {
                                int count = 0;
                                while (receiver.receive() != null) {
                                    count++;
                                }
                                return count;
                            };
                    counts.add(threads.submit(task));
                }
                for (int i = 0; i < 200; i++) {
                    sender.send(message(i));
                    Thread.sleep(i % 20 == 0 ? 1 : 0);
                }
                sender.close();
                assertEquals(200, counts.get(0).get());
                assertEquals(200, counts.get(1).get());
                assertEquals(200, counts.get(2).get() + receivers.get(2).lost());
                receivers.forEach(PipeReceiver::close);
            }
        }
        threads.close();
    }

    @Test
    void aDeadReceiverDoesNotHoldTheSender() throws Exception {
        HeapStorage storage = new HeapStorage(SPEC.parameters().layout());
        Pipe pipe = new Pipe(new PipeHandle(storage));
        PipeSender sender = pipe.sender();
        PipeReceiver living = pipe.receiver(LOSSY);
        PipeReceiver dead = pipe.receiver();
        while (sender.trySend(message(1))) {}
        storage.kill(2); // After the sender, and the lossy receiver.
        sender.send(message(2));
        assertTrue(sender.trySend(message(3)));
        PipeReceiver successor = pipe.receiver();
        assertEquals(List.of(), drain(successor), "it begins anew");
        sender.trySend(message(4));
        assertEquals(List.of(4), drain(successor));
        living.close();
        successor.close();
        sender.close();
        assertTrue(dead.isGated());
    }

    @Test
    void whenAllReceiversHaveLeftThePipeIsBroken() throws Exception {
        try (Pipe pipe = Pipe.anonymous(SPEC);
                PipeSender sender = pipe.sender()) {
            assertTrue(sender.trySend(message(0)), "no receiver was there yet");
            pipe.receiver(LOSSY).close();
            assertThrows(BrokenChannelException.class, () -> sender.trySend(message(1)));
        }
    }

    @Test
    void specificationsThatContradictAreRefused() throws Exception {
        assertThrows(IllegalArgumentException.class, () -> SPEC.receivers(17));
        assertThrows(IllegalArgumentException.class, () -> SPEC.order(Order.ARRIVAL));
        assertThrows(
                IllegalArgumentException.class, () -> SPEC.overflow(OverflowPolicy.DROP_OLDEST));
        assertThrows(IllegalArgumentException.class, () -> PipeSpec.bounded().demoting(true));
        assertEquals(16, SPEC.receivers(Ends.MANY).parameters().receivers());
        try (Pipe pipe = Pipe.anonymous(PipeSpec.bounded(4096))) {
            assertThrows(IllegalArgumentException.class, () -> pipe.receiver(LOSSY));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> pipe.receiver(EndOptions.defaults().startAt(PipePosition.OLDEST)));
            try (PipeReceiver receiver = pipe.receiver()) {
                assertThrows(UnsupportedOperationException.class, receiver::position);
                assertEquals(0, receiver.lost());
                assertTrue(receiver.isGated());
            }
        }
        try (Pipe pipe = Pipe.anonymous(SPEC.senders(2))) {
            EndOptions after = LOSSY.startAt(new PipePosition(0, 0));
            assertThrows(IllegalArgumentException.class, () -> pipe.receiver(after));
        }
    }

    @Test
    void aLossyReceiversMessageMayBeLong() throws Exception {
        try (Pipe pipe = Pipe.anonymous(SPEC);
                PipeSender sender = pipe.sender();
                PipeReceiver lossy = pipe.receiver(LOSSY)) {
            for (int length = 0; length <= pipe.maxMessageLength(); length += 101) {
                byte[] message = new byte[length];
                Arrays.fill(message, (byte) length);
                assertTrue(sender.trySend(message));
                assertArrayEquals(message, lossy.tryReceive());
            }
            sender.trySend(new byte[100]);
            assertThrows(
                    BufferTooSmallException.class, () -> lossy.tryReceive(ByteBuffer.allocate(99)));
            assertEquals(100, lossy.tryReceive(ByteBuffer.allocate(100)));
        }
    }
}
