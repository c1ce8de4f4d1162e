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
    public WordReader word(long offset) {
        return new WordReader(this, offset, addressOfWord(offset));
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
        checkPayload(length);
        return RawMemory.byteAddress(base + (offset & byteMask));
    }

    private void checkPayload(int length) {
        if (length > maxPayload) {
            throw new IndexOutOfBoundsException("length=" + length + " is not in 0.." + maxPayload);
        }
    }

    @Override
    public void write(long offset, byte[] source, int sourceOffset, int length) {
        long at = addressOfPayload(offset, length);
        if (length > MAX_UNROLLED_COPY) {
            MemorySegment.copy(source, sourceOffset, ALL, BYTE, at, length);
        } else {
            copyShort(source, sourceOffset, at, length);
        }
        Reference.reachabilityFence(this);
    }

    @Override
    public void write(long offset, MemorySegment source, long sourceOffset, int length) {
        long at = addressOfPayload(offset, length);
        if (length > MAX_UNROLLED_COPY) {
            MemorySegment.copy(source, sourceOffset, ALL, at, length);
        } else {
            copyShort(source, sourceOffset, at, length);
        }
        Reference.reachabilityFence(this);
    }

    // A long copy is a call: it has a publication of its own, so that the path of a short message
    // keeps its values in registers (ADR 14).
    @Override
    public void writeRecord(long offset, long word, byte[] source, int sourceOffset, int length) {
        long at = addressOfRecord(offset, length);
        if (length > MAX_UNROLLED_COPY) {
            MemorySegment.copy(source, sourceOffset, ALL, BYTE, at + Long.BYTES, length);
            WORD.setRelease(ALL, at, word);
        } else {
            copyShort(source, sourceOffset, at + Long.BYTES, length);
            WORD.setRelease(ALL, at, word);
        }
        Reference.reachabilityFence(this);
    }

    @Override
    public void writeRecord(
            long offset, long word, MemorySegment source, long sourceOffset, int length) {
        long at = addressOfRecord(offset, length);
        if (length > MAX_UNROLLED_COPY) {
            MemorySegment.copy(source, sourceOffset, ALL, at + Long.BYTES, length);
            MappingFault.poll(); // The source may be a file, and a page of it may be gone.
            WORD.setRelease(ALL, at, word);
        } else {
            copyShort(source, sourceOffset, at + Long.BYTES, length);
            MappingFault.poll(); // The source may be a file, and a page of it may be gone.
            WORD.setRelease(ALL, at, word);
        }
        Reference.reachabilityFence(this);
    }

    @Override
    public void writeRecords(
            long offset,
            long word,
            long wordStep,
            byte[] source,
            int sourceOffset,
            int length,
            int count) {
        if (length > MAX_UNROLLED_COPY) {
            Memory.super.writeRecords(offset, word, wordStep, source, sourceOffset, length, count);
            return;
        }
        int recordLength = Long.BYTES + (length + Long.BYTES - 1 & -Long.BYTES);
        long next = offset;
        long nextWord = word;
        int from = sourceOffset;
        for (int i = 0; i < count; i++) {
            long at = addressOfRecord(next, length);
            copyShort(source, from, at + Long.BYTES, length);
            WORD.setRelease(ALL, at, nextWord);
            next += recordLength;
            nextWord += wordStep;
            from += length;
        }
        Reference.reachabilityFence(this);
    }

    /** Returns the address of a word, behind which the payload is contiguous. */
    private long addressOfRecord(long offset, int length) {
        checkPayload(length);
        return addressOfWord(offset);
    }

    /**
     * Copies short payload to an address. All words are read before one is written, which checks
     * the bounds of the source; words overlap unless there are 16 or 32 bytes.
     */
    private static void copyShort(byte[] source, int from, long at, int length) {
        if (length >= 16) {
            int last = from + length - Long.BYTES;
            long first = (long) ARRAY_WORD.get(source, from);
            long second = (long) ARRAY_WORD.get(source, from + 8);
            long third = (long) ARRAY_WORD.get(source, last - 8);
            long end = (long) ARRAY_WORD.get(source, last);
            ALL.set(UNALIGNED, at, first);
            ALL.set(UNALIGNED, at + 8, second);
            ALL.set(UNALIGNED, at + (length - 16 & LENGTH_MASK), third);
            ALL.set(UNALIGNED, at + (length - 8 & LENGTH_MASK), end);
        } else if (length >= 8) {
            long first = (long) ARRAY_WORD.get(source, from);
            long end = (long) ARRAY_WORD.get(source, from + length - 8);
            ALL.set(UNALIGNED, at, first);
            ALL.set(UNALIGNED, at + (length - 8 & LENGTH_MASK), end);
        } else {
            Objects.checkFromIndexSize(from, length, source.length);
            for (int i = 0; i < length; i++) {
                ALL.set(BYTE, at + i, source[from + i]);
            }
        }
    }

    /** Copies short payload to an address, as the method above. */
    private static void copyShort(MemorySegment source, long from, long at, int length) {
        if (length >= 16) {
            long last = from + length - Long.BYTES;
            long first = source.get(UNALIGNED, from);
            long second = source.get(UNALIGNED, from + 8);
            long third = source.get(UNALIGNED, last - 8);
            long end = source.get(UNALIGNED, last);
            ALL.set(UNALIGNED, at, first);
            ALL.set(UNALIGNED, at + 8, second);
            ALL.set(UNALIGNED, at + (length - 16 & LENGTH_MASK), third);
            ALL.set(UNALIGNED, at + (length - 8 & LENGTH_MASK), end);
        } else if (length >= 8) {
            long first = source.get(UNALIGNED, from);
            long end = source.get(UNALIGNED, from + length - 8);
            ALL.set(UNALIGNED, at, first);
            ALL.set(UNALIGNED, at + (length - 8 & LENGTH_MASK), end);
        } else {
            Objects.checkFromIndexSize(from, length, source.byteSize());
            for (int i = 0; i < length; i++) {
                ALL.set(BYTE, at + i, source.get(BYTE, from + i));
            }
        }
    }

    @Override
    public MemorySegment bytes() {
        return segment;
    }
}
