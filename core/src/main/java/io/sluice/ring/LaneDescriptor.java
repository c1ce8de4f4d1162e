package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;

/**
 * The layout of a lane's control block, in front of its ring. Words written by different ends are
 * two cache lines apart, because processors fetch lines in pairs.
 *
 * <pre>
 *     0  identity of the file, written once           (see LaneFile)
 *   128  sender position                              written by the sender, occasionally
 *   136  dropped                                      messages dropped by a full lane; likewise
 *   256  receiver position                            written by the receiver, as the next three
 *   264  taken position                               records up to here may have been received
 *   272  attempts                                     how often one record was handed out
 *   280  attempts position                            the position of that record
 *   384  sender event                                 the futex word of the sender
 *   392  wakeup position                              receiver position that wakes the sender
 *   512  hint                                         where receivers that share the lane begin
 *   640  notify mode                                  whether to announce messages
 * </pre>
 *
 * <p>Positions count bytes since the lane was created; a position modulo the ring's capacity is the
 * offset in the ring.
 */
public final class LaneDescriptor {
    /** The distance at which two words share neither a cache line nor a pair of lines. */
    public static final int LINE_PAIR = 128;

    /** The offset of the identity of the file. */
    public static final int IDENTITY_OFFSET = 0;

    /** The offset of the sender's position when it last made room, or closed: never ahead of it. */
    public static final int SENDER_POSITION_OFFSET = IDENTITY_OFFSET + LINE_PAIR;

    /**
     * The offset of the number of messages that the sender has dropped because the lane was full.
     */
    public static final int DROPPED_OFFSET = SENDER_POSITION_OFFSET + Long.BYTES;

    /** The offset of the receiver's position: the space before it was received, and is free. */
    public static final int RECEIVER_POSITION_OFFSET = SENDER_POSITION_OFFSET + LINE_PAIR;

    /**
     * The offset of the end of the last record handed out: those before it may have been received.
     */
    public static final int TAKEN_POSITION_OFFSET = RECEIVER_POSITION_OFFSET + Long.BYTES;

    /** The offset of the number of times that the record at the next word was handed out. */
    public static final int ATTEMPTS_OFFSET = TAKEN_POSITION_OFFSET + Long.BYTES;

    /** The offset of the position of the record that was last handed out again. */
    public static final int ATTEMPTS_POSITION_OFFSET = ATTEMPTS_OFFSET + Long.BYTES;

    /** The offset of the futex word on which the sender waits while the lane is full. */
    public static final int SENDER_EVENT_OFFSET = RECEIVER_POSITION_OFFSET + LINE_PAIR;

    /** The offset of the receiver position from which on the receiver wakes the sender. */
    public static final int WAKEUP_POSITION_OFFSET = SENDER_EVENT_OFFSET + Long.BYTES;

    /** The offset of the hint: where receivers that share the lane begin to scan. */
    public static final int HINT_OFFSET = SENDER_EVENT_OFFSET + LINE_PAIR;

    /** The offset of the word <em>notify mode</em>: whether a receiver requests notification. */
    public static final int NOTIFY_MODE_OFFSET = HINT_OFFSET + LINE_PAIR;

    /** The length of the words in use; the rest of the block up to the ring is zero. */
    public static final int CONTROL_LENGTH = NOTIFY_MODE_OFFSET + LINE_PAIR;

    /** The maximum number of receivers of a broadcast: their gates are in the control block. */
    public static final int MAX_BROADCAST_RECEIVERS = 16;

    /** The length of the words in use by a broadcast. */
    public static final int BROADCAST_CONTROL_LENGTH =
            BroadcastDescriptor.gateOffset(MAX_BROADCAST_RECEIVERS);

    /** Value of <em>notify mode</em>: no announcement needed, as the receivers poll the lane. */
    public static final long NOTIFY_OFF = 0;

    /** Value of <em>notify mode</em>: announce the next message. */
    public static final long NOTIFY_ONCE = 1;

    /** Value of <em>notify mode</em>: a receiver found the lane corrupt and has given it up. */
    public static final long NOTIFY_POISONED = 2;

    /**
     * Value of <em>notify mode</em>, set by the sender: it announces every message, with a fence.
     */
    public static final long NOTIFY_ALWAYS = 3;

    /** The smallest ring, in bytes. */
    public static final int MIN_CAPACITY = 4096;

    /** The largest ring, in bytes. */
    public static final int MAX_CAPACITY = 1 << 30;

    private LaneDescriptor() {}

    /**
     * Returns the length of the table of boundaries of a broadcast.
     *
     * @param capacity the ring's capacity, in bytes
     * @return the length in bytes, a power of two
     */
    public static int boundariesLength(int capacity) {
        return BroadcastDescriptor.tableLength(capacity);
    }

    /**
     * Returns the longest payload that a ring can hold: a record of it and the word of the next
     * one.
     *
     * @param capacity the ring's capacity, in bytes
     * @return the length in bytes
     */
    public static int maxPayloadLength(int capacity) {
        return capacity - 2 * RecordDescriptor.HEADER_LENGTH;
    }

    /**
     * Returns the largest room of a batch: the whole ring, but for the word of the next record.
     *
     * @param capacity the ring's capacity, in bytes
     * @return the length in bytes
     */
    public static int maxBatchLength(int capacity) {
        return capacity - RecordDescriptor.HEADER_LENGTH;
    }

    /**
     * Returns the length of a lane's message slots.
     *
     * @param capacity the ring's capacity, in bytes, a power of two
     * @return the length in bytes, a power of two
     */
    public static int slotStatesLength(int capacity) {
        return SlotStateDescriptor.count(capacity) * SlotStateDescriptor.STRIDE;
    }

    /**
     * Returns the length of a segmented lane's table.
     *
     * @param segments the number of slots for segments, at least 2
     * @return the length in bytes, a power of two
     */
    public static int segmentTableLength(int segments) {
        return Integer.highestOneBit(2 * segments) * SegmentWordDescriptor.LENGTH;
    }

    /**
     * Initializes a segmented lane's table: its first segment is in slot 0.
     *
     * @param table the table, of zeros
     */
    public static void linkFirstSegment(Memory table) {
        SegmentWordDescriptor.linkFirst(table);
    }

    /**
     * Returns the capacity that an offer needs.
     *
     * @param payloadLength the payload's length, in bytes
     * @return the length in bytes
     */
    public static int offerLength(int payloadLength) {
        return OfferDescriptor.PAYLOAD_OFFSET + payloadLength;
    }

    /**
     * Checks the receiver's position as the sender reads it.
     *
     * @param receiverPosition the position that was read
     * @param senderPosition the sender's position
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
                    String.format(
                            "the receiver's position is %d; expected a multiple of 8 in %d..%d",
                            receiverPosition,
                            Math.max(0, senderPosition - capacity),
                            senderPosition));
        }
    }
}
