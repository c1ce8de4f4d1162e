package io.sluice.lane;

import io.sluice.ChannelCorruptedException;

/**
 * The control block of a lane, in front of its ring. Words that different ends write are two cache
 * lines apart, because processors fetch lines in pairs.
 *
 * <pre>
 *     0  identity of the file, written once           (see LaneFile)
 *   128  sender position                              written by the sender, at its close
 *   256  receiver position                            written by the receiver
 * </pre>
 *
 * <p>Positions count bytes since the lane was made; a position modulo the ring's capacity is the
 * offset in the ring.
 */
public final class LaneDescriptor {
    /** The distance that keeps two words from sharing, or sharing a pair of, cache lines. */
    public static final int LINE_PAIR = 128;

    /** Where the identity of the file begins. */
    public static final int IDENTITY_OFFSET = 0;

    /** The sender's position when it last closed; a hint for people who look at the file. */
    public static final int SENDER_POSITION_OFFSET = IDENTITY_OFFSET + LINE_PAIR;

    /** The receiver's position: everything before it was received, and is the sender's again. */
    public static final int RECEIVER_POSITION_OFFSET = SENDER_POSITION_OFFSET + LINE_PAIR;

    /** The length of the words in use; the rest of the block up to the ring is zero. */
    public static final int CONTROL_LENGTH = RECEIVER_POSITION_OFFSET + LINE_PAIR;

    /** The smallest ring, in bytes. */
    public static final int MIN_CAPACITY = 4096;

    /** The largest ring, in bytes. */
    public static final int MAX_CAPACITY = 1 << 30;

    private LaneDescriptor() {}

    /**
     * The longest payload that a ring can hold: a record of it and the word of the next one.
     *
     * @param capacity the ring's capacity, in bytes
     * @return the length in bytes
     */
    public static int maxPayloadLength(int capacity) {
        return capacity - 2 * RecordDescriptor.HEADER_LENGTH;
    }

    /**
     * Checks the receiver's position as the sender reads it.
     *
     * @param receiverPosition what the receiver wrote
     * @param senderPosition where the sender is
     * @param capacity the ring's capacity, in bytes
     * @throws ChannelCorruptedException if no receiver can be there
     */
    public static void checkReceiverPosition(
            long receiverPosition, long senderPosition, int capacity) {
        long unread = senderPosition - receiverPosition;
        if (unread < 0
                || unread > capacity
                || receiverPosition < 0
                || receiverPosition % RecordDescriptor.ALIGNMENT != 0) {
            throw new ChannelCorruptedException(
                    "the receiver's position is "
                            + receiverPosition
                            + "; expected a multiple of 8 in "
                            + Math.max(0, senderPosition - capacity)
                            + ".."
                            + senderPosition);
        }
    }
}
