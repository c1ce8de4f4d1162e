package io.sluice.agrona;

import org.agrona.BitUtil;
import org.agrona.DirectBuffer;

/**
 * How a message with a type lies in a message of the pipe: a 64-bit word in the machine's byte
 * order that holds the type, 1 to 2<sup>31</sup> - 1, then the message, aligned to 8 bytes.
 */
final class RingRecord {
    static final int HEADER_LENGTH = Long.BYTES;

    /** What no message has. */
    static final int NO_TYPE = 0;

    /** What the pipe adds to each of its messages, and to what it aligns them. */
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

    /** The type of a message, checked: it may have come from whoever can write to the pipe. */
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

    /** What a message takes of the pipe. */
    static int length(int messageLength) {
        return BitUtil.align(messageLength, Long.BYTES) + HEADER_LENGTH + PIPE_HEADER_LENGTH;
    }
}
