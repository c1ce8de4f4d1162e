package io.sluice.memory;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * Memory that two ends share. Words are 64 bits, aligned to 8 bytes, in the machine's byte order;
 * each method is named after the ordering of its access, in the terms of {@link
 * java.lang.invoke.VarHandle}.
 *
 * <p>Offsets wrap around: they count modulo {@link #size()}, a power of two, and a word's low three
 * bits are ignored. So a position that only grows can be used as an offset, and no offset is out of
 * bounds.
 *
 * <p>A <em>mirrored</em> memory maps its bytes twice in a row: payload of up to {@code size()}
 * bytes is contiguous wherever it begins. Memory that is not mirrored is for words only.
 *
 * <p>Any thread may call any method; the caller's protocol defines how the accesses of several
 * threads interact.
 */
public interface Memory {
    /**
     * Creates memory for words only.
     *
     * @param segment memory off the heap, aligned to 8 bytes, a power of two long, that stays
     *     mapped for as long as the segment is reachable
     * @return all of it
     */
    static Memory words(MemorySegment segment) {
        return MappedMemory.words(segment);
    }

    /**
     * Creates memory for words and payload, on a segment mapped twice in a row.
     *
     * @param segment both copies; for the rest see {@link #words}
     * @return mirrored memory of half the segment's size
     */
    static Memory mirrored(MemorySegment segment) {
        return MappedMemory.mirrored(segment);
    }

    /**
     * Returns the size.
     *
     * @return the size in bytes, a power of two; a mirrored memory's counted once
     */
    long size();

    /**
     * Returns the index of an offset in {@link #bytes()}.
     *
     * @param offset any offset
     * @return the offset modulo {@link #size()}
     */
    default long index(long offset) {
        return offset & (size() - 1);
    }

    /**
     * Checks a size.
     *
     * @param size the size in bytes
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
     * @param offset the word's offset, a multiple of 8
     * @return the word
     */
    long getLong(long offset);

    /**
     * Returns a word that is read often.
     *
     * @param offset the word's offset, a multiple of 8
     * @return the word, whose address is computed once
     */
    default WordReader word(long offset) {
        return new WordReader(this, offset, 0);
    }

    /** A word of a memory. Any thread may read it. */
    final class WordReader {
        private final Memory memory;
        private final long offset;
        private final long address; // 0 if only the memory can read it.

        WordReader(Memory memory, long offset, long address) {
            this.memory = memory;
            this.offset = offset;
            this.address = address;
        }

        /**
         * Reads the word, unordered.
         *
         * @return the word
         */
        public long get() {
            if (address == 0) {
                return memory.getLong(offset);
            }
            long word = RawMemory.ALL.get(RawMemory.UNALIGNED, RawMemory.wordAddress(address));
            Reference.reachabilityFence(memory);
            return word;
        }
    }

    /**
     * Reads a word with acquire ordering.
     *
     * @param offset the word's offset, a multiple of 8
     * @return the word
     */
    long getLongAcquire(long offset);

    /**
     * Writes a word, unordered.
     *
     * @param offset the word's offset, a multiple of 8
     * @param value the word
     */
    void setLong(long offset, long value);

    /**
     * Writes a word with release ordering.
     *
     * @param offset the word's offset, a multiple of 8
     * @param value the word
     */
    void setLongRelease(long offset, long value);

    /**
     * Writes a word atomically if it has the expected value. Ordered as a volatile read, and, if it
     * writes, a volatile write.
     *
     * @param offset the word's offset, a multiple of 8
     * @param expected the expected value
     * @param value the new value
     * @return whether it was written
     */
    boolean compareAndSetLong(long offset, long expected, long value);

    /**
     * Writes payload, unordered. Reads exactly the given range of the source.
     *
     * @param offset the offset of its destination
     * @param source the payload's source
     * @param sourceOffset the payload's offset in the source
     * @param length the number of bytes, at most {@link #size()}
     * @throws IndexOutOfBoundsException if the payload is longer, or not within the source
     */
    void write(long offset, byte[] source, int sourceOffset, int length);

    /**
     * Writes payload, unordered. Reads exactly the given range of the source.
     *
     * @param offset the offset of its destination
     * @param source the payload's source
     * @param sourceOffset the payload's offset in the source
     * @param length the number of bytes, at most {@link #size()}
     * @throws IndexOutOfBoundsException if the payload is longer, or not within the source
     */
    void write(long offset, MemorySegment source, long sourceOffset, int length);

    /**
     * Writes payload, unordered, and then the word in front of it, with release ordering.
     *
     * @param offset the word's offset, a multiple of 8
     * @param word the word
     * @param source the payload's source
     * @param sourceOffset the payload's offset in the source
     * @param length the number of bytes, at most {@link #size()}
     * @throws IndexOutOfBoundsException if the payload is longer, or not within the source; nothing
     *     was written
     */
    default void writeRecord(long offset, long word, byte[] source, int sourceOffset, int length) {
        write(offset + Long.BYTES, source, sourceOffset, length);
        setLongRelease(offset, word);
    }

    /**
     * Writes payload, unordered, and then the word in front of it, with release ordering.
     *
     * @param offset the word's offset, a multiple of 8
     * @param word the word
     * @param source the payload's source
     * @param sourceOffset the payload's offset in the source
     * @param length the number of bytes, at most {@link #size()}
     * @throws IndexOutOfBoundsException if the payload is longer, or not within the source; nothing
     *     was written
     */
    default void writeRecord(
            long offset, long word, MemorySegment source, long sourceOffset, int length) {
        write(offset + Long.BYTES, source, sourceOffset, length);
        setLongRelease(offset, word);
    }

    /**
     * Writes payloads of the same length, unordered, and the words in front of them, with release
     * ordering. The payloads lie one behind the other in the source, and here the words at
     * multiples of 8, each as near behind the payload before it as possible.
     *
     * @param offset the first word's offset, a multiple of 8
     * @param word the first word
     * @param wordStep the difference from each word to the next
     * @param source the payloads' source
     * @param sourceOffset the first payload's offset in the source
     * @param length the number of bytes of each payload
     * @param count the number of payloads; with their words they have at most {@link #size()} bytes
     * @throws IndexOutOfBoundsException if a payload is not within the source
     */
    default void writeRecords(
            long offset,
            long word,
            long wordStep,
            byte[] source,
            int sourceOffset,
            int length,
            int count) {
        int recordLength = Long.BYTES + (length + Long.BYTES - 1 & -Long.BYTES);
        for (int i = 0; i < count; i++) {
            long at = offset + (long) i * recordLength;
            writeRecord(at, word + i * wordStep, source, sourceOffset + i * length, length);
        }
    }

    /**
     * Returns the bytes, for payload that is read or written in place: plain accesses only, after
     * {@link #beforeRead} or before {@link #afterWrite}. A mirrored memory's segment is twice as
     * long as its {@link #size()}.
     *
     * @return always the same segment
     */
    MemorySegment bytes();

    /**
     * Prepares payload for being read in place. Called before that.
     *
     * @param offset the payload's offset
     * @param length the number of bytes, at most {@link #size()}
     */
    default void beforeRead(long offset, long length) {}

    /**
     * Completes payload that was written in place. Called before it is published.
     *
     * @param offset the payload's offset
     * @param length the number of bytes, at most {@link #size()}
     */
    default void afterWrite(long offset, long length) {}
}
