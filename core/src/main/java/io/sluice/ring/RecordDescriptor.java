package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.ring.LaneReceiver.MessageTooLongException;

/**
 * The layout of a record: one message in a lane.
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
 * <p>A word of zero means that no record is committed here yet. Any other word must contain the
 * position where it is: this distinguishes a record from a word of an earlier lap and from other
 * bytes.
 */
final class RecordDescriptor {
    /** The alignment of records, in bytes. */
    public static final int ALIGNMENT = Long.BYTES;

    /** The length of the word in front of the payload, in bytes. */
    public static final int HEADER_LENGTH = Long.BYTES;

    /** The word where no record is committed. */
    public static final long UNCOMMITTED = 0;

    /** Set in the word of every record, so that none is zero. */
    public static final long COMMITTED_FLAG = 1L << 31;

    /** The bits of the word that hold the payload's length. */
    public static final long LENGTH_MASK = (1L << 30) - 1;

    /** The shift of the position in the word: position / 8 begins at bit 32. */
    public static final int POSITION_SHIFT = 29;

    /** The mask of the bits of a position that fit into a word. */
    private static final long POSITION_MASK = (1L << Long.SIZE - POSITION_SHIFT) - 1;

    /** The number of bits of a valid position: no lane carries more bytes. */
    private static final int MAX_POSITION_BITS = 62;

    private RecordDescriptor() {}

    /**
     * Returns the length of a record in the ring.
     *
     * @param payloadLength the payload's length, in bytes
     * @return the length of header, payload and padding, in bytes
     */
    public static int recordLength(int payloadLength) {
        return HEADER_LENGTH + ((payloadLength + (ALIGNMENT - 1)) & -ALIGNMENT);
    }

    /**
     * Returns the length that a message takes of the room of a batch, in each kind of ring.
     *
     * @param payloadLength the payload's length, in bytes
     * @return the length of its record, at least 16: the room for a slot state
     */
    public static int batchedLength(int payloadLength) {
        return Math.max(recordLength(payloadLength), 2 * HEADER_LENGTH);
    }

    /**
     * Returns the word of a committed record.
     *
     * @param position the position of the record, in bytes since the lane was created
     * @param payloadLength the payload's length, in bytes
     * @return the word
     */
    public static long word(long position, int payloadLength) {
        return position << POSITION_SHIFT | COMMITTED_FLAG | payloadLength;
    }

    /**
     * Returns the position in a word, unchecked; {@link #payloadLength} checks it.
     *
     * @param word the word, read once
     * @return the position of the record, in bytes since the lane was created, modulo 2^35
     */
    public static long position(long word) {
        return word >>> POSITION_SHIFT & -ALIGNMENT;
    }

    /**
     * Completes a position that is known modulo 2^35.
     *
     * @param position a position that {@link #position} returned, or one shortly after it
     * @param before a complete position before it, by less than 2^35; an impossible one is replaced
     *     by 0
     * @return the complete position
     */
    static long unwrap(long position, long before) {
        long base = before >>> MAX_POSITION_BITS == 0 ? before : 0; // Otherwise no sender wrote it.
        return base + (position - base & POSITION_MASK);
    }

    /**
     * Checks a word that is not {@link #UNCOMMITTED}, and returns the payload's length.
     *
     * @param word the word, read once
     * @param position the position where it was read
     * @param maxPayloadLength the longest payload of the lane, in bytes
     * @return the payload's length, in bytes
     * @throws ChannelCorruptedException if no sender can have written this word here
     */
    public static int payloadLength(long word, long position, int maxPayloadLength) {
        if (!isValid(word, position, maxPayloadLength)) {
            throw corrupted(word, position, maxPayloadLength);
        }
        return (int) (word & LENGTH_MASK);
    }

    /** Tests whether a sender can have written a word that is not {@link #UNCOMMITTED}. */
    static boolean isValid(long word, long position, int maxPayloadLength) {
        return (word & ~LENGTH_MASK) == (position << POSITION_SHIFT | COMMITTED_FLAG)
                && (word & LENGTH_MASK) <= maxPayloadLength;
    }

    /**
     * Checks a word like {@link #payloadLength(long, long, int)}, for a receiver with limited room.
     *
     * @param word the word, read once
     * @param position the position where it was read
     * @param maxPayloadLength the longest payload of the lane, in bytes
     * @param longest the longest payload that the receiver has room for, in bytes; at most {@code
     *     maxPayloadLength}
     * @return the payload's length, in bytes
     * @throws MessageTooLongException if the record is valid, and its payload is longer
     * @throws ChannelCorruptedException if no sender can have written this word here
     */
    static int payloadLength(long word, long position, int maxPayloadLength, int longest) {
        int length = (int) (word & LENGTH_MASK);
        if ((word & ~LENGTH_MASK) != (position << POSITION_SHIFT | COMMITTED_FLAG)
                || length > longest) {
            throw new MessageTooLongException(payloadLength(word, position, maxPayloadLength));
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
