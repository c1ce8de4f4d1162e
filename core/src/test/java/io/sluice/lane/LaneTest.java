package io.sluice.lane;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.lane.Lanes.Lane;
import io.sluice.lane.Lanes.Received;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LaneTest {
    private static final int CAPACITY = 4096;

    private static byte[] message(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static boolean write(ExclusiveLaneSender sender, byte[] message) {
        return sender.tryWrite(message, 0, message.length);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSentIsReceivedOnceAndWhole(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        ExclusiveLaneSender sender = lane.sender();
        ExclusiveLaneReceiver receiver = lane.receiver();
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
    void aSegmentIsSentAsItsBytesAre(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        Received received = new Received();
        byte[] source = message(400, 3);
        for (int length = 0; length <= 300; length++) {
            ExclusiveLaneSender sender = lane.sender();
            assertTrue(sender.tryWrite(MemorySegment.ofArray(source), 7, length));
            assertEquals(1, lane.receiver().poll(received.handler, 10));
            assertArrayEquals(
                    MemorySegment.ofArray(source).asSlice(7, length).toArray(ValueLayout.JAVA_BYTE),
                    received.messages.removeLast());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLongestMessageFitsWhereverItBegins(Lanes lanes) {
        int longest = LaneDescriptor.maxPayloadLength(CAPACITY);
        for (long position = 0; position < 2 * CAPACITY; position += 8) {
            Lane lane = lanes.make(CAPACITY).from(position);
            Received received = new Received();
            byte[] message = message(longest, 1);
            assertTrue(write(lane.sender(), message));
            assertEquals(1, lane.receiver().poll(received.handler, 1));
            assertArrayEquals(message, received.messages.removeLast());
            position += lanes == Lanes.MAPPED ? 400 : 0;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFullLaneTakesNothingUntilSomethingIsReceived(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        ExclusiveLaneSender sender = lane.sender();
        ExclusiveLaneReceiver receiver = lane.receiver();
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
    void aClaimIsSeenWhenItIsCommittedAndNeverWhenAborted(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY).from(CAPACITY - 16);
        ExclusiveLaneSender sender = lane.sender();
        ExclusiveLaneReceiver receiver = lane.receiver();
        Received received = new Received();
        for (int i = 0; i < 100; i++) {
            byte[] message = message(i, i);
            long offset = sender.tryClaim(i);
            assertTrue(offset >= 0 && offset < CAPACITY);
            assertEquals(-1, sender.tryClaim(1), "one claim at a time");
            assertFalse(write(sender, message), "nothing else while a claim is open");
            MemorySegment.copy(message, 0, lane.ring().bytes(), ValueLayout.JAVA_BYTE, offset, i);
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
    void whatAnAbortedClaimHadWrittenIsNeverSeen(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        ExclusiveLaneSender sender = lane.sender();
        ExclusiveLaneReceiver receiver = lane.receiver();
        Received received = new Received();
        byte[] claimed = message(200, 1);
        for (int i = 0; i < 1000; i++) {
            long offset = sender.tryClaim(claimed.length);
            MemorySegment.copy(
                    claimed, 0, lane.ring().bytes(), ValueLayout.JAVA_BYTE, offset, claimed.length);
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
    void behavesAsAQueueOverManyLaps(Lanes lanes) {
        for (long start : new long[] {0, (1L << 35) - 512, (1L << 62) - 64}) {
            Lane lane = lanes.make(CAPACITY).from(start);
            Random random = new Random(start);
            ArrayDeque<byte[]> expected = new ArrayDeque<>();
            ExclusiveLaneSender sender = lane.sender();
            ExclusiveLaneReceiver receiver = lane.receiver();
            Received received = new Received();
            for (int step = 0; step < 20_000; step++) {
                int what = random.nextInt(20);
                if (what == 0) {
                    sender = lane.sender();
                } else if (what == 1) {
                    receiver = lane.receiver();
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
    void aHandlerThatThrowsHasReceivedItsMessage(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        ExclusiveLaneSender sender = lane.sender();
        ExclusiveLaneReceiver receiver = lane.receiver();
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
    void whatWasHandedOutBeforeStaysMarkedHoweverManyReceiversDie(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        ExclusiveLaneSender sender = lane.sender();
        for (int i = 0; i < 4; i++) {
            assertTrue(write(sender, new byte[] {(byte) i}));
        }
        dieAtMessage(lane, 3);
        dieAtMessage(lane, 1);
        ExclusiveLaneReceiver last = lane.receiver();
        int[] attempts = new int[4];
        assertEquals(
                4,
                last.poll(
                        (memory, offset, length) ->
                                attempts[memory.get(ValueLayout.JAVA_BYTE, offset)] =
                                        last.attempt(),
                        10));
        assertArrayEquals(new int[] {2, 1, 1, 0}, attempts);
    }

    /** Two receivers die of the first message; the third finishes two, and dies of another. */
    @ParameterizedTest
    @EnumSource
    void aMessageDoesNotHaveTheAttemptsOfAnother(Lanes lanes) {
        for (int batch = 1; batch <= 10; batch += 9) {
            Lane lane = lanes.make(CAPACITY);
            ExclusiveLaneSender sender = lane.sender();
            for (int i = 0; i < 5; i++) {
                assertTrue(write(sender, new byte[] {(byte) i}));
            }
            dieAtMessage(lane, 1, batch);
            dieAtMessage(lane, 1, batch);
            dieAtMessage(lane, 3, batch);
            lane.receiver(); // A receiver that receives nothing, and leaves or dies, is no attempt.
            List<Integer> attempts = new ArrayList<>();
            drain(lane.receiver(), batch, attempts);
            // In a batch the third one had not released the space of message 1.
            assertEquals(batch == 1 ? List.of(1, 0, 0) : List.of(1, 1, 0, 0), attempts);
            assertTrue(write(sender, new byte[1]));
            drain(lane.receiver(), batch, attempts);
            assertEquals(0, attempts.get(attempts.size() - 1));
        }
    }

    @ParameterizedTest
    @EnumSource
    void attemptsAreCountedUpTo15AndThoseOfOneMessageAreItsOwn(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        ExclusiveLaneSender sender = lane.sender();
        for (int i = 0; i < 3; i++) {
            assertTrue(write(sender, new byte[] {(byte) i}));
        }
        dieAtMessage(lane, 2);
        for (int death = 0; death < 20; death++) {
            dieAtMessage(lane, death == 0 ? 2 : 1);
        }
        ExclusiveLaneReceiver receiver = lane.receiver();
        List<Integer> attempts = new ArrayList<>();
        assertThrows(TooLong.class, () -> receiver.poll((m, at, length) -> {}, 1, 0));
        drain(receiver, 1, attempts);
        assertEquals(List.of(15, 0), attempts);
    }

    private static void drain(LaneReceiver receiver, int batch, List<Integer> attempts) {
        while (receiver.poll((m, at, length) -> attempts.add(receiver.attempt()), batch) > 0) {}
    }

    /** Leaves the lane's words in the state during the handling of the message with that number. */
    private static void dieAtMessage(Lane lane, int number) {
        dieAtMessage(lane, number, 10);
    }

    private static void dieAtMessage(Lane lane, int number, int batch) {
        MemorySegment words = lane.control().bytes();
        byte[][] death = new byte[1][];
        int[] calls = new int[1];
        ExclusiveLaneReceiver receiver = lane.receiver();
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
    void aTakenPositionThatIsNotAheadSaysThatNothingIsTaken(Lanes lanes) {
        for (long taken : new long[] {Long.MIN_VALUE, -1, 0, 1, 8, 16, 32}) {
            Lane lane = lanes.make(CAPACITY);
            ExclusiveLaneSender sender = lane.sender();
            assertTrue(write(sender, new byte[] {0}));
            assertTrue(write(sender, new byte[] {1}));
            Received received = new Received();
            assertEquals(1, lane.receiver().poll(received.handler, 1)); // Up to 16.
            lane.control().setLong(LaneDescriptor.TAKEN_POSITION_OFFSET, taken);
            ExclusiveLaneReceiver next = lane.receiver();
            int[] attempt = {-1};
            int polled = next.poll((memory, offset, length) -> attempt[0] = next.attempt(), 10);
            assertEquals(1, polled, () -> "taken=" + taken);
            assertEquals(taken > 16 ? 1 : 0, attempt[0], () -> "taken=" + taken);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTakenPositionThatCannotBeIsRefused(Lanes lanes) {
        for (long wrong : new long[] {1, 4, CAPACITY + 8, Long.MAX_VALUE - 7}) {
            Lane lane = lanes.make(CAPACITY);
            lane.control().setLong(LaneDescriptor.TAKEN_POSITION_OFFSET, wrong);
            assertThrows(ChannelCorruptedException.class, lane::receiver, () -> "taken=" + wrong);
        }
    }

    private static final class IllegalArithmetic extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @ParameterizedTest
    @EnumSource
    void aReceiverPositionThatCannotBeIsRefused(Lanes lanes) {
        for (long wrong : new long[] {-8, 64, 1, 4096 + 8, Long.MIN_VALUE, Long.MAX_VALUE}) {
            Lane lane = lanes.make(CAPACITY);
            ExclusiveLaneSender sender = lane.sender();
            lane.from(wrong);
            assertThrows(ChannelCorruptedException.class, () -> write(sender, new byte[8]));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSenderRefusesALaneWithoutAnEnd(Lanes lanes) {
        Lane lane = lanes.make(CAPACITY);
        for (long position = 0; position < CAPACITY; position += 8) {
            lane.ring().setLong(position, RecordDescriptor.word(position, 0));
        }
        assertThrows(ChannelCorruptedException.class, lane::sender);
    }
}
