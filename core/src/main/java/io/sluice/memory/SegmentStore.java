package io.sluice.memory;

import java.io.IOException;

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
