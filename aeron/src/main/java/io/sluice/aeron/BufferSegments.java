package io.sluice.aeron;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * A cache of memory segments over Aeron's buffers: each byte buffer is made a segment once, so a
 * message costs a comparison. A segment spans the whole byte buffer, a term of a stream, so that
 * accesses are checked against it.
 *
 * <p>One thread at a time.
 */
final class BufferSegments {
    /** The number of cached segments: the three terms of several peers. */
    private static final int MAX_CACHED = 16;

    private final boolean readOnly;
    private final ByteBuffer[] buffers = new ByteBuffer[MAX_CACHED];
    private final MemorySegment[] segments = new MemorySegment[MAX_CACHED];
    private int next;
    private ByteBuffer last;
    private MemorySegment segment;

    BufferSegments(boolean readOnly) {
        this.readOnly = readOnly;
    }

    /** Returns the segment that contains a buffer; {@link DirectBuffer#wrapAdjustment} is where. */
    MemorySegment of(DirectBuffer buffer) {
        ByteBuffer bytes = buffer.byteBuffer();
        if (bytes != last) {
            segment = find(bytes);
            last = bytes;
        }
        return segment;
    }

    private MemorySegment find(ByteBuffer bytes) {
        for (int i = 0; i < MAX_CACHED && buffers[i] != null; i++) {
            if (buffers[i] == bytes) {
                return segments[i];
            }
        }
        MemorySegment whole = MemorySegment.ofBuffer(bytes.duplicate().clear());
        MemorySegment found = readOnly ? whole.asReadOnly() : whole;
        buffers[next] = bytes;
        segments[next] = found;
        next = (next + 1) % MAX_CACHED;
        return found;
    }

    /** Forgets all, so that closed streams are not kept mapped. */
    void clear() {
        Arrays.fill(buffers, null);
        Arrays.fill(segments, null);
        last = null;
        segment = null;
        next = 0;
    }
}
