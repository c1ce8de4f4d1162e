package io.sluice.ring;

import io.sluice.MessageHandler;
import io.sluice.memory.RingMemory;
import io.sluice.ring.RingFlavor.LanePeek;

/**
 * The messages of a lane that wait or are being received, as a {@link RingPeek} reads them: from
 * its ring, or from one ring of a segmented lane after the other.
 */
final class WaitingMessages implements LanePeek {
    private final RingMemory lane;
    private final SegmentedRing rings; // Null if the lane is one ring.
    private final RingPeek peek;
    private final int prefix;
    private long generation; // All earlier rings were read to their end.

    WaitingMessages(RingMemory lane, RingFlavor flavor) {
        this.lane = lane;
        this.rings = lane.isSegmented() ? new SegmentedRing(lane.table(), lane.segments()) : null;
        this.peek =
                switch (flavor.protocol()) {
                    case RENDEZVOUS -> new RendezvousPeek();
                    case SPMC -> new SpmcRingPeek();
                    case SPSC, BROADCAST -> new SpscRingPeek();
                };
        this.prefix = flavor.timestamped() ? TimestampedLaneSender.TIMESTAMP_LENGTH : 0;
    }

    @Override
    public int peek(MessageHandler handler, int limit) {
        MessageHandler messages = prefix == 0 ? handler : withoutTimestamps(handler);
        if (rings == null) {
            return peek.peek(lane, () -> true, messages, limit);
        }
        SegmentTable table = rings.table();
        long newest = table.newest();
        int count = 0;
        for (long g = Math.max(Math.max(1, generation), newest - table.entries() + 1);
                g <= newest && count < limit;
                g++) {
            long read = g;
            int rest = limit - count;
            boolean sealed = table.isLinked(g + 1); // Before it is read: nothing is sent after it.
            long word = table.word(g);
            int found =
                    SegmentTable.isLive(word, g)
                            ? (int)
                                    rings.forOne(
                                            g,
                                            SegmentWordDescriptor.slot(word),
                                            ring ->
                                                    peek.peek(
                                                            ring,
                                                            () -> table.isLive(read),
                                                            messages,
                                                            rest))
                            : 0;
            count += found;
            if (sealed && found < rest) {
                generation = g + 1;
            }
        }
        return count;
    }

    /** A sender that is corrupt may have sent less than a timestamp. */
    private MessageHandler withoutTimestamps(MessageHandler handler) {
        return (memory, offset, length) ->
                handler.onMessage(memory, offset + prefix, Math.max(0, length - prefix));
    }

    @Override
    public boolean isTaken() {
        return peek.isTaken();
    }

    @Override
    public long missedBytes() {
        return peek.missedBytes;
    }
}
