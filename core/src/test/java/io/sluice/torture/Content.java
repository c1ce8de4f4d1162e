package io.sluice.torture;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The content of a message: its sender, number and length, and then bytes that are derived from
 * these, so that a message mixed from two, or from one and older bytes, is detected.
 */
final class Content {
    static final int HEADER = 16;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private Content() {}

    /** Mostly short, some up to a third of what a lane holds. */
    static int length(int sender, long number, int max) {
        long random = mix(sender, number, -1);
        int extra =
                (random & 63) == 0
                        ? (int) ((random >>> 8) % (max / 3))
                        : (int) ((random >>> 8 & 0xffff) % 120);
        return HEADER + extra;
    }

    static void write(MemorySegment to, long offset, int length, int sender, long number) {
        to.set(INT, offset, sender);
        to.set(INT, offset + 4, length);
        to.set(LONG, offset + 8, number);
        int i = HEADER;
        for (; i + 8 <= length; i += 8) {
            to.set(LONG, offset + i, mix(sender, number, i));
        }
        for (; i < length; i++) {
            to.set(BYTE, offset + i, (byte) mix(sender, number, i));
        }
    }

    static int sender(MemorySegment memory, long offset) {
        return memory.get(INT, offset);
    }

    static long number(MemorySegment memory, long offset) {
        return memory.get(LONG, offset + 8);
    }

    static boolean isWhole(MemorySegment memory, long offset, int length, int sender, long number) {
        if (length < HEADER
                || sender(memory, offset) != sender
                || memory.get(INT, offset + 4) != length
                || number(memory, offset) != number) {
            return false;
        }
        int i = HEADER;
        for (; i + 8 <= length; i += 8) {
            if (memory.get(LONG, offset + i) != mix(sender, number, i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (memory.get(BYTE, offset + i) != (byte) mix(sender, number, i)) {
                return false;
            }
        }
        return true;
    }

    private static long mix(long sender, long number, long index) {
        long x = (sender * 0x9E3779B97F4A7C15L ^ number) * 0xBF58476D1CE4E5B9L + index;
        x = (x ^ x >>> 31) * 0x94D049BB133111EBL;
        return x ^ x >>> 29;
    }
}
