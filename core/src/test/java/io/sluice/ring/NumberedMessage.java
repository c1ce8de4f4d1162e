package io.sluice.ring;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Messages that carry their number in every byte. */
final class NumberedMessage {
    static final int MIN_LENGTH = 4;

    private NumberedMessage() {}

    static byte[] of(int number, int extra) {
        byte[] message = new byte[MIN_LENGTH + extra];
        for (int i = 0; i < message.length; i++) {
            message[i] = expected(number, i);
        }
        return message;
    }

    private static byte expected(int number, int i) {
        return (byte) (i < MIN_LENGTH ? number >>> 8 * i : number + i);
    }

    /** Returns the number of a message, and fails if it is torn. */
    static int read(MemorySegment memory, long offset, int length) {
        int number = 0;
        for (int i = 0; i < MIN_LENGTH; i++) {
            number |= (memory.get(ValueLayout.JAVA_BYTE, offset + i) & 0xff) << 8 * i;
        }
        for (int i = MIN_LENGTH; i < length; i++) {
            if (memory.get(ValueLayout.JAVA_BYTE, offset + i) != expected(number, i)) {
                throw new AssertionError("message " + number + " is torn at byte " + i);
            }
        }
        return number;
    }
}
