package io.sluice;

import java.lang.foreign.MemorySegment;

/** A handler of messages of a pipe, in place. */
@FunctionalInterface
public interface MessageHandler {
    /**
     * Handles one message. The memory is shared with the sender and is returned to it soon after
     * this call: copy what is needed later. A hostile sender may change the bytes even during the
     * call. If a peer truncates the lane's file meanwhile, an access to the memory may throw {@link
     * InternalError}; the caller of the receiver then gets a {@link ChannelCorruptedException}
     * instead.
     *
     * @param memory the memory that contains the message; do not write to it
     * @param offset the message's offset in the memory, in bytes, a multiple of 8
     * @param length the message's length, in bytes
     */
    void onMessage(MemorySegment memory, long offset, int length);
}
