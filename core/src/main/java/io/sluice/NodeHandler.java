package io.sluice;

import java.lang.foreign.MemorySegment;

/** Handles the messages and requests that a {@link Node} receives. */
@FunctionalInterface
public interface NodeHandler {
    /**
     * Handles a message, in place.
     *
     * @param message who sent it, and how to reply; valid until this method returns
     * @param memory a read-only segment that contains the message; valid until this method returns
     * @param offset the message's offset in the segment
     * @param length the message's length in bytes
     */
    void onMessage(NodeMessage message, MemorySegment memory, long offset, int length);
}
