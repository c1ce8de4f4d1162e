package io.sluice.lane;

import io.sluice.ChannelCorruptedException;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * The segments of a lane that a receiver has mapped: the most recently used ones.
 *
 * <p>One thread at a time.
 */
final class ReceiverSlots {

    private final SegmentTable table;
    private final SegmentStore store;
    private final RingKind kind;
    private final Open[] open = new Open[SenderSlots.MAPPED]; // Most recently used first.
    private Open kept;

    ReceiverSlots(SegmentTable table, SegmentStore store, RingKind kind) {
        this.table = table;
        this.store = store;
        this.kind = kind;
    }

    /** A mapped segment, and the generation that its slot held when it was last used. */
    private final class Open implements BooleanSupplier {
        private final int slot;
        private final Segment segment;
        private final RingReceiver receiver;
        private long generation;

        private Open(int slot, long generation) throws IOException {
            this.slot = slot;
            this.generation = generation;
            this.segment = store.map(slot);
            this.receiver = kind.receiver(segment, this);
        }

        @Override
        public boolean getAsBoolean() {
            return table.isLive(generation);
        }
    }

    /**
     * Returns the receiver of a generation's ring.
     *
     * @return the receiver; null if the generation is no longer in the chain
     */
    RingReceiver receiver(long generation) {
        Open found = open(generation);
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
    RingReceiver keep(long generation) {
        RingReceiver receiver = receiver(generation);
        kept = receiver == null ? kept : open[0];
        return receiver;
    }

    /**
     * Tests, by the words of its ring alone, whether all messages of a sealed generation were
     * received. A generation that is no longer in the chain counts as received.
     */
    boolean isReceived(long generation) {
        Open found = open(generation);
        return found == null || kind.isReceived(found.segment);
    }

    /**
     * Returns a generation's segment, and maps it if necessary. If there are too many, unmaps the
     * least recently used one that is not the kept one.
     */
    private Open open(long generation) {
        long word = table.word(generation);
        if (!SegmentTable.isLive(word, generation)) {
            return null;
        }
        int slot = SegmentWordDescriptor.slot(word);
        int i = 0;
        while (i < open.length - 1 && open[i] != null && open[i].slot != slot) {
            i++;
        }
        Open found = open[i];
        if (found == null || found.slot != slot) {
            found = map(slot, generation);
            if (found == null) {
                return null;
            }
            if (open[i] != null) {
                if (open[i] == kept) {
                    open[i] = open[i - 1];
                    open[i - 1] = kept;
                }
                open[i].segment.close();
            }
        }
        System.arraycopy(open, 0, open, 1, i);
        open[0] = found;
        return found;
    }

    private Open map(int slot, long generation) {
        try {
            return new Open(slot, generation);
        } catch (IOException | ChannelCorruptedException e) {
            if (table.isLive(generation)) {
                throw e instanceof ChannelCorruptedException corrupted
                        ? corrupted
                        : FileFailure.asException(
                                "the segment of generation " + generation, (IOException) e);
            }
            return null; // Received, and its slot reused, in the meantime.
        }
    }
}
