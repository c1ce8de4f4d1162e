package io.sluice.memory;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Memory in a {@code long[]}, which model checkers can follow, and which tests can stop at any
 * access. Its mirror is a copy: {@link #beforeRead} and {@link #afterWrite} synchronize the bytes
 * beyond the size.
 */
public final class HeapMemory implements Memory {
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words;
    private final long size;
    private final long maxPayload;
    private final MemorySegment bytes;

    /**
     * Creates memory of zeros.
     *
     * @param size the size in bytes, a power of two
     */
    public HeapMemory(int size) {
        this(size, size);
    }

    private HeapMemory(int size, int allocated) {
        this.words = new long[allocated / Long.BYTES];
        this.size = Memory.checkSize(size);
        this.maxPayload = allocated - size;
        this.bytes = MemorySegment.ofArray(words);
    }

    /**
     * Creates mirrored memory of zeros.
     *
     * @param size the size in bytes, a power of two
     * @return the memory
     */
    public static HeapMemory mirrored(int size) {
        return new HeapMemory(size, 2 * size);
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long getLong(long offset) {
        return (long) WORD.get(words, wordIndex(offset));
    }

    @Override
    public long getLongAcquire(long offset) {
        return (long) WORD.getAcquire(words, wordIndex(offset));
    }

    @Override
    public void setLong(long offset, long value) {
        WORD.set(words, wordIndex(offset), value);
    }

    @Override
    public void setLongRelease(long offset, long value) {
        WORD.setRelease(words, wordIndex(offset), value);
    }

    @Override
    public boolean compareAndSetLong(long offset, long expected, long value) {
        return WORD.compareAndSet(words, wordIndex(offset), expected, value);
    }

    private int wordIndex(long offset) {
        return (int) (index(offset) / Long.BYTES);
    }

    @Override
    public void write(long offset, byte[] source, int sourceOffset, int length) {
        write(offset, MemorySegment.ofArray(source), sourceOffset, length);
    }

    @Override
    public void write(long offset, MemorySegment source, long sourceOffset, int length) {
        if (length > maxPayload) {
            throw new IndexOutOfBoundsException("length=" + length + " is not in 0.." + maxPayload);
        }
        MemorySegment.copy(source, sourceOffset, bytes, index(offset), length);
        afterWrite(offset, length);
    }

    @Override
    public MemorySegment bytes() {
        return bytes;
    }

    @Override
    public void beforeRead(long offset, long length) {
        long beyond = index(offset) + length - size;
        if (beyond > 0) {
            MemorySegment.copy(bytes, 0, bytes, size, beyond);
        }
    }

    @Override
    public void afterWrite(long offset, long length) {
        long beyond = index(offset) + length - size;
        if (beyond > 0) {
            MemorySegment.copy(bytes, size, bytes, 0, beyond);
        }
    }
}
