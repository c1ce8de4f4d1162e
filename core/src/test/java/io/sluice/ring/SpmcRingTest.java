package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.memory.HeapMemory;
import io.sluice.ring.BackingMemory.LaneMemory;
import io.sluice.ring.BackingMemory.Received;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A lane with many receivers; other tests cover death and corruption. */
class SpmcRingTest {
    private static final int CAPACITY = 4096;
    private static final int SLOT_STATES = 64;
    private static final long LAST_SEQUENCE = SlotStateDescriptor.SEQUENCE_MASK;

    private static byte[] message(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static boolean write(SpmcRingSender sender, byte... message) {
        return sender.tryWrite(message, 0, message.length);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSentIsReceivedOnceAndWhole(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpmcRingSender sender = laneMemory.spmcSender();
        SpmcRingReceiver[] receivers = {laneMemory.spmcReceiver(1), laneMemory.spmcReceiver(2)};
        Received received = new Received();
        byte[] source = message(400, 1);
        for (int length = 0; length <= 300; length++) {
            assertTrue(
                    length % 2 == 0
                            ? sender.tryWrite(source, 5, length)
                            : sender.tryWrite(MemorySegment.ofArray(source), 5, length));
            assertTrue(receivers[1].hasNext());
            assertEquals(1, receivers[length / 2 % 2].poll(received.handler, 10));
            assertArrayEquals(
                    MemorySegment.ofArray(source).asSlice(5, length).toArray(ValueLayout.JAVA_BYTE),
                    received.messages.removeLast());
            assertEquals(0, receivers[0].poll(received.handler, 10));
            assertEquals(0, receivers[1].poll(received.handler, 10));
            assertFalse(receivers[0].hasNext());
        }
        assertEquals(301, receivers[0].position() + receivers[1].position());
    }

    /** The hint stays behind: the sender has dropped up to several laps since. */
    @ParameterizedTest
    @EnumSource
    void onePollFindsTheOnlyMessageHoweverManyWereDroppedBeforeIt(BackingMemory backingMemory) {
        byte[] message = message(LaneDescriptor.maxPayloadLength(CAPACITY), 1);
        for (int dropped : new int[] {0, 1, 62, 63, 64, 65, 100, 126, 127, 128, 129, 191, 1000}) {
            LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
            SpmcRingSender sender = laneMemory.spmcSender();
            SpmcRingReceiver receiver = laneMemory.spmcReceiver(1);
            assertTrue(write(sender, message));
            for (int i = 0; i < dropped; i++) {
                assertTrue(sender.dropOldest(message.length, 1, () -> {}));
                assertTrue(write(sender, message));
            }
            assertTrue(receiver.hasNext(), () -> dropped + " dropped");
            assertEquals(1, receiver.poll((m, o, l) -> {}, 10), () -> dropped + " dropped");
            assertFalse(receiver.hasNext());
        }
    }

    @ParameterizedTest
    @EnumSource
    void eachMessageGoesToOneReceiverInTheOrderOfTheSender(BackingMemory backingMemory) {
        LaneMemory laneMemory =
                backingMemory.allocateLane(CAPACITY).fromSequence(LAST_SEQUENCE - 20, 8000);
        SpmcRingSender sender = laneMemory.spmcSender();
        for (int i = 0; i < SLOT_STATES; i++) {
            assertTrue(write(sender, (byte) i));
        }
        Received received = new Received();
        SpmcRingReceiver[] receivers = {laneMemory.spmcReceiver(0), laneMemory.spmcReceiver(9)};
        for (int n = 0; n < 2 * SLOT_STATES; n++) {
            receivers[n % 2].poll(received.handler, 1 + n % 3);
        }
        for (int i = 0; i < SLOT_STATES; i++) {
            assertArrayEquals(new byte[] {(byte) i}, received.messages.get(i));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theLongestMessageFitsWhereverItBegins(BackingMemory backingMemory) {
        byte[] message = message(LaneDescriptor.maxPayloadLength(CAPACITY), 1);
        for (long position = 0; position < CAPACITY; position += 400) {
            LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY).fromSequence(77, position);
            Received received = new Received();
            assertTrue(write(laneMemory.spmcSender(), message));
            assertEquals(1, laneMemory.spmcReceiver(3).poll(received.handler, 1));
            assertArrayEquals(message, received.messages.removeLast());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLaneIsFullWhenItsRingIs(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        fillsAndDrains(laneMemory, message(100, 1), CAPACITY / 104);
    }

    @ParameterizedTest
    @EnumSource
    void aLaneIsFullWhenItsSlotStatesAre(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        fillsAndDrains(laneMemory, message(0, 1), SLOT_STATES);
        fillsAndDrains(laneMemory, message(64, 1), SLOT_STATES);
    }

    private static void fillsAndDrains(LaneMemory laneMemory, byte[] message, int expected) {
        SpmcRingSender sender = laneMemory.spmcSender();
        SpmcRingReceiver receiver = laneMemory.spmcReceiver(0);
        for (int round = 0; round < 5; round++) {
            int accepted = 0;
            while (accepted <= SLOT_STATES && write(sender, message)) {
                accepted++;
            }
            assertEquals(expected, accepted);
            long progress = sender.receiverProgress();
            assertFalse(write(sender, message));
            assertEquals(progress, sender.receiverProgress());
            assertEquals(1, receiver.poll(new Received().handler, 1));
            assertTrue(write(sender, message));
            assertNotEquals(progress, sender.receiverProgress());
            assertFalse(write(sender, message));
            sender.verify();
            assertEquals(accepted, receiver.poll(new Received().handler, 1000));
            receiver.verify();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMessageKeepsItsSpaceUntilItsHandlerReturns(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpmcRingSender sender = laneMemory.spmcSender();
        SpmcRingReceiver other = laneMemory.spmcReceiver(2);
        byte[] first = message(1000, 1);
        byte[] small = message(80, 2);
        assertTrue(write(sender, first));
        int[] later = new int[1];
        int taken =
                laneMemory
                        .spmcReceiver(1)
                        .poll(
                                (memory, offset, length) -> {
                                    while (later[0] < SLOT_STATES && write(sender, small)) {
                                        later[0] += other.poll(new Received().handler, 2);
                                    }
                                    assertEquals(
                                            1,
                                            SpmcRingRecovery.takenBy(laneMemory.slotStates(), 1));
                                    assertArrayEquals(
                                            first,
                                            memory.asSlice(offset, length)
                                                    .toArray(ValueLayout.JAVA_BYTE));
                                },
                                1);
        assertEquals(1, taken);
        assertEquals((CAPACITY - 1000) / 80, later[0], "others went on until the ring was full");
        assertTrue(write(sender, small));
        assertEquals(0, SpmcRingRecovery.takenBy(laneMemory.slotStates(), 1));
    }

    @ParameterizedTest
    @EnumSource
    void aClaimIsSeenWhenItIsCommittedAndNeverWhenAborted(BackingMemory backingMemory) {
        LaneMemory laneMemory =
                backingMemory.allocateLane(CAPACITY).fromSequence(100, CAPACITY - 16);
        SpmcRingSender sender = laneMemory.spmcSender();
        SpmcRingReceiver receiver = laneMemory.spmcReceiver(1);
        Received received = new Received();
        for (int i = 0; i < 200; i++) {
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

    /** Compares a lane with a queue over many laps, with ends replaced at random. */
    @ParameterizedTest
    @EnumSource
    void behavesAsAQueueOverManyLaps(BackingMemory backingMemory) {
        for (long start : new long[] {1, 1L << 43, LAST_SEQUENCE - 5000}) {
            LaneMemory laneMemory =
                    backingMemory
                            .allocateLane(CAPACITY)
                            .fromSequence(start, (1L << 35) - 8 * CAPACITY);
            Random random = new Random(start);
            ArrayDeque<byte[]> expected = new ArrayDeque<>();
            SpmcRingSender sender = laneMemory.spmcSender();
            SpmcRingReceiver receiver = laneMemory.spmcReceiver(1);
            Received received = new Received();
            for (int step = 0; step < 20_000; step++) {
                int what = random.nextInt(20);
                if (what == 0) {
                    sender = laneMemory.spmcSender();
                } else if (what == 1) {
                    receiver = laneMemory.spmcReceiver(random.nextInt(5));
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
            for (int i = 0; i < 100 && receiver.poll(received.handler, 100) > 0; i++) {}
            assertEquals(expected.size(), received.messages.size());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandlerThatThrowsHasReceivedItsMessage(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpmcRingSender sender = laneMemory.spmcSender();
        SpmcRingReceiver receiver = laneMemory.spmcReceiver(1);
        for (int i = 0; i < 3; i++) {
            assertTrue(write(sender, (byte) i));
        }
        List<Byte> seen = new ArrayList<>();
        assertThrows(
                IllegalStateException.class,
                () ->
                        receiver.poll(
                                (memory, offset, length) -> {
                                    seen.add(memory.get(ValueLayout.JAVA_BYTE, offset));
                                    if (seen.size() == 2) {
                                        throw new IllegalStateException();
                                    }
                                },
                                10));
        Received received = new Received();
        assertEquals(1, laneMemory.spmcReceiver(2).poll(received.handler, 10));
        assertArrayEquals(new byte[] {2}, received.messages.get(0));
        assertEquals(List.of((byte) 0, (byte) 1), seen);
        assertEquals(0, SpmcRingRecovery.takenBy(laneMemory.slotStates(), 1));
        assertEquals(2, receiver.position());
    }

    @ParameterizedTest
    @EnumSource
    void aClosedSenderHasNoRoom(BackingMemory backingMemory) {
        LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
        SpmcRingSender sender = laneMemory.spmcSender();
        assertTrue(write(sender, (byte) 1));
        sender.close();
        assertFalse(write(sender, (byte) 2));
        assertEquals(-1, sender.tryClaim(0));
        assertEquals(8, laneMemory.control().getLong(LaneDescriptor.SENDER_POSITION_OFFSET));
    }

    @Test
    void anOwnerOrMemoryThatDoesNotFitIsRefused() {
        LaneMemory laneMemory = BackingMemory.HEAP.allocateLane(CAPACITY);
        for (int owner : new int[] {-1, SlotStateDescriptor.MAX_OWNER + 1}) {
            assertThrows(IllegalArgumentException.class, () -> laneMemory.spmcReceiver(owner));
        }
        LaneMemory small =
                new LaneMemory(laneMemory.control(), new HeapMemory(512), laneMemory.ring());
        assertThrows(IllegalArgumentException.class, small::spmcSender);
        assertThrows(IllegalArgumentException.class, () -> small.spmcReceiver(1));
    }
}
