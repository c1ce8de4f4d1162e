package io.sluice;

import java.lang.foreign.MemorySegment;

/** Is handed the messages of a pipe, in place. */
@FunctionalInterface
public interface MessageHandler {
    /**
     * One message. It lies in memory that is shared with the sender and is handed back to it soon
     * after this call: what is needed later must be copied, and a sender that is hostile may change
     * the bytes even during the call. If a peer cuts the lane's file off meanwhile, an access to
     * the memory may throw {@link InternalError}; the caller of the receiver then gets a {@link
     * ChannelCorruptedException} for it.
     *
     * @param memory where the message lies; do not write to it
     * @param offset where it begins there, in bytes, a multiple of 8
     * @param length its length, in bytes
     */
    void onMessage(MemorySegment memory, long offset, int length);
}
