package io.sluice.lane;

import io.sluice.ChannelCorruptedException;

/**
 * The control block of a lane, in front of its ring. Words that different ends write are two cache
 * lines apart, because processors fetch lines in pairs.
 *
 * <pre>
 *     0  identity of the file, written once           (see LaneFile)
 *   128  sender position                              written by the sender, now and then
 *   136  dropped                                      messages that a full lane gave up; likewise
 *   256  receiver position                            written by the receiver, as the next two
 *   264  taken position                               up to here it may have been received
 *   272  attempts                                     how often what lies between was tried
 *   384  sender's bell                                what the sender sleeps on
 *   392  wanted position                              where the receiver must be to wake it
 *   512  hint                                         where receivers that share the lane begin
 *   640  attention                                    whether a receiver wants to be told
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

    /** Where the sender was when it last looked for room, or closed: never ahead of it. */
    public static final int SENDER_POSITION_OFFSET = IDENTITY_OFFSET + LINE_PAIR;

    /** How many messages the sender has dropped because there was no more space. */
    public static final int DROPPED_OFFSET = SENDER_POSITION_OFFSET + Long.BYTES;

    /** The receiver's position: everything before it was received, and is the sender's again. */
    public static final int RECEIVER_POSITION_OFFSET = SENDER_POSITION_OFFSET + LINE_PAIR;

    /** The end of the record that was handed out last: what lies before may have been received. */
    public static final int TAKEN_POSITION_OFFSET = RECEIVER_POSITION_OFFSET + Long.BYTES;

    /** How often the record at the position in the next word was handed out. */
    public static final int ATTEMPTS_OFFSET = TAKEN_POSITION_OFFSET + Long.BYTES;

    /** Which record was handed out again last: where it begins. */
    public static final int ATTEMPTS_POSITION_OFFSET = ATTEMPTS_OFFSET + Long.BYTES;

    /** What the sender sleeps on while the lane is full. */
    public static final int SENDER_BELL_OFFSET = RECEIVER_POSITION_OFFSET + LINE_PAIR;

    /** Where the receiver's position must be before it is worth waking the sender. */
    public static final int WANTED_POSITION_OFFSET = SENDER_BELL_OFFSET + Long.BYTES;

    /** Where receivers that share the lane begin to look. */
    public static final int HINT_OFFSET = SENDER_BELL_OFFSET + LINE_PAIR;

    /** Whether a receiver wants to be told of the next message. */
    public static final int ATTENTION_OFFSET = HINT_OFFSET + LINE_PAIR;

    /** The length of the words in use; the rest of the block up to the ring is zero. */
    public static final int CONTROL_LENGTH = ATTENTION_OFFSET + LINE_PAIR;

    /** In the word <em>attention</em>: all who want to know are looking. */
    public static final long ATTENTION_NONE = 0;

    /** In the word <em>attention</em>: announce the next message. */
    public static final long ATTENTION_WANTED = 1;

    /** In the word <em>attention</em>: the receiver has given the lane up. */
    public static final long ATTENTION_CORRUPT = 2;

    /** In the word <em>attention</em>, by the sender: it announces every message, with a fence. */
    public static final long ATTENTION_GIVEN = 3;

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
