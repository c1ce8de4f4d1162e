package io.sluice.memory;

import java.io.IOException;

/**
 * The memory of a ring as one end has mapped it: of a single ring, which may be a segment of a
 * segmented one, or of a segmented ring.
 *
 * @param control the control words
 * @param slotStates the message slots of a single ring, or the boundaries of a broadcast; null if
 *     it has neither
 * @param ring a single ring, mirrored
 * @param table the segment table of a segmented ring; else null
 * @param segments the slots of a segmented ring; else null
 * @param unmap the task that unmaps the memory
 */
public record RingMemory(
        Memory control,
        Memory slotStates,
        Memory ring,
        Memory table,
        SegmentStore segments,
        Runnable unmap)
        implements AutoCloseable {
    /**
     * Creates the memory of a single ring.
     *
     * @param control the control words
     * @param slotStates the message slots; null if it has none
     * @param ring the ring, mirrored
     * @param unmap the task that unmaps the memory
     */
    public RingMemory(Memory control, Memory slotStates, Memory ring, Runnable unmap) {
        this(control, slotStates, ring, null, null, unmap);
    }

    /**
     * Creates the memory of a segmented ring.
     *
     * @param control the control words
     * @param table the segment table
     * @param segments the slots
     * @param unmap the task that unmaps the memory
     */
    public RingMemory(Memory control, Memory table, SegmentStore segments, Runnable unmap) {
        this(control, null, null, table, segments, unmap);
    }

    /**
     * Tests whether this is a segmented ring.
     *
     * @return whether it has a segment table
     */
    public boolean isSegmented() {
        return table != null;
    }

    @Override
    public void close() {
        unmap.run();
    }

    /**
     * The storage of a segmented lane: a fixed number of slots, each of which may have space for a
     * segment.
     *
     * <p>{@code SegmentTable} defines which end may call which method for a slot.
     */
    public interface SegmentStore {
        /**
         * Returns the number of slots.
         *
         * @return the number, at least 2
         */
        int slots();

        /**
         * Allocates the space of a slot, and makes it a segment of this pipe. Earlier contents may
         * remain.
         *
         * @param slot the slot's index
         * @throws IOException if there is no space for it
         */
        void allocate(int slot) throws IOException;

        /**
         * Frees the space of a slot. If the file system does not support that, the slot keeps its
         * space.
         *
         * @param slot the slot's index
         */
        void free(int slot);

        /**
         * Maps a slot that has its space.
         *
         * @param slot the slot's index
         * @return the segment, which the caller closes
         * @throws io.sluice.InvalidPipeException if it is not a segment of this pipe
         * @throws IOException if it cannot be mapped
         */
        RingMemory map(int slot) throws IOException;
    }
}
