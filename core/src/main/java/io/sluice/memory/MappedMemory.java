package io.sluice.memory;

import static io.sluice.memory.RawMemory.ALL;
import static io.sluice.memory.RawMemory.BYTE;
import static io.sluice.memory.RawMemory.UNALIGNED;
import static io.sluice.memory.RawMemory.WORD;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Memory that is mapped, or otherwise off the heap.
 *
 * <p>Each access is bounded once, here, and then goes through one segment that spans all addresses:
 * the checks that a segment of its own would repeat for each word cost more than the message (ADR
 * 1). That is safe because the addresses stay mapped for as long as the segment is reachable, and
 * this object keeps it reachable; a {@code close} removes the file behind them, never the
 * addresses.
 *
 * <p>An access to a page beyond the end of a file that a peer has truncated throws {@link
 * InternalError}.
 */
final class MappedMemory implements Memory {
    private static final VarHandle ARRAY_WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    /**
     * The longest payload copied word by word, without a loop or a call, either of which costs
     * more.
     */
    private static final int MAX_UNROLLED_COPY = 32;

    /** Applied to a short length, it shows the compiler that an address stays in bounds. */
    private static final int LENGTH_MASK = 63;

    private final MemorySegment segment;
    private final long base;
    private final long size;
    private final long wordMask;
    private final long byteMask;
    private final long maxPayload;
    private final int maxShortPayload;

    private MappedMemory(MemorySegment segment, long size, long longest) {
        if (!segment.isNative() || segment.address() % Long.BYTES != 0) {
            throw new IllegalArgumentException("not aligned memory off the heap: " + segment);
        }
        this.segment = segment;
        this.base = segment.address();
        this.size = Memory.checkSize(size);
        this.wordMask = size - Long.BYTES;
        this.byteMask = size - 1;
        this.maxPayload = longest;
        this.maxShortPayload = (int) Math.min(longest, SHORT_LENGTH);
    }

    static MappedMemory words(MemorySegment segment) {
        return new MappedMemory(segment, segment.byteSize(), 0);
    }

    static MappedMemory mirrored(MemorySegment segment) {
        long size = segment.byteSize() / 2;
        return new MappedMemory(segment, size, size);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long getLong(long offset) {
        return ALL.get(UNALIGNED, addressOfWord(offset));
    }

    @Override
    public long getLongAcquire(long offset) {
        return (long) WORD.getAcquire(ALL, addressOfWord(offset));
    }

    @Override
    public void setLong(long offset, long value) {
        ALL.set(UNALIGNED, addressOfWord(offset), value);
    }

    @Override
    public void setLongRelease(long offset, long value) {
        WORD.setRelease(ALL, addressOfWord(offset), value);
    }

    @Override
    public boolean compareAndSetLong(long offset, long expected, long value) {
        return WORD.compareAndSet(ALL, addressOfWord(offset), expected, value);
    }

    private long addressOfWord(long offset) {
        return RawMemory.wordAddress(base + (offset & wordMask));
    }

    private long addressOfPayload(long offset, int length) {
        if (length > maxPayload) {
            throw new IndexOutOfBoundsException("length=" + length + " is not in 0.." + maxPayload);
        }
        return RawMemory.byteAddress(base + (offset & byteMask));
    }

    @Override
    public void write(long offset, byte[] source, int sourceOffset, int length) {
        Objects.checkFromIndexSize(sourceOffset, length, source.length);
        long at = addressOfPayload(offset, length);
        if (length > MAX_UNROLLED_COPY) {
            MemorySegment.copy(source, sourceOffset, ALL, BYTE, at, length);
        } else if (length >= 16) {
            int tail = length - 16;
            long w0 = (long) ARRAY_WORD.get(source, sourceOffset);
            long w1 = (long) ARRAY_WORD.get(source, sourceOffset + 8);
            long w2 = (long) ARRAY_WORD.get(source, sourceOffset + tail);
            long w3 = (long) ARRAY_WORD.get(source, sourceOffset + tail + 8);
            writeWords(at, tail, w0, w1, w2, w3);
        } else if (length >= 8) {
            long w0 = (long) ARRAY_WORD.get(source, sourceOffset);
            long w1 = (long) ARRAY_WORD.get(source, sourceOffset + length - 8);
            ALL.set(UNALIGNED, at, w0);
            ALL.set(UNALIGNED, at + length - 8, w1);
        } else {
            for (int i = 0; i < length; i++) {
                ALL.set(BYTE, at + i, source[sourceOffset + i]);
            }
        }
        Reference.reachabilityFence(this);
    }

    @Override
    public void write(long offset, MemorySegment source, long sourceOffset, int length) {
        Objects.checkFromIndexSize(sourceOffset, length, source.byteSize());
        long at = addressOfPayload(offset, length);
        if (length > MAX_UNROLLED_COPY) {
            MemorySegment.copy(source, sourceOffset, ALL, at, length);
        } else if (length >= 16) {
            int tail = length - 16;
            long w0 = source.get(UNALIGNED, sourceOffset);
            long w1 = source.get(UNALIGNED, sourceOffset + 8);
            long w2 = source.get(UNALIGNED, sourceOffset + tail);
            long w3 = source.get(UNALIGNED, sourceOffset + tail + 8);
            writeWords(at, tail, w0, w1, w2, w3);
        } else if (length >= 8) {
            long w0 = source.get(UNALIGNED, sourceOffset);
            long w1 = source.get(UNALIGNED, sourceOffset + length - 8);
            ALL.set(UNALIGNED, at, w0);
            ALL.set(UNALIGNED, at + length - 8, w1);
        } else {
            for (int i = 0; i < length; i++) {
                ALL.set(BYTE, at + i, source.get(BYTE, sourceOffset + i));
            }
        }
        Reference.reachabilityFence(this);
    }

    @Override
    public void writeRecord(long offset, long word, byte[] source, int sourceOffset, int length) {
        if (length < Long.BYTES || length > maxShortPayload) {
            Memory.super.writeRecord(offset, word, source, sourceOffset, length);
            return;
        }
        long at = addressOfWord(offset); // The payload is contiguous behind it.
        int last = sourceOffset + length - Long.BYTES;
        // These two check the bounds of the source before anything is written.
        long first = (long) ARRAY_WORD.get(source, sourceOffset);
        long end = (long) ARRAY_WORD.get(source, last);
        ALL.set(UNALIGNED, at + 8, first);
        if (length >= 16) {
            ALL.set(UNALIGNED, at + 16, (long) ARRAY_WORD.get(source, sourceOffset + 8));
            long next = at + 8 + (length - 16 & LENGTH_MASK);
            ALL.set(UNALIGNED, next, (long) ARRAY_WORD.get(source, last - 8));
        }
        ALL.set(UNALIGNED, at + (length & LENGTH_MASK), end);
        WORD.setRelease(ALL, at, word);
        Reference.reachabilityFence(this);
    }

    @Override
    public void writeRecord(
            long offset, long word, MemorySegment source, long sourceOffset, int length) {
        if (length < Long.BYTES || length > maxShortPayload) {
            Memory.super.writeRecord(offset, word, source, sourceOffset, length);
            return;
        }
        long at = addressOfWord(offset);
        long last = sourceOffset + length - Long.BYTES;
        long first = source.get(UNALIGNED, sourceOffset);
        long end = source.get(UNALIGNED, last);
        if (length >= 16) {
            long second = source.get(UNALIGNED, sourceOffset + 8);
            long third = source.get(UNALIGNED, last - 8);
            ALL.set(UNALIGNED, at + 16, second);
            ALL.set(UNALIGNED, at + 8 + (length - 16 & LENGTH_MASK), third);
        }
        ALL.set(UNALIGNED, at + 8, first);
        ALL.set(UNALIGNED, at + (length & LENGTH_MASK), end);
        WORD.setRelease(ALL, at, word);
        Reference.reachabilityFence(this);
    }

    /** Writes the first two and the last two words, which overlap unless there are 32 bytes. */
    private static void writeWords(long at, int tail, long w0, long w1, long w2, long w3) {
        ALL.set(UNALIGNED, at, w0);
        ALL.set(UNALIGNED, at + 8, w1);
        ALL.set(UNALIGNED, at + tail, w2);
        ALL.set(UNALIGNED, at + tail + 8, w3);
    }

    @Override
    public MemorySegment bytes() {
        return segment;
    }
}
