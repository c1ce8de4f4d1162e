package io.sluice.agrona;

import java.lang.foreign.MemorySegment;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A pipe's memory as buffers: offsets are the same in both. Each segment that the pipe comes with
 * is wrapped once, so a message costs a comparison, and one from another lane than the last a short
 * search.
 *
 * <p>A buffer is of its segment's own {@link java.nio.ByteBuffer}, which keeps the addresses mapped
 * for as long as somebody has the buffer, or one that was wrapped around it.
 *
 * <p>One thread at a time.
 */
final class BufferView {
    /** How many segments are remembered; with more in turn each turn wraps one anew. */
    static final int MOST = 64;

    /**
     * The longest buffer that the JDK makes of a segment. Two copies of the largest ring are 9
     * bytes longer, of which no message reaches further than the 16 before the end.
     */
    private static final long LONGEST = Integer.MAX_VALUE - 8;

    private final MemorySegment[] segments = new MemorySegment[MOST];
    private final UnsafeBuffer[] buffers = new UnsafeBuffer[MOST];
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
        for (int i = 0; i < MOST && segments[i] != null; i++) {
            if (segments[i] == memory) {
                return buffers[i];
            }
        }
        long size = Math.min(memory.byteSize(), LONGEST);
        UnsafeBuffer found = new UnsafeBuffer(memory.asSlice(0, size).asByteBuffer());
        segments[next] = memory;
        buffers[next] = found;
        next = (next + 1) % MOST;
        return found;
    }
}
