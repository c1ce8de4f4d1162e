package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.ring.BackingMemory.LaneMemory;
import io.sluice.ring.BackingMemory.Received;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A lane that holds only an offer, used by one thread. */
class RendezvousLaneTest {
    private static final int CAPACITY = 4096;
    private static final int LONGEST = CAPACITY - 16;

    private LaneMemory laneMemory;
    private RendezvousLaneSender sender;
    private RendezvousLaneReceiver receiver;
    private final Received received = new Received();

    private void make(BackingMemory kind) {
        laneMemory = kind.allocateLane(CAPACITY);
        sender = new RendezvousLaneSender(laneMemory.control(), laneMemory.ring());
        receiver = new RendezvousLaneReceiver(laneMemory.control(), laneMemory.ring());
    }

    private int poll() {
        return receiver.poll(received.handler, 10);
    }

    private long word() {
        return laneMemory.ring().getLong(OfferDescriptor.WORD_OFFSET);
    }

    @ParameterizedTest
    @EnumSource
    void anOfferIsReceivedOnce(BackingMemory kind) {
        make(kind);
        assertFalse(receiver.hasNext());
        assertEquals(0, poll());
        for (int length : new int[] {0, 1, 48, 49, 1025, LONGEST}) {
            byte[] message = NumberedMessage.of(length, Math.max(0, length - 4));
            byte[] exact = Arrays.copyOf(message, length);
            assertTrue(sender.tryWrite(exact, 0, length));
            assertEquals(length, sender.offeredLength());
            assertFalse(sender.isReceived());
            assertTrue(receiver.hasNext());
            assertEquals(1, poll());
            assertFalse(receiver.hasNext());
            assertEquals(0, poll());
            assertTrue(sender.isReceived());
            assertArrayEquals(exact, received.messages.remove(0));
        }
        assertEquals(6, receiver.position());
        assertEquals(6, sender.receiverProgress());
        assertEquals(1 + 48 + 49 + 1025 + LONGEST, sender.position());
    }

    @ParameterizedTest
    @EnumSource
    void aRetractedOfferIsNotReceived(BackingMemory kind) {
        make(kind);
        assertTrue(sender.tryWrite(new byte[8], 0, 8));
        assertTrue(sender.retract());
        assertFalse(receiver.hasNext());
        assertEquals(0, poll());
        assertEquals(0, sender.receiverProgress(), "an offer in vain is no progress");
        assertEquals(0, sender.position());
        assertTrue(sender.tryWrite(MemorySegment.ofArray(new byte[16]), 0, 16));
        assertEquals(1, poll());
        assertFalse(sender.retract(), "it was received");
        assertEquals(1, sender.receiverProgress());
        assertEquals(16, received.messages.get(0).length);
        assertEquals(SlotStateDescriptor.done(2), word(), "each offer has its own sequence");
    }

    /** An offer left by a failure between offering and waiting is retracted by the next send. */
    @ParameterizedTest
    @EnumSource
    void theNextMessageRetractsAPendingOffer(BackingMemory kind) {
        make(kind);
        assertTrue(sender.tryWrite(new byte[8], 0, 8));
        assertTrue(sender.tryWrite(new byte[9], 0, 9));
        assertEquals(1, poll());
        assertEquals(9, received.messages.get(0).length);
        assertTrue(sender.tryWrite(new byte[10], 0, 10));
        sender.close();
        assertEquals(0, poll());
        assertFalse(sender.tryWrite(new byte[8], 0, 8), "closed");
    }

    @ParameterizedTest
    @EnumSource
    void aClaimIsSeenWhenItIsCommittedAndNeverWhenAborted(BackingMemory kind) {
        make(kind);
        long offset = sender.tryClaim(8);
        assertEquals(OfferDescriptor.PAYLOAD_OFFSET, offset);
        assertEquals(-1, sender.tryClaim(8));
        assertFalse(sender.tryWrite(new byte[8], 0, 8));
        sender.ring().bytes().set(ValueLayout.JAVA_LONG_UNALIGNED, offset, 42);
        assertEquals(0, poll());
        sender.abort();
        assertEquals(0, poll());
        offset = sender.tryClaim(8);
        sender.ring().bytes().set(ValueLayout.JAVA_LONG_UNALIGNED, offset, 43);
        sender.commit(8);
        assertEquals(1, poll());
        assertEquals(43, received.messages.get(0)[0]);
    }

    @ParameterizedTest
    @EnumSource
    void theHandlerRunsAfterTheSenderWasNotified(BackingMemory kind) {
        make(kind);
        assertTrue(sender.tryWrite(new byte[] {1, 2}, 0, 2));
        receiver.poll(
                (memory, offset, length) -> {
                    assertTrue(sender.isReceived());
                    assertTrue(sender.tryWrite(new byte[] {3, 4, 5}, 0, 3));
                    assertEquals(2, length);
                    assertEquals(1, memory.get(ValueLayout.JAVA_BYTE, offset), "a private copy");
                    assertTrue(memory.isReadOnly());
                    assertEquals(0, receiver.deliveryAttempt());
                },
                1);
        assertThrows(
                IllegalStateException.class,
                () ->
                        receiver.poll(
                                (memory, offset, length) -> {
                                    throw new IllegalStateException();
                                },
                                1));
        assertTrue(sender.isReceived(), "the message for which it throws counts as received");
        assertEquals(2, receiver.position());
    }

    @ParameterizedTest
    @EnumSource
    void aSenderGoesOnWhereTheLastOneStopped(BackingMemory kind) {
        make(kind);
        assertTrue(sender.tryWrite(new byte[7], 0, 7));
        assertEquals(1, poll());
        assertTrue(sender.isReceived());
        assertTrue(sender.tryWrite(new byte[8], 0, 8)); // The sender dies.
        sender = new RendezvousLaneSender(laneMemory.control(), laneMemory.ring());
        assertEquals(7, sender.position());
        assertEquals(0, poll(), "it was taken back");
        assertTrue(sender.tryWrite(new byte[9], 0, 9));
        assertEquals(SlotStateDescriptor.ready(3, 0), word());
        RendezvousLaneSender.recover(laneMemory.ring());
        RendezvousLaneSender.recover(laneMemory.ring());
        assertEquals(SlotStateDescriptor.done(3), word());
        assertEquals(0, poll());
    }

    @ParameterizedTest
    @EnumSource
    void sequencesWrapAround(BackingMemory kind) {
        make(kind);
        laneMemory.ring().setLong(0, SlotStateDescriptor.done((1L << 44) - 2));
        sender = new RendezvousLaneSender(laneMemory.control(), laneMemory.ring());
        for (int i = 0; i < 5; i++) {
            assertTrue(sender.tryWrite(new byte[8], 0, 8));
            assertEquals(1, poll());
            assertTrue(sender.isReceived());
            assertTrue(sender.tryWrite(new byte[8], 0, 8));
            assertTrue(sender.retract());
        }
        assertEquals(SlotStateDescriptor.done(8), word());
    }

    @ParameterizedTest
    @EnumSource
    void aWordThatNoEndWritesIsRefused(BackingMemory kind) {
        for (long word :
                new long[] {
                    1,
                    SlotStateDescriptor.ready(1, 1),
                    SlotStateDescriptor.ready(1, 0) | 1,
                    SlotStateDescriptor.taken(SlotStateDescriptor.ready(1, 0), 0),
                    SlotStateDescriptor.done(1) | 3L << SlotStateDescriptor.STATE_SHIFT,
                    -1
                }) {
            make(kind);
            laneMemory.ring().setLong(0, word);
            String message = assertThrows(ChannelCorruptedException.class, this::poll).getMessage();
            assertTrue(message.contains(String.format("0x%016x", word)), message);
            assertThrows(ChannelCorruptedException.class, receiver::hasNext);
            assertThrows(
                    ChannelCorruptedException.class,
                    () -> new RendezvousLaneSender(laneMemory.control(), laneMemory.ring()));
            assertEquals(word, word(), "left alone");
            make(kind);
            assertTrue(sender.tryWrite(new byte[8], 0, 8));
            laneMemory.ring().setLong(0, word);
            assertThrows(ChannelCorruptedException.class, sender::isReceived);
            assertThrows(ChannelCorruptedException.class, sender::retract);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSenderRefusesAnotherSequenceThanItsOwn(BackingMemory kind) {
        for (long word :
                new long[] {
                    SlotStateDescriptor.done(0),
                    SlotStateDescriptor.done(2),
                    SlotStateDescriptor.ready(2, 0)
                }) {
            make(kind);
            assertTrue(sender.tryWrite(new byte[8], 0, 8));
            laneMemory.ring().setLong(0, word);
            assertThrows(ChannelCorruptedException.class, sender::isReceived);
            assertThrows(ChannelCorruptedException.class, sender::retract);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLengthThatDoesNotFitIsRefusedBeforeItIsTaken(BackingMemory kind) {
        for (long length : new long[] {-1, LONGEST + 1, 1L << 32, Long.MIN_VALUE}) {
            make(kind);
            assertTrue(sender.tryWrite(new byte[8], 0, 8));
            laneMemory.ring().setLong(OfferDescriptor.LENGTH_OFFSET, length);
            assertThrows(ChannelCorruptedException.class, this::poll);
            assertEquals(SlotStateDescriptor.ready(1, 0), word());
        }
    }
}
