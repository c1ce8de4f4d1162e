package io.sluice.lane;

import io.sluice.ChannelCorruptedException;

/**
 * A record: one message in a lane.
 *
 * <pre>
 *   0        4        8                      8 + length
 *   +--------+--------+----------------------+---------+
 *   | word            | payload              | padding | to a multiple of 8
 *   +--------+--------+----------------------+---------+
 *
 *   word:  63 ............ 32 | 31 | 30 | 29 ......... 0
 *          position / 8       | 1  | 0  | length
 * </pre>
 *
 * <p>A word of zero says: nothing is committed here yet. Any other word must carry the position
 * where it lies, so that a word left over from an earlier lap, or made of other bytes, is told from
 * a record.
 */
public final class RecordDescriptor {
    /** What records are aligned to, in bytes. */
    public static final int ALIGNMENT = Long.BYTES;

    /** The length of the word in front of the payload, in bytes. */
    public static final int HEADER_LENGTH = Long.BYTES;

    /** The word where no record is committed. */
    public static final long UNCOMMITTED = 0;

    /** Set in the word of every record, so that none is zero. */
    public static final long COMMITTED_FLAG = 1L << 31;

    /** The bits of the word that hold the payload's length. */
    public static final long LENGTH_MASK = (1L << 30) - 1;

    /** How far the position is shifted into the word: position / 8 begins at bit 32. */
    public static final int POSITION_SHIFT = 29;

    /** The bits of a position that fit into a word. */
    private static final long POSITION_MASK = (1L << Long.SIZE - POSITION_SHIFT) - 1;

    /** More bytes than any lane carries. */
    private static final int MAX_POSITION_BITS = 62;

    private RecordDescriptor() {}

    /**
     * How much of a lane a record takes.
     *
     * @param payloadLength the payload's length, in bytes
     * @return header, payload and padding, in bytes
     */
    public static int recordLength(int payloadLength) {
        return HEADER_LENGTH + ((payloadLength + (ALIGNMENT - 1)) & -ALIGNMENT);
    }

    /**
     * The word of a committed record.
     *
     * @param position where the record begins, in bytes since the lane was made
     * @param payloadLength the payload's length, in bytes
     * @return its word
     */
    public static long word(long position, int payloadLength) {
        return position << POSITION_SHIFT | COMMITTED_FLAG | payloadLength;
    }

    /**
     * The position in a word; to be checked by {@link #payloadLength}.
     *
     * @param word the word, read once
     * @return where the record begins, in bytes since the lane was made, modulo 2^35
     */
    public static long position(long word) {
        return word >>> POSITION_SHIFT & -ALIGNMENT;
    }

    /**
     * Completes a position that is known modulo 2^35.
     *
     * @param position the position, as {@link #position} says, or somewhat behind that
     * @param before a whole position before it, by less than 2^35; if none can be that, 0 stands
     *     for it
     * @return the whole position
     */
    static long unwrap(long position, long before) {
        long base = before >>> MAX_POSITION_BITS == 0 ? before : 0; // Else no sender wrote it.
        return base + (position - base & POSITION_MASK);
    }

    /**
     * Checks a word that is not {@link #UNCOMMITTED}, and takes the length from it.
     *
     * @param word the word, read once
     * @param position where it was read
     * @param maxPayloadLength what the lane can hold, in bytes
     * @return the payload's length
     * @throws ChannelCorruptedException if no sender wrote this word here
     */
    public static int payloadLength(long word, long position, int maxPayloadLength) {
        int length = (int) (word & LENGTH_MASK);
        if ((word & ~LENGTH_MASK) != (position << POSITION_SHIFT | COMMITTED_FLAG)
                || length > maxPayloadLength) {
            throw corrupted(word, position, maxPayloadLength);
        }
        return length;
    }

    /**
     * Checks a word as {@link #payloadLength(long, long, int)} does, for a receiver that has room
     * for so much.
     *
     * @param word the word, read once
     * @param position where it was read
     * @param maxPayloadLength what the lane can hold, in bytes
     * @param longest what the receiver has room for, in bytes; not more than the lane can hold
     * @return the payload's length
     * @throws TooLong if the record is sound, and its payload longer
     * @throws ChannelCorruptedException if no sender wrote this word here
     */
    static int payloadLength(long word, long position, int maxPayloadLength, int longest) {
        int length = (int) (word & LENGTH_MASK);
        if ((word & ~LENGTH_MASK) != (position << POSITION_SHIFT | COMMITTED_FLAG)
                || length > longest) {
            throw new TooLong(payloadLength(word, position, maxPayloadLength));
        }
        return length;
    }

    private static ChannelCorruptedException corrupted(
            long word, long position, int maxPayloadLength) {
        return new ChannelCorruptedException(
                String.format(
                        "the record word at position %d is 0x%016x; expected 0x%016x plus a length"
                                + " of at most %d",
                        position, word, word(position, 0), maxPayloadLength));
    }
}
