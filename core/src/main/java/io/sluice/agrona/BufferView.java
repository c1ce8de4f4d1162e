package io.sluice.agrona;

import java.lang.foreign.MemorySegment;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A cache of Agrona buffers over a pipe's memory segments; offsets are the same in both. Each
 * segment is wrapped once, so a message costs a comparison, and a message from another lane than
 * the previous one costs a short search.
 *
 * <p>A buffer wraps its segment's own {@link java.nio.ByteBuffer}, which keeps the memory mapped as
 * long as the buffer, or one that was wrapped around it, is reachable.
 *
 * <p>One thread at a time.
 */
final class BufferView {
    /** The number of cached segments; with more in rotation, each access wraps a new buffer. */
    static final int MAX_CACHED = 64;

    /**
     * The longest buffer that the JDK creates for a segment. The double mapping of the largest ring
     * is 9 bytes longer; no message extends into its last 16 bytes.
     */
    private static final long MAX_LENGTH = Integer.MAX_VALUE - 8;

    private final MemorySegment[] segments = new MemorySegment[MAX_CACHED];
    private final UnsafeBuffer[] buffers = new UnsafeBuffer[MAX_CACHED];
    private int next;
    private MemorySegment last;
    private UnsafeBuffer buffer;

    UnsafeBuffer of(MemorySegment memory) {
        if (memory != last) {
            buffer = find(memory);
            last = memory;
        }
        return buffer;
    }

    private UnsafeBuffer find(MemorySegment memory) {
        for (int i = 0; i < MAX_CACHED && segments[i] != null; i++) {
            if (segments[i] == memory) {
                return buffers[i];
            }
        }
        long size = Math.min(memory.byteSize(), MAX_LENGTH);
        UnsafeBuffer found = new UnsafeBuffer(memory.asSlice(0, size).asByteBuffer());
        segments[next] = memory;
        buffers[next] = found;
        next = (next + 1) % MAX_CACHED;
        return found;
    }
}
