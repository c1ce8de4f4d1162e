package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.ring.BackingMemory.LaneMemory;
import io.sluice.ring.BackingMemory.Received;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.ring.CrashableMemory.SimulatedCrash;
import io.sluice.ring.LaneReceiver.MessageTooLongException;
import io.sluice.wait.DrainMode;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SpscRingTest {
    private static final int CAPACITY = 4096;

    private static byte[] message(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static boolean write(SpscRingSender sender, byte[] message) {
        return sender.tryWrite(message, 0, message.length);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSentIsReceivedOnceAndWhole(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpscRingSender sender = laneMemory.sender();
        SpscRingReceiver receiver = laneMemory.receiver();
        Received received = new Received();
        for (int length = 0; length <= 300; length++) {
            byte[] message = message(length, length);
            assertTrue(write(sender, message));
            assertEquals(1, receiver.poll(received.handler, 10));
            assertArrayEquals(message, received.messages.removeLast());
            assertEquals(0, receiver.poll(received.handler, 10));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSegmentIsSentAsItsBytesAre(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        Received received = new Received();
        byte[] source = message(400, 3);
        for (int length = 0; length <= 300; length++) {
            SpscRingSender sender = laneMemory.sender();
            assertTrue(sender.tryWrite(MemorySegment.ofArray(source), 7, length));
            assertEquals(1, laneMemory.receiver().poll(received.handler, 10));
            assertArrayEquals(
                    MemorySegment.ofArray(source).asSlice(7, length).toArray(ValueLayout.JAVA_BYTE),
                    received.messages.removeLast());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLongestMessageFitsWhereverItBegins(BackingMemory backingMemory) {
        int longest = LaneDescriptor.maxPayloadLength(CAPACITY);
        for (long position = 0; position < 2 * CAPACITY; position += 8) {
            LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY).from(position);
            Received received = new Received();
            byte[] message = message(longest, 1);
            assertTrue(write(laneMemory.sender(), message));
            assertEquals(1, laneMemory.receiver().poll(received.handler, 1));
            assertArrayEquals(message, received.messages.removeLast());
            position += backingMemory == BackingMemory.MAPPED ? 400 : 0;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFullLaneTakesNothingUntilSomethingIsReceived(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpscRingSender sender = laneMemory.sender();
        SpscRingReceiver receiver = laneMemory.receiver();
        byte[] message = message(56, 1); // 64 bytes a record.
        int accepted = 0;
        while (write(sender, message)) {
            accepted++;
        }
        assertEquals(CAPACITY / 64 - 1, accepted, "room for the next word is kept");
        assertEquals(1, receiver.poll(new Received().handler, 1));
        assertTrue(write(sender, message));
        assertFalse(write(sender, message));
        assertEquals(accepted, receiver.poll(new Received().handler, 1000));
    }

    @ParameterizedTest
    @EnumSource
    void aClaimIsSeenWhenItIsCommittedAndNeverWhenAborted(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY).from(CAPACITY - 16);
        SpscRingSender sender = laneMemory.sender();
        SpscRingReceiver receiver = laneMemory.receiver();
        Received received = new Received();
        for (int i = 0; i < 100; i++) {
            byte[] message = message(i, i);
            long offset = sender.tryClaim(i);
            assertTrue(offset >= 0 && offset < CAPACITY);
            assertEquals(-1, sender.tryClaim(1), "one claim at a time");
            assertFalse(write(sender, message), "nothing else while a claim is open");
            MemorySegment.copy(
                    message, 0, laneMemory.ring().bytes(), ValueLayout.JAVA_BYTE, offset, i);
            assertEquals(0, receiver.poll(received.handler, 1));
            if (i % 3 == 0) {
                sender.abort();
                assertEquals(0, receiver.poll(received.handler, 1));
            } else {
                sender.commit(i);
                assertEquals(1, receiver.poll(received.handler, 2));
                assertArrayEquals(message, received.messages.removeLast());
            }
        }
    }

    /** The ring was cleared ahead, and an aborted claim has overwritten it. */
    @ParameterizedTest
    @EnumSource
    void whatAnAbortedClaimHadWrittenIsNeverSeen(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpscRingSender sender = laneMemory.sender();
        SpscRingReceiver receiver = laneMemory.receiver();
        Received received = new Received();
        byte[] claimed = message(200, 1);
        for (int i = 0; i < 1000; i++) {
            long offset = sender.tryClaim(claimed.length);
            MemorySegment.copy(
                    claimed,
                    0,
                    laneMemory.ring().bytes(),
                    ValueLayout.JAVA_BYTE,
                    offset,
                    claimed.length);
            sender.abort();
            byte[] message = message(i % 40, i);
            assertTrue(write(sender, message));
            assertEquals(1, receiver.poll(received.handler, 10));
            assertArrayEquals(message, received.messages.removeLast());
        }
    }

    /** Compares a lane with a queue over many laps, with ends replaced at random. */
    @ParameterizedTest
    @EnumSource
    void behavesAsAQueueOverManyLaps(BackingMemory backingMemory) {
        for (long start : new long[] {0, (1L << 35) - 512, (1L << 62) - 64}) {
            LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY).from(start);
            Random random = new Random(start);
            ArrayDeque<byte[]> expected = new ArrayDeque<>();
            SpscRingSender sender = laneMemory.sender();
            SpscRingReceiver receiver = laneMemory.receiver();
            Received received = new Received();
            for (int step = 0; step < 20_000; step++) {
                int what = random.nextInt(20);
                if (what == 0) {
                    sender = laneMemory.sender();
                } else if (what == 1) {
                    receiver = laneMemory.receiver();
                } else if (what < 12) {
                    byte[] message = message(random.nextInt(random.nextInt(500) + 1), step);
                    if (write(sender, message)) {
                        expected.add(message);
                    }
                } else {
                    receiver.poll(received.handler, 1 + random.nextInt(20));
                    for (byte[] message : received.messages) {
                        assertArrayEquals(expected.remove(), message, "step " + step);
                    }
                    received.messages.clear();
                }
            }
            while (receiver.poll(received.handler, 100) > 0) {}
            assertEquals(expected.size(), received.messages.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatThrowsHasReceivedItsMessage(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpscRingSender sender = laneMemory.sender();
        SpscRingReceiver receiver = laneMemory.receiver();
        for (int i = 0; i < 3; i++) {
            assertTrue(write(sender, new byte[] {(byte) i}));
        }
        int[] calls = new int[1];
        assertThrows(
                IllegalArithmetic.class,
                () ->
                        receiver.poll(
                                (memory, offset, length) -> {
                                    if (++calls[0] == 2) {
                                        throw new IllegalArithmetic();
                                    }
                                },
                                10));
        Received received = new Received();
        assertEquals(1, receiver.poll(received.handler, 10));
        assertArrayEquals(new byte[] {2}, received.messages.get(0));
        assertFalse(receiver.hasNext());
    }

    /** The first receiver dies holding three messages, the second holding the first of them. */
    @ParameterizedTest
    @EnumSource
    void redeliveredMessagesStayMarkedHoweverManyReceiversCrash(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpscRingSender sender = laneMemory.sender();
        for (int i = 0; i < 4; i++) {
            assertTrue(write(sender, new byte[] {(byte) i}));
        }
        crashAtMessage(laneMemory, 3);
        crashAtMessage(laneMemory, 1);
        SpscRingReceiver last = laneMemory.receiver();
        int[] attempts = new int[4];
        assertEquals(
                4,
                last.poll(
                        (memory, offset, length) ->
                                attempts[memory.get(ValueLayout.JAVA_BYTE, offset)] =
                                        last.deliveryAttempt(),
                        10));
        assertArrayEquals(new int[] {2, 1, 1, 0}, attempts);
    }

    /** Two receivers die of the first message; the third finishes two, and dies of another. */
    @ParameterizedTest
    @EnumSource
    void aMessageDoesNotHaveTheAttemptsOfAnother(BackingMemory backingMemory) {
        for (int batch = 1; batch <= 10; batch += 9) {
            LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
            SpscRingSender sender = laneMemory.sender();
            for (int i = 0; i < 5; i++) {
                assertTrue(write(sender, new byte[] {(byte) i}));
            }
            crashAtMessage(laneMemory, 1, batch);
            crashAtMessage(laneMemory, 1, batch);
            crashAtMessage(laneMemory, 3, batch);
            laneMemory.receiver(); // A receiver that receives nothing, and leaves or dies, is no
            // attempt.
            List<Integer> attempts = new ArrayList<>();
            drain(laneMemory.receiver(), batch, attempts);
            // In a batch the third one had not released the space of message 1.
            assertEquals(batch == 1 ? List.of(1, 0, 0) : List.of(1, 1, 0, 0), attempts);
            assertTrue(write(sender, new byte[1]));
            drain(laneMemory.receiver(), batch, attempts);
            assertEquals(0, attempts.get(attempts.size() - 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void attemptsAreCountedUpTo15AndThoseOfOneMessageAreItsOwn(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpscRingSender sender = laneMemory.sender();
        for (int i = 0; i < 3; i++) {
            assertTrue(write(sender, new byte[] {(byte) i}));
        }
        crashAtMessage(laneMemory, 2);
        for (int death = 0; death < 20; death++) {
            crashAtMessage(laneMemory, death == 0 ? 2 : 1);
        }
        SpscRingReceiver receiver = laneMemory.receiver();
        List<Integer> attempts = new ArrayList<>();
        assertThrows(
                MessageTooLongException.class, () -> receiver.poll((m, at, length) -> {}, 1, 0));
        drain(receiver, 1, attempts);
        assertEquals(List.of(15, 0), attempts);
    }

    private static void drain(LaneReceiver receiver, int batch, List<Integer> attempts) {
        while (receiver.poll((m, at, length) -> attempts.add(receiver.deliveryAttempt()), batch)
                > 0) {}
    }

    /** Leaves the lane's words in the state during the handling of the message with that number. */
    private static void crashAtMessage(LaneMemory laneMemory, int number) {
        crashAtMessage(laneMemory, number, 10);
    }

    private static void crashAtMessage(LaneMemory laneMemory, int number, int batch) {
        MemorySegment words = laneMemory.control().bytes();
        byte[][] death = new byte[1][];
        int[] calls = new int[1];
        SpscRingReceiver receiver = laneMemory.receiver();
        MessageHandler handler =
                (memory, offset, length) -> {
                    if (++calls[0] == number) {
                        death[0] = words.toArray(ValueLayout.JAVA_BYTE);
                    }
                };
        while (death[0] == null) {
            assertTrue(receiver.poll(handler, batch) > 0);
        }
        MemorySegment.copy(death[0], 0, words, ValueLayout.JAVA_BYTE, 0, death[0].length);
    }

    /** A peer that records nothing, or too late, leaves its predecessor's position. */
    @ParameterizedTest
    @EnumSource
    void aTakenPositionThatIsNotAheadSaysThatNothingIsTaken(BackingMemory backingMemory) {
        for (long taken : new long[] {Long.MIN_VALUE, -1, 0, 1, 8, 16, 32}) {
            LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
            SpscRingSender sender = laneMemory.sender();
            assertTrue(write(sender, new byte[] {0}));
            assertTrue(write(sender, new byte[] {1}));
            Received received = new Received();
            assertEquals(1, laneMemory.receiver().poll(received.handler, 1)); // Up to 16.
            laneMemory.control().setLong(LaneDescriptor.TAKEN_POSITION_OFFSET, taken);
            SpscRingReceiver next = laneMemory.receiver();
            int[] attempt = {-1};
            int polled =
                    next.poll((memory, offset, length) -> attempt[0] = next.deliveryAttempt(), 10);
            assertEquals(1, polled, () -> "taken=" + taken);
            assertEquals(taken > 16 ? 1 : 0, attempt[0], () -> "taken=" + taken);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTakenPositionThatCannotBeIsRefused(BackingMemory backingMemory) {
        for (long wrong : new long[] {1, 4, CAPACITY + 8, Long.MAX_VALUE - 7}) {
            LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
            laneMemory.control().setLong(LaneDescriptor.TAKEN_POSITION_OFFSET, wrong);
            assertThrows(
                    ChannelCorruptedException.class, laneMemory::receiver, () -> "taken=" + wrong);
        }
    }

    private static final class IllegalArithmetic extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @ParameterizedTest
    @EnumSource
    void aReceiverPositionThatCannotBeIsRefused(BackingMemory backingMemory) {
        for (long wrong : new long[] {-8, 64, 1, 4096 + 8, Long.MIN_VALUE, Long.MAX_VALUE}) {
            LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
            SpscRingSender sender = laneMemory.sender();
            laneMemory.from(wrong);
            assertThrows(ChannelCorruptedException.class, () -> write(sender, new byte[8]));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSenderRefusesALaneWithoutAnEnd(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        for (long position = 0; position < CAPACITY; position += 8) {
            laneMemory.ring().setLong(position, RecordDescriptor.word(position, 0));
        }
        assertThrows(ChannelCorruptedException.class, laneMemory::sender);
    }

    @Test
    void aRunOfADeadReceiverComesAgainOneByOneAndMarked() {
        LaneMemory laneMemory = BackingMemory.HEAP.allocateLane(4096);
        SpscRingSender sender = laneMemory.sender();
        for (int i = 0; i < 5; i++) {
            assertTrue(sender.tryWrite(new byte[] {(byte) i}, 0, 1));
        }
        FaultInjector faultInjector = new FaultInjector();
        SpscRingReceiver dies =
                new SpscRingReceiver(
                        new CrashableMemory(laneMemory.control(), faultInjector),
                        new CrashableMemory(laneMemory.ring(), faultInjector),
                        true,
                        DrainMode.NONE);
        MessageRun run = new MessageRun();
        run.start(batch -> faultInjector.crashAfter(0));
        assertThrows(SimulatedCrash.class, () -> dies.pollRun(run, 3));
        SpscRingReceiver next = laneMemory.receiver();
        int[] seen = new int[1];
        run.start(
                batch -> {
                    assertTrue(batch.next());
                    assertEquals(
                            seen[0], batch.memory().get(ValueLayout.JAVA_BYTE, batch.offset()));
                    assertEquals(seen[0] < 3 ? 1 : 2, batch.size());
                    assertEquals(seen[0] < 3 ? 1 : 0, next.deliveryAttempt());
                    seen[0] += batch.size();
                });
        while (next.pollRun(run, 10) > 0) {}
        assertEquals(5, seen[0]);
    }
}
