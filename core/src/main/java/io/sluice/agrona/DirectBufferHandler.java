package io.sluice.agrona;

import org.agrona.DirectBuffer;

/** Handler of the messages of a pipe, which it gets in place. */
@FunctionalInterface
public interface DirectBufferHandler {
    /**
     * Handles one message. The message is in memory that is shared with the sender, and its space
     * is returned to the sender soon after this call: copy what is needed later. A hostile sender
     * may change the bytes even during the call.
     *
     * @param buffer the buffer that contains the message and other data; usually the same one each
     *     time. The handler must not write to it, nor wrap it around other memory
     * @param offset the start of the message in the buffer, in bytes, a multiple of 8
     * @param length the length of the message, in bytes
     */
    void onMessage(DirectBuffer buffer, int offset, int length);
}
