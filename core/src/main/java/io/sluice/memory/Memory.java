package io.sluice.memory;

import java.lang.foreign.MemorySegment;

/**
 * Memory that two ends share. Words are 64 bits, aligned to 8 bytes, in the machine's byte order;
 * each method is named after the ordering of its access, in the terms of {@link
 * java.lang.invoke.VarHandle}.
 *
 * <p>Offsets wrap around: they count modulo {@link #size()}, a power of two, and a word's low three
 * bits are ignored. So a position that only grows is an offset as it stands, and no offset is out
 * of bounds.
 *
 * <p>A <em>mirrored</em> memory shows its bytes twice in a row: payload of up to {@code size()}
 * bytes is contiguous wherever it begins. Memory that is not mirrored is for words only.
 *
 * <p>Any thread may call any method; what the accesses of several threads mean together is the
 * caller's protocol.
 */
public interface Memory {
    /**
     * How much there is.
     *
     * @return the size in bytes, a power of two; a mirrored memory's counted once
     */
    long size();

    /**
     * Where in {@link #bytes()} an offset is.
     *
     * @param offset any offset
     * @return the same modulo {@link #size()}
     */
    default long index(long offset) {
        return offset & (size() - 1);
    }

    /**
     * Checks a size.
     *
     * @param size in bytes
     * @return the size
     * @throws IllegalArgumentException if it is not a power of two of at least 8
     */
    static long checkSize(long size) {
        if (size < Long.BYTES || Long.bitCount(size) != 1) {
            throw new IllegalArgumentException(
                    "size=" + size + " is not a power of two of at least 8");
        }
        return size;
    }

    /**
     * Reads a word, unordered.
     *
     * @param offset where it is, a multiple of 8
     * @return the word
     */
    long getLong(long offset);

    /**
     * Reads a word with acquire ordering.
     *
     * @param offset where it is, a multiple of 8
     * @return the word
     */
    long getLongAcquire(long offset);

    /**
     * Writes a word, unordered.
     *
     * @param offset where it is, a multiple of 8
     * @param value the word
     */
    void setLong(long offset, long value);

    /**
     * Writes a word with release ordering.
     *
     * @param offset where it is, a multiple of 8
     * @param value the word
     */
    void setLongRelease(long offset, long value);

    /**
     * Writes a word if it holds what is expected, in one step that nothing comes between. Ordered
     * as a volatile read, and a volatile write if it writes.
     *
     * @param offset where it is, a multiple of 8
     * @param expected what it must hold
     * @param value what it is to hold
     * @return whether it was written
     */
    boolean compareAndSetLong(long offset, long expected, long value);

    /**
     * Writes payload, unordered. Of the source, exactly the given range is read.
     *
     * @param offset where it goes
     * @param source where it is
     * @param sourceOffset where it begins there
     * @param length how many bytes, at most {@link #size()}
     * @throws IndexOutOfBoundsException if it is longer, or not in the source
     */
    void write(long offset, byte[] source, int sourceOffset, int length);

    /**
     * Writes payload, unordered. Of the source, exactly the given range is read.
     *
     * @param offset where it goes
     * @param source where it is
     * @param sourceOffset where it begins there
     * @param length how many bytes, at most {@link #size()}
     * @throws IndexOutOfBoundsException if it is longer, or not in the source
     */
    void write(long offset, MemorySegment source, long sourceOffset, int length);

    /**
     * The bytes, for payload that is read or written in place: plain accesses only, between {@link
     * #beforeRead} or {@link #afterWrite}. A mirrored memory's segment is twice as long as its
     * {@link #size()}.
     *
     * @return always the same segment
     */
    MemorySegment bytes();

    /**
     * Called before payload is read in place.
     *
     * @param offset where it begins
     * @param length how many bytes, at most {@link #size()}
     */
    default void beforeRead(long offset, long length) {}

    /**
     * Called after payload was written in place, before it is published.
     *
     * @param offset where it begins
     * @param length how many bytes, at most {@link #size()}
     */
    default void afterWrite(long offset, long length) {}
}
