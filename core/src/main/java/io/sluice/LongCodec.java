package io.sluice;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A codec for 64-bit values, in the machine's byte order. */
enum LongCodec implements Codec<Long> {
    INSTANCE;

    @Override
    public int length(Long message) {
        return Long.BYTES;
    }

    @Override
    public int encode(Long message, MemorySegment memory, long offset) {
        memory.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, message);
        return Long.BYTES;
    }

    @Override
    public Long decode(MemorySegment memory, long offset, int length) {
        if (length != Long.BYTES) {
            throw new IllegalArgumentException(
                    "a message of " + length + " bytes is no 64-bit value: 8 bytes expected");
        }
        return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
    }
}
