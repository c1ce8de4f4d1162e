package io.sluice.ring;

import io.sluice.InvalidPipeException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.memory.RingMemory.SegmentStore;
import java.io.IOException;
import java.util.function.ToLongFunction;

/**
 * A segmented lane as seen by a thread that is neither its sender nor its receiver, for recovery
 * and inspection. Maps each segment for the duration of one operation.
 *
 * <p>Any thread.
 */
final class SegmentedRing {
    private final SegmentTable table;
    private final SegmentStore store;

    /** Creates a view of a segmented ring. */
    public SegmentedRing(Memory table, SegmentStore store) {
        this.table = new SegmentTable(table, store.slots());
        this.store = store;
    }

    SegmentTable table() {
        return table;
    }

    /**
     * Applies a function to each segment in the list, oldest first; returns the sum of the results.
     */
    private long forEach(ToLongFunction<RingMemory> task) {
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

    /** Applies a function to one segment; returns 0 if it is not in the list any more. */
    long forOne(long generation, int slot, ToLongFunction<RingMemory> task) {
        try (RingMemory segment = store.map(slot)) {
            long result = task.applyAsLong(segment);
            MappingFault.poll();
            return result;
        } catch (IOException | InvalidPipeException e) {
            if (table.isLive(generation)) {
                throw MappingFault.ofFile("the segment of generation " + generation, e);
            }
            return 0; // It was received and retired meanwhile.
        }
    }

    /**
     * Makes the messages that a dead receiver had taken ready again, or drops them, and finishes
     * freeing the segments that it was freeing.
     *
     * @param owner the dead receiver's number; the caller holds its lock
     * @param redeliver whether its messages are redelivered; otherwise they are dropped
     * @return the number of messages made ready again or dropped
     */
    public int recover(int owner, boolean redeliver) {
        table.recover(owner, store);
        return (int)
                forEach(
                        segment ->
                                segment.slotStates() == null
                                        ? 0
                                        : SpmcRingRecovery.recover(
                                                segment.control(),
                                                segment.slotStates(),
                                                owner,
                                                redeliver));
    }

    /**
     * Counts the messages that a receiver has taken and not finished.
     *
     * @param owner the receiver's number
     * @return the number, which may be out of date
     */
    public int takenBy(int owner) {
        return (int)
                forEach(
                        segment ->
                                segment.slotStates() == null
                                        ? 0
                                        : SpmcRingRecovery.takenBy(segment.slotStates(), owner));
    }

    /**
     * Returns how often the messages that a receiver has taken and not finished were handed out
     * before.
     *
     * @param owner the receiver's number
     * @return the highest number
     */
    int attemptsOf(int owner) {
        int[] most = new int[1];
        forEach(
                segment -> {
                    if (segment.slotStates() != null) {
                        int attempts = SpmcRingRecovery.attemptsOf(segment.slotStates(), owner);
                        most[0] = Math.max(most[0], attempts);
                    }
                    return 0;
                });
        return most[0];
    }

    /**
     * Returns the positions of the lane's ends.
     *
     * @return a snapshot
     */
    public RingStats stats() {
        long[] sent = new long[1];
        long[] waiting = new long[1];
        long messages =
                forEach(
                        segment -> {
                            RingStats stats = RingStats.ofRing(segment);
                            sent[0] = Math.max(sent[0], stats.sent());
                            waiting[0] += stats.sent() - stats.received();
                            return Math.max(0, stats.messages());
                        });
        return new RingStats(sent[0], sent[0] - waiting[0], (int) messages);
    }

    /**
     * Returns the number of segments in the list.
     *
     * @return the number, at least 1
     */
    public int length() {
        return count(SegmentWordDescriptor.LIVE);
    }

    /**
     * Returns the number of segments that have space, in the list or not.
     *
     * @return the number, at least {@link #length}
     */
    public int allocatedSegments() {
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
