package io.sluice.lane;

import java.io.IOException;

/**
 * The space of a lane that grows: so many slots, each of which may have space for a segment.
 *
 * <p>Who may call what about a slot, {@link SegmentTable} says.
 */
public interface SegmentStore {
    /**
     * How many slots there are.
     *
     * @return the number, at least 2
     */
    int slots();

    /**
     * How much space a slot takes once it is allocated.
     *
     * @return in bytes
     */
    long slotLength();

    /**
     * Gives a slot its space, and makes it a segment of this pipe. What it held, it may hold still.
     *
     * @param slot which one
     * @throws IOException if there is no space for it
     */
    void allocate(int slot) throws IOException;

    /**
     * Takes a slot's space away again. Where the file system cannot do that it keeps it.
     *
     * @param slot which one
     */
    void free(int slot);

    /**
     * Maps a slot that has its space.
     *
     * @param slot which one
     * @return the segment, to be closed
     * @throws io.sluice.InvalidPipeException if it is no segment of this pipe
     * @throws IOException if it cannot be mapped
     */
    Segment map(int slot) throws IOException;
}
