package io.sluice.ring;

import static io.sluice.ring.SlotStateDescriptor.RECORD_REF_OFFSET;
import static io.sluice.ring.SlotStateDescriptor.STRIDE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.Proof;
import io.sluice.ring.BackingMemory.LaneMemory;
import io.sluice.ring.BackingMemory.Received;
import io.sluice.ring.CrashableMemory.FaultInjector;
import io.sluice.ring.CrashableMemory.SimulatedCrash;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A lane with many receivers, in which a peer may have written any word. */
@Timeout(60)
class SpmcRingCorruptionTest {
    private static final int CAPACITY = 4096;
    private static final int ROUNDS = Proof.size(2_500, 10_000);
    private static final int SLOT_STATES = 64;
    private static final int SENT = 10;
    private static final MessageHandler IGNORE = (memory, offset, length) -> {};

    /** Ten messages, the first with the given sequence. */
    private static SpmcRingSender sendTen(LaneMemory laneMemory, long sequence) {
        laneMemory.fromSequence(sequence, 800);
        SpmcRingSender sender = laneMemory.spmcSender();
        for (int i = 0; i < SENT; i++) {
            assertTrue(sender.tryWrite(new byte[16], 0, 16));
        }
        return sender;
    }

    /** Returns words that are invalid for the sixth message, sequence 1005. */
    private static long[] wrongWords() {
        long ready = SlotStateDescriptor.ready(1005, 0);
        return new long[] {
            SlotStateDescriptor.ready(1006, 0), // Of another message slot.
            SlotStateDescriptor.done(1004),
            ready | 3L << SlotStateDescriptor.STATE_SHIFT, // In an undefined state.
            ready | SLOT_STATES, // Ready, with an index that no batch has.
            SlotStateDescriptor.done(1005) | 1, // Done, with an owner.
            SlotStateDescriptor.done(1005) | 1L << SlotStateDescriptor.ATTEMPTS_SHIFT,
            SlotStateDescriptor.ready(1005 + SLOT_STATES, 0), // A lap ahead of its neighbors.
            SlotStateDescriptor.done(1005 + (1L << 40)),
            -1,
        };
    }

    @ParameterizedTest
    @EnumSource
    void aReceiverRefusesAWordThatNoEndWrites(BackingMemory backingMemory) {
        for (long wrong : wrongWords()) {
            LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
            sendTen(laneMemory, 1000);
            laneMemory.slotStates().setLong(1005 * STRIDE, wrong);
            SpmcRingReceiver receiver = laneMemory.spmcReceiver(1);
            assertThrows(ChannelCorruptedException.class, receiver::verify);
            assertEquals(5, receiver.poll(IGNORE, 5), "what comes before it is good");
            for (int i = 0; i < 3; i++) { // The error is permanent.
                String what = Long.toHexString(wrong);
                assertThrows(
                        ChannelCorruptedException.class, () -> receiver.poll(IGNORE, 10), what);
                assertThrows(ChannelCorruptedException.class, receiver::verify, what);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aSenderRefusesAWordThatNoReceiverWrites(BackingMemory backingMemory) {
        long[] wrongWords = wrongWords();
        for (int i = -2; i < wrongWords.length; i++) {
            long earlier = 1005 - SLOT_STATES;
            long wrong = i < 0 ? i == -1 ? 0 : SlotStateDescriptor.done(earlier) : wrongWords[i];
            LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
            SpmcRingSender sender = sendTen(laneMemory, 1000);
            SpmcRingReceiver receiver = laneMemory.spmcReceiver(1);
            assertEquals(5, receiver.poll(IGNORE, 5));
            laneMemory.slotStates().setLong(1005 * STRIDE, wrong);
            assertThrows(ChannelCorruptedException.class, sender::verify);
            assertThrows(ChannelCorruptedException.class, () -> sender.tryWrite(big(), 0, 4000));
            assertThrows(ChannelCorruptedException.class, laneMemory::spmcSender);
        }
    }

    /** A message that is acknowledged later belongs to its receiver until then. */
    @ParameterizedTest
    @EnumSource
    void anAcknowledgementRefusesAWordThatItsReceiverDidNotWrite(BackingMemory backingMemory) {
        long[] wrongWords = wrongWords();
        for (int i = -3; i < wrongWords.length; i++) {
            LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
            sendTen(laneMemory, 1000);
            ControlledBatch batch = ControlledBatch.keeping();
            List<Long> tags = new ArrayList<>();
            batch.start((tag, memory, offset, length) -> tags.add(tag));
            assertEquals(10, laneMemory.spmcReceiver(1).controlledPoll(batch, 20));
            long ready = SlotStateDescriptor.ready(1005, 0);
            long wrong =
                    i == -3
                            ? ready
                            : i == -2
                                    ? SlotStateDescriptor.taken(ready, 2)
                                    : i == -1 ? SlotStateDescriptor.done(1005) : wrongWords[i];
            laneMemory.slotStates().setLong(1005 * STRIDE, wrong);
            assertThrows(ChannelCorruptedException.class, () -> batch.acknowledge(tags.get(5)));
            assertEquals(wrong, laneMemory.slotStates().getLong(1005 * STRIDE), "not written");
            assertThrows(IllegalStateException.class, () -> batch.acknowledge(tags.get(5)));
            batch.acknowledge(tags.get(4));
            assertEquals(8, batch.unacknowledged());
        }
    }

    private static byte[] big() {
        return new byte[4000];
    }

    @ParameterizedTest
    @EnumSource
    void anInvalidRecordReferenceIsRefused(BackingMemory backingMemory) {
        long position = 800 + 5 * 16;
        for (long wrong :
                new long[] {
                    0,
                    RecordDescriptor.word(position, 16) & ~RecordDescriptor.COMMITTED_FLAG,
                    RecordDescriptor.word(position, CAPACITY),
                    RecordDescriptor.word(position, 16) | 1L << 30,
                    -1,
                }) {
            LaneMemory laneMemory = backingMemory.allocateLane(CAPACITY);
            sendTen(laneMemory, 1000);
            laneMemory.slotStates().setLong(1005 * STRIDE + RECORD_REF_OFFSET, wrong);
            SpmcRingReceiver receiver = laneMemory.spmcReceiver(1);
            assertThrows(ChannelCorruptedException.class, () -> receiver.poll(IGNORE, 10));
            assertEquals(5, receiver.position());
            assertEquals(
                    0, SpmcRingRecovery.takenBy(laneMemory.slotStates(), 1), "it is not taken");
            assertThrows(ChannelCorruptedException.class, laneMemory::spmcSender);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {800 + 4 * 16, 800 + 5 * 16 - 8, 800 + 5 * 16 + 8, 0, 1L << 34})
    void aSenderRefusesRecordsThatDoNotLieEndToEnd(long position) {
        LaneMemory laneMemory = BackingMemory.HEAP.allocateLane(CAPACITY);
        sendTen(laneMemory, 1000);
        laneMemory
                .slotStates()
                .setLong(1005 * STRIDE + RECORD_REF_OFFSET, RecordDescriptor.word(position, 16));
        assertThrows(ChannelCorruptedException.class, laneMemory::spmcSender);
    }

    @Test
    void aSenderRefusesRecordsThatAreMoreThanTheRing() {
        LaneMemory laneMemory = BackingMemory.HEAP.allocateLane(CAPACITY);
        sendTen(laneMemory, 1000);
        long position = 800;
        for (int i = 0; i < SENT; i++, position += 416) {
            laneMemory
                    .slotStates()
                    .setLong(
                            (1000 + i) * STRIDE + RECORD_REF_OFFSET,
                            RecordDescriptor.word(position, 416));
        }
        assertThrows(ChannelCorruptedException.class, laneMemory::spmcSender);
    }

    /** For any bit and any value, the message is received, at the latest after a check. */
    @ParameterizedTest
    @ValueSource(longs = {1, 1000, (1L << 43) - 3, SlotStateDescriptor.SEQUENCE_MASK - 3})
    void aCorruptedHintIsRepaired(long sequence) {
        Random random = new Random(sequence);
        for (int i = 0; i < 300; i++) {
            LaneMemory laneMemory = BackingMemory.HEAP.allocateLane(CAPACITY);
            SpmcRingSender sender = sendTen(laneMemory, sequence);
            SpmcRingReceiver receiver = laneMemory.spmcReceiver(1);
            int before = i % (SENT + 1);
            assertEquals(before, receiver.poll(IGNORE, before));
            long hint = laneMemory.control().getLong(LaneDescriptor.HINT_OFFSET);
            long spoiled = i < 128 ? hint ^ 1L << i % 64 : random.nextLong();
            laneMemory.control().setLong(LaneDescriptor.HINT_OFFSET, spoiled);
            int received = 0;
            for (SpmcRingReceiver end : new SpmcRingReceiver[] {receiver, other(laneMemory)}) {
                for (int n = 0; n < 3; n++) {
                    received += end.poll(IGNORE, 100);
                    end.verify();
                }
            }
            assertEquals(SENT - before, received, () -> "hint 0x" + Long.toHexString(spoiled));
            assertTrue(sender.tryWrite(new byte[8], 0, 8));
            assertEquals(1, receiver.poll(IGNORE, 100), "and what is sent later");
        }
    }

    private static SpmcRingReceiver other(LaneMemory laneMemory) {
        return laneMemory.spmcReceiver(2);
    }

    @Test
    void aHintThatIsRightIsLeftAlone() {
        LaneMemory laneMemory = BackingMemory.HEAP.allocateLane(CAPACITY);
        laneMemory.spmcReceiver(1).verify();
        sendTen(laneMemory, 1000);
        for (int i = 0; i <= SENT; i++) {
            long hint = laneMemory.control().getLong(LaneDescriptor.HINT_OFFSET);
            laneMemory.spmcReceiver(1).verify();
            assertEquals(hint, laneMemory.control().getLong(LaneDescriptor.HINT_OFFSET));
            laneMemory.spmcReceiver(1).poll(IGNORE, 1);
        }
    }

    /** With any words anywhere, a call returns or reports corruption in bounded time. */
    @Test
    void whateverAPeerWritesEveryCallReturnsOrThrowsAsItSays() {
        Random random = new Random(1);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            LaneMemory laneMemory = BackingMemory.HEAP.allocateLane(CAPACITY);
            SpmcRingSender sender = sendTen(laneMemory, 1 + random.nextInt(2000));
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                overwriteWord(laneMemory, random);
            }
            refused += refused(() -> sender.tryWrite(new byte[4000], 0, 4000));
            refused += refused(sender::verify);
            refused += refused(laneMemory::spmcSender);
            refused += refused(() -> pollBounded(laneMemory, 5));
            refused += refused(() -> laneMemory.spmcReceiver(2).hasNext());
            refused += refused(() -> laneMemory.spmcReceiver(2).verify());
            SpmcRingRecovery.recover(laneMemory.control(), laneMemory.slotStates(), 3, true);
            refused += refused(() -> laneMemory.spmcReceiver(2).poll(new Received().handler, 1000));
        }
        assertTrue(refused > ROUNDS / 2, "only " + refused + " refusals");
    }

    private static void overwriteWord(LaneMemory laneMemory, Random random) {
        long offset = random.nextInt(SLOT_STATES) * (long) STRIDE;
        long word = laneMemory.slotStates().getLong(offset);
        switch (random.nextInt(5)) {
            case 0 -> laneMemory.slotStates().setLong(offset, random.nextLong());
            case 1 -> laneMemory.slotStates().setLong(offset, word ^ 1L << random.nextInt(64));
            case 2 ->
                    laneMemory
                            .slotStates()
                            .setLong(offset, word + ((long) random.nextInt() * SLOT_STATES << 20));
            case 3 ->
                    laneMemory.slotStates().setLong(offset + RECORD_REF_OFFSET, random.nextLong());
            default -> laneMemory.control().setLong(LaneDescriptor.HINT_OFFSET, random.nextLong());
        }
    }

    /**
     * Polls with at most twice the count plus the limit of words, and three accesses per message.
     */
    private static void pollBounded(LaneMemory laneMemory, int limit) {
        FaultInjector faultInjector = new FaultInjector();
        CrashableMemory claims = new CrashableMemory(laneMemory.slotStates(), faultInjector);
        SpmcRingReceiver receiver =
                new SpmcRingReceiver(laneMemory.control(), claims, laneMemory.ring(), 1);
        faultInjector.crashAfter(2 * SLOT_STATES + limit + 3 * limit);
        receiver.poll(IGNORE, limit);
    }

    private static int refused(Runnable call) {
        try {
            call.run();
            return 0;
        } catch (ChannelCorruptedException e) {
            assertFalse(e.getMessage().isBlank());
            return 1;
        } catch (SimulatedCrash e) {
            throw new AssertionError("too many accesses", e);
        }
    }
}
