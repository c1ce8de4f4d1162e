package io.sluice;

import java.lang.foreign.MemorySegment;

/**
 * A handler of messages of a pipe that are acknowledged later: see {@link
 * PipeReceiver#receiveUnacknowledged}.
 */
@FunctionalInterface
public interface UnacknowledgedMessageHandler {
    /**
     * Handles one message, or passes it on to another thread. Its bytes stay where they are, and
     * are the receiver's, until {@link PipeReceiver#acknowledge} is called with the delivery tag.
     * If this method throws, the message stays unacknowledged, and the exception propagates.
     *
     * @param deliveryTag what acknowledges the message: greater than 0, and never used for another
     *     message of this receiver before it is acknowledged
     * @param memory the memory that contains the message; do not write to it
     * @param offset the message's offset in the memory, in bytes, a multiple of 8
     * @param length the message's length, in bytes
     */
    void onMessage(long deliveryTag, MemorySegment memory, long offset, int length);
}
