package io.sluice.lane;

import io.sluice.memory.Memory;

/**
 * A piece of a lane that grows: a ring with control words of its own, as one end has it mapped.
 *
 * @param control the ring's control words
 * @param claims its claims; null if the lane has one receiver
 * @param ring the ring, mirrored
 * @param unmap what takes the memory away again
 */
public record Segment(Memory control, Memory claims, Memory ring, Runnable unmap)
        implements AutoCloseable {
    @Override
    public void close() {
        unmap.run();
    }
}
