package io.sluice.ring;

import io.sluice.memory.Memory;
import java.io.IOException;

/**
 * The storage of a segmented lane: a fixed number of slots, each of which may have space for a
 * segment.
 *
 * <p>{@link SegmentTable} defines which endpoint may call which method for a slot.
 */
public interface SegmentStore {
    /**
     * Links the first slot, which is initialized, as the first generation of a lane that no peer
     * can see yet.
     *
     * @param table the words of its segment table
     * @param slots the number of its slots
     */
    static void linkFirst(Memory table, int slots) {
        new SegmentTable(table, slots).link(1, 0);
    }

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
