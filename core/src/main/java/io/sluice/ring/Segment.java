package io.sluice.ring;

import io.sluice.memory.Memory;

/**
 * A segment of a segmented lane: a ring with its own control words, as one endpoint has mapped it.
 *
 * @param control the ring's control words
 * @param slotStates the ring's message slots; null if it has none
 * @param ring the ring, mirrored
 * @param unmap the task that unmaps the memory
 */
public record Segment(Memory control, Memory slotStates, Memory ring, Runnable unmap)
        implements AutoCloseable {
    @Override
    public void close() {
        unmap.run();
    }
}
