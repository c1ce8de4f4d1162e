package io.sluice;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A codec for byte arrays, without transformation. */
enum BytesCodec implements Codec<byte[]> {
    INSTANCE;

    @Override
    public int length(byte[] message) {
        return message.length;
    }

    @Override
    public int encode(byte[] message, MemorySegment memory, long offset) {
        MemorySegment.copy(message, 0, memory, ValueLayout.JAVA_BYTE, offset, message.length);
        return message.length;
    }

    @Override
    public byte[] decode(MemorySegment memory, long offset, int length) {
        byte[] message = new byte[length];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, message, 0, length);
        return message;
    }
}
