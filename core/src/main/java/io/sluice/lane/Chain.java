package io.sluice.lane;

import io.sluice.memory.Memory;
import java.io.IOException;
import java.util.function.ToLongFunction;

/**
 * A lane that grows, as somebody sees it who is neither of its ends: who recovers it, or looks at
 * it. Maps each segment for a moment.
 *
 * <p>Any thread.
 */
public final class Chain {
    private final SegmentTable table;
    private final SegmentStore store;

    /**
     * A chain.
     *
     * @param table the words of its segment table
     * @param store its slots
     */
    public Chain(Memory table, SegmentStore store) {
        this.table = new SegmentTable(table, store.slots());
        this.store = store;
    }

    /** Does something to each segment in the chain, from the oldest on; adds the results up. */
    private long forEach(ToLongFunction<Segment> task) {
        long sum = 0;
        long newest = table.newest();
        for (long g = Math.max(1, newest - table.entries() + 1); g <= newest; g++) {
            long word = table.word(g);
            if (SegmentTable.isLive(word, g)) {
                sum += forOne(g, SegmentWordDescriptor.slot(word), task);
            }
        }
        return sum;
    }

    private long forOne(long generation, int slot, ToLongFunction<Segment> task) {
        try (Segment segment = store.map(slot)) {
            long result = task.applyAsLong(segment);
            LostPage.settle();
            return result;
        } catch (IOException e) {
            if (table.isLive(generation)) {
                throw FileFailure.asException("the segment of generation " + generation, e);
            }
            return 0; // It was received meanwhile.
        }
    }

    /**
     * Gives back, or drops, what a dead receiver had taken; and the space that it was taking away.
     *
     * @param owner the receiver's number, whose lock is held
     * @param redeliver whether its messages are delivered again, or dropped
     * @return how many messages were given back, or dropped
     */
    public int recover(int owner, boolean redeliver) {
        table.recover(owner, store);
        return (int)
                forEach(
                        segment ->
                                segment.claims() == null
                                        ? 0
                                        : SharedLaneRecovery.recover(
                                                segment.control(),
                                                segment.claims(),
                                                owner,
                                                redeliver));
    }

    /**
     * How many messages a receiver has taken and not finished.
     *
     * @param owner the receiver's number
     * @return how many, now or a moment ago
     */
    public int takenBy(int owner) {
        return (int)
                forEach(
                        segment ->
                                segment.claims() == null
                                        ? 0
                                        : SharedLaneRecovery.takenBy(segment.claims(), owner));
    }

    /**
     * How far the lane's ends are.
     *
     * @return what was seen
     */
    public LaneGauge gauge() {
        long[] sent = new long[1];
        long[] waiting = new long[1];
        long messages =
                forEach(
                        segment -> {
                            LaneGauge gauge =
                                    segment.claims() == null
                                            ? LaneGauge.ofExclusive(
                                                    segment.control(), segment.ring())
                                            : LaneGauge.ofShared(
                                                    segment.control(), segment.claims());
                            sent[0] = Math.max(sent[0], gauge.sent());
                            waiting[0] += gauge.sent() - gauge.received();
                            return Math.max(0, gauge.messages());
                        });
        return new LaneGauge(sent[0], sent[0] - waiting[0], (int) messages);
    }

    /**
     * How many segments are in the chain.
     *
     * @return the number, at least 1
     */
    public int length() {
        return count(SegmentWordDescriptor.LIVE);
    }

    /**
     * How many segments have space, in the chain or not.
     *
     * @return the number, at least {@link #length}
     */
    public int allocated() {
        return length() + count(SegmentWordDescriptor.DONE) + count(SegmentWordDescriptor.FREEING);
    }

    private int count(int state) {
        int count = 0;
        for (int i = 0; i < table.entries(); i++) {
            if (SegmentWordDescriptor.state(table.word(i)) == state) {
                count++;
            }
        }
        return count;
    }
}
