package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.InvalidPipeException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.memory.RingMemory.SegmentStore;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * The segments of a lane that a receiver has mapped: the most recently used ones, and those in
 * which it has taken messages that are not acknowledged.
 *
 * <p>One thread at a time.
 */
final class SegmentCache {
    private final SegmentTable table;
    private final SegmentStore store;
    private final RingFlavor flavor;
    private final int owner;
    private final Memory laneControl;
    private CachedSegment[] cached =
            new CachedSegment[SegmentPool.MAX_MAPPED]; // Most recently used first.
    private CachedSegment pinned;

    SegmentCache(
            SegmentTable table,
            SegmentStore store,
            RingFlavor flavor,
            int owner,
            Memory laneControl) {
        this.laneControl = laneControl;
        this.table = table;
        this.store = store;
        this.flavor = flavor;
        this.owner = owner;
    }

    /** A mapped segment, and the generation that its slot held when it was last used. */
    private final class CachedSegment implements BooleanSupplier {
        private final int slot;
        private final RingMemory segment;
        private final RingReceiver receiver;
        private long generation;

        private CachedSegment(int slot, long generation) throws IOException {
            this.slot = slot;
            this.generation = generation;
            this.segment = store.map(slot);
            this.receiver = flavor.ringReceiver(segment, owner, this, laneControl);
        }

        @Override
        public boolean getAsBoolean() {
            return table.isLive(generation);
        }
    }

    /**
     * Returns the receiver of a generation's ring.
     *
     * @return the receiver; null if the generation is no longer in the list
     */
    RingReceiver receiver(long generation) {
        CachedSegment found = cached(generation);
        if (found == null) {
            return null;
        }
        if (found.generation != generation) {
            found.generation = generation;
            found.receiver.restart();
        }
        return found.receiver;
    }

    /** Does the same as {@link #receiver}; the segment stays mapped until another one is kept. */
    RingReceiver pin(long generation) {
        RingReceiver receiver = receiver(generation);
        pinned = receiver == null ? pinned : cached[0];
        return receiver;
    }

    /**
     * Tests, by the words of its ring alone, whether all messages of a sealed generation were
     * received. A generation that is no longer in the list counts as received.
     */
    boolean isReceived(long generation) {
        CachedSegment found = cached(generation);
        return found == null || flavor.isReceived(found.segment);
    }

    /**
     * Returns a generation's segment, and maps it if necessary. If there are too many, unmaps the
     * least recently used one that is neither the kept one nor holds messages of this end.
     */
    private CachedSegment cached(long generation) {
        long word = table.word(generation);
        if (!SegmentTable.isLive(word, generation)) {
            return null;
        }
        int slot = SegmentWordDescriptor.slot(word);
        int i = 0;
        while (i < cached.length - 1 && cached[i] != null && cached[i].slot != slot) {
            i++;
        }
        CachedSegment found = cached[i];
        if (found == null || found.slot != slot) {
            found = map(slot, generation);
            if (found == null) {
                return null;
            }
            if (cached[i] != null) {
                i = unmapOne();
            }
        }
        System.arraycopy(cached, 0, cached, 1, i);
        cached[0] = found;
        return found;
    }

    /** Makes room for one more segment; returns the index up to which others move. */
    private int unmapOne() {
        for (int i = cached.length - 1; i >= 0; i--) {
            if (cached[i] != pinned && !holdsMessages(cached[i].receiver)) {
                cached[i].segment.close();
                return i;
            }
        }
        int full = cached.length;
        cached = Arrays.copyOf(cached, 2 * full);
        return full;
    }

    /**
     * Tests whether this end has messages there, which other threads may be reading. Does not read
     * the segment: if its space was freed, reading would allocate it again.
     */
    private static boolean holdsMessages(RingReceiver receiver) {
        return receiver instanceof SpmcRingReceiver shared && shared.keepsMessages();
    }

    private CachedSegment map(int slot, long generation) {
        try {
            return new CachedSegment(slot, generation);
        } catch (IOException | ChannelCorruptedException | InvalidPipeException e) {
            if (table.isLive(generation)) {
                throw e instanceof ChannelCorruptedException corrupted
                        ? corrupted
                        : MappingFault.ofFile("the segment of generation " + generation, e);
            }
            return null; // Received, and its slot reused, in the meantime.
        }
    }
}
