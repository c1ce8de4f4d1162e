package io.sluice.agrona;

import org.agrona.DirectBuffer;

/** Is handed the messages of a pipe, in place. */
@FunctionalInterface
public interface DirectBufferHandler {
    /**
     * One message. It lies in memory that is shared with the sender and is handed back to it soon
     * after this call: what is needed later must be copied, and a sender that is hostile may change
     * the bytes even during the call.
     *
     * @param buffer where the message lies, and more than it; usually the same one each time. Not
     *     to be written to, nor wrapped anew
     * @param offset where it begins there, in bytes, a multiple of 8
     * @param length its length, in bytes
     */
    void onMessage(DirectBuffer buffer, int offset, int length);
}
