package io.sluice.agrona;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;

/**
 * The layout of a typed message within a message of the pipe: a 64-bit word in native byte order
 * with the type, 1 to 2<sup>31</sup> - 1, followed by the message, aligned to 8 bytes.
 */
final class RingRecord {
    static final int HEADER_LENGTH = Long.BYTES;

    /** The absence of a type: no message has this value. */
    static final int NO_TYPE = 0;

    /** The length of the header of each message of a pipe, and the alignment of messages. */
    private static final int PIPE_HEADER_LENGTH = Long.BYTES;

    private static final String NOT_SENT =
            ": it was not sent by a PipeRingBuffer, or threads share one that sends: open one for"
                    + " each thread, of a pipe for many senders";

    private RingRecord() {}

    static void checkType(int type) {
        if (type < 1) {
            throw new IllegalArgumentException("msgTypeId=" + type + " is not at least 1");
        }
    }

    /** Returns the type of a message, after checking it: the message is untrusted. */
    static int type(DirectBuffer buffer, int index, int length) {
        if (length < HEADER_LENGTH) {
            throw new IllegalStateException(
                    "a message of " + length + " bytes has no type" + NOT_SENT);
        }
        long word = buffer.getLong(index);
        if (word < 1 || word > Integer.MAX_VALUE) {
            throw new IllegalStateException("a message has type " + word + NOT_SENT);
        }
        return (int) word;
    }

    /** Returns the space that a message takes in the pipe, in bytes. */
    static int length(int messageLength) {
        return BitUtil.align(messageLength, Long.BYTES) + HEADER_LENGTH + PIPE_HEADER_LENGTH;
    }
}
