package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.ChannelCorruptedException;
import io.sluice.fuzz.CountingMemory;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.memory.RingMemory.SegmentStore;
import io.sluice.ring.CrashableMemory.FaultInjector;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A peer that changes a word before each access of another end costs that end a small, bounded
 * number of accesses: on a truncated page each of them traps.
 */
@Timeout(30)
class BoundedRetriesTest {
    private static final int FEW = 4096;

    private final CountingMemory.Budget budget = new CountingMemory.Budget();

    private Memory contended(int size) {
        budget.set(FEW);
        budget.contend();
        return new CountingMemory(new HeapMemory(size), budget);
    }

    @Test
    void aBitOfAWordThatAlwaysChanges() {
        SharedBits bits = new SharedBits(contended(256), 0, 64);
        assertThrows(ChannelCorruptedException.class, () -> bits.set(3));
        assertTrue(
                budget.remaining() >= FEW - 2 * SharedBits.MAX_TRIES,
                "accesses: " + budget.remaining());
        assertFalse(bits.clear(3)); // The bit is clear: nothing to retry.
    }

    @Test
    void aHintThatAlwaysChanges() {
        Memory control = contended(1024);
        assertThrows(ChannelCorruptedException.class, () -> SpmcRingRecovery.lowerHint(control, 5));
        assertTrue(
                budget.remaining() >= FEW - 2 * SpmcRingRecovery.MAX_TRIES,
                "accesses: " + budget.remaining());
    }

    /** Another receiver always wins the race; this one polls for as many messages as possible. */
    @Test
    void messagesThatOthersAlwaysTakeFirst() {
        int capacity = 4096;
        Memory control = new HeapMemory(1024);
        Memory ring = HeapMemory.mirrored(capacity);
        int count = SlotStateDescriptor.count(capacity);
        Memory claims =
                new CountingMemory(new HeapMemory(count * SlotStateDescriptor.STRIDE), budget);
        SpmcRingSender sender = new SpmcRingSender(control, claims, ring);
        SpmcRingReceiver receiver = new SpmcRingReceiver(control, claims, ring, 0);
        assertTrue(sender.tryWrite(new byte[10], 0, 10));
        budget.set(4L * count);
        budget.contend();
        assertEquals(0, receiver.poll((memory, offset, length) -> {}, Integer.MAX_VALUE));
    }

    /** The segment table of a peer that grows, or claims to, at every read. */
    private final class GrowingTable extends CountingMemory {
        private final int entries;
        private final int state;
        private final long step;
        private boolean hostile;
        private long newest = 1;

        GrowingTable(HeapSegments segments, int state, long step) {
            super((HeapMemory) segments.table, budget);
            this.entries = (int) (segments.table.size() / SegmentWordDescriptor.LENGTH);
            this.state = state;
            this.step = step;
        }

        @Override
        public long getLongAcquire(long offset) {
            long word = super.getLongAcquire(offset);
            if (!hostile) {
                return word;
            }
            long index = offset / SegmentWordDescriptor.LENGTH & entries - 1;
            long least = Math.max(1, newest + step);
            long generation = least + (index - least & entries - 1);
            newest = Math.max(newest, generation);
            return SegmentWordDescriptor.word(generation, 0, 0, state);
        }
    }

    private static SegmentedRingReceiver receiver(HeapSegments segments, Memory table) {
        return new SegmentedRingReceiver(
                segments.control,
                table,
                segments.storeFor(new FaultInjector()),
                RingFlavors.spmc(false),
                0);
    }

    @Test
    void aSegmentedRingThatIsAlwaysAhead() {
        HeapSegments segments = new HeapSegments(8, 4096);
        GrowingTable table = new GrowingTable(segments, SegmentWordDescriptor.DONE, 1);
        SegmentedRingReceiver receiver = receiver(segments, table);
        table.hostile = true;
        budget.set(FEW);
        assertThrows(
                ChannelCorruptedException.class,
                () -> receiver.poll((memory, offset, length) -> {}, 1));
    }

    /** It is not reported as the end of the stream: {@code hasNext} returns true. */
    @Test
    void anEndlessSequenceOfEmptySegments() {
        HeapSegments segments = new HeapSegments(8, 4096);
        GrowingTable table = new GrowingTable(segments, SegmentWordDescriptor.LIVE, -3);
        SegmentedRingReceiver receiver = receiver(segments, table);
        table.hostile = true;
        budget.set(FEW);
        assertEquals(0, receiver.poll((memory, offset, length) -> {}, 1));
        budget.set(FEW);
        assertTrue(receiver.hasNext());
    }

    /** A lane of one ring, in which the messages that the sender drops become ready again. */
    @Test
    void messagesThatAreReadyAgainWhenTheyWereDropped() {
        int capacity = 4096;
        HeapMemory words =
                new HeapMemory(SlotStateDescriptor.count(capacity) * SlotStateDescriptor.STRIDE);
        Memory claims =
                new CountingMemory(words, budget) {
                    @Override
                    public boolean compareAndSetLong(long offset, long expected, long value) {
                        return getLongAcquire(offset) == expected;
                    }
                };
        Memory control = new HeapMemory(1024);
        RingMemory only = new RingMemory(control, claims, HeapMemory.mirrored(capacity), () -> {});
        SegmentStore store =
                new SegmentStore() {
                    @Override
                    public int slots() {
                        return 1;
                    }

                    @Override
                    public void allocate(int slot) {
                        throw new AssertionError("slot " + slot);
                    }

                    @Override
                    public void free(int slot) {
                        throw new AssertionError("slot " + slot);
                    }

                    @Override
                    public RingMemory map(int slot) {
                        return only;
                    }
                };
        Memory table = new HeapMemory(2 * SegmentWordDescriptor.LENGTH);
        SegmentWordDescriptor.linkFirst(table);
        SegmentedRingSender sender =
                new SegmentedRingSender(control, table, store, RingFlavors.spmc(true));
        byte[] message = new byte[capacity / 8];
        for (int i = 0; i < 8; i++) {
            assertTrue(sender.tryWrite(message, 0, message.length));
        }
        budget.set(FEW);
        assertFalse(sender.tryWrite(message, 0, message.length));
        assertFalse(sender.tryWrite(MemorySegment.ofArray(message), 0, message.length));
        assertEquals(-1, sender.tryClaim(message.length));
    }

    /** A peer marks the oldest ring as reusable again each time. */
    @Test
    void aGenerationThatIsNeverGone() {
        HeapSegments segments = new HeapSegments(8, 512);
        Memory table = new CountingMemory((HeapMemory) segments.table, budget);
        SegmentedRingSender sender =
                new SegmentedRingSender(
                        segments.control,
                        table,
                        segments.senderStore(new FaultInjector()),
                        RingFlavors.spmc(true));
        byte[] message = new byte[LaneDescriptor.maxPayloadLength(512)];
        for (int rings = 0; rings < FEW; rings++) {
            table.setLong(
                    SegmentWordDescriptor.LENGTH,
                    SegmentWordDescriptor.word(1, 0, 0, SegmentWordDescriptor.DONE));
            budget.set(256);
            assertTrue(sender.tryWrite(message, 0, message.length));
            budget.set(Long.MAX_VALUE);
        }
    }
}
