package io.sluice.ring;

import io.sluice.ChannelCorruptedException;

/**
 * The layout of what a lane has in addition if each of its receivers gets every message: words
 * behind the other control words, and a table of record boundaries in front of the ring.
 *
 * <pre>
 *   768  intent      written by the sender: a byte at position p is intact
 *                    while p + capacity &gt;= intent
 *   896  gates       one block of 128 bytes for each receiver, written by it
 *
 *   a gate:      63 ............................ 3 | 2 | 1       | 0
 *                position                          | 0 | demoted | gated
 *
 *   a boundary:  63       | 62 ........ 55 | 54 ....... 48 | 47 ........ 0
 *                recorded | lap mod 256    | offset / 8    | messages mod 2^48
 * </pre>
 *
 * <p>The table has one word for each {@value #BLOCK_LENGTH} bytes of the ring: a record begins, or
 * the next one will, at that offset in the block, and so many messages were sent before it.
 */
final class BroadcastDescriptor {
    /** The number of bytes of the ring for which the table has a word. */
    public static final int BLOCK_LENGTH = 1024;

    /** The length of a word of the table, in bytes. */
    public static final int BOUNDARY_LENGTH = Long.BYTES;

    /** The offset of the intent: the end of what the sender may have overwritten, plus a lap. */
    public static final int INTENT_OFFSET = LaneDescriptor.CONTROL_LENGTH;

    /** The offset of the first receiver's gate. */
    public static final int GATES_OFFSET = INTENT_OFFSET + LaneDescriptor.LINE_PAIR;

    /** The distance between two gates. */
    public static final int GATE_STRIDE = LaneDescriptor.LINE_PAIR;

    /** The gate of a receiver that does not limit the sender. */
    static final long OPEN = 0;

    /** Set in a gate: the sender must not overwrite what is at this position or after it. */
    public static final long GATED_FLAG = 1;

    /** Set in a gate by the sender: this receiver was too far behind, and does not limit it. */
    public static final long DEMOTED_FLAG = 2;

    private static final long GATE_FLAGS = RecordDescriptor.ALIGNMENT - 1;

    /** The bits of a boundary that hold the number of messages. */
    public static final long MESSAGES_MASK = (1L << 48) - 1;

    /** The bits of a boundary that hold the offset in the block, divided by 8. */
    public static final long OFFSET_MASK = (1L << 7) - 1 << 48;

    /** The bits of a boundary that hold the lap. */
    public static final long LAP_MASK = (1L << 8) - 1 << 55;

    /** Set in a boundary, so that none is zero. */
    public static final long RECORDED_FLAG = 1L << 63;

    private static final int BLOCK_SHIFT = Integer.numberOfTrailingZeros(BLOCK_LENGTH);
    private static final int OFFSET_SHIFT = Long.numberOfTrailingZeros(OFFSET_MASK);
    private static final int LAP_SHIFT = Long.numberOfTrailingZeros(LAP_MASK);

    private BroadcastDescriptor() {}

    /**
     * Returns the length of the table of boundaries.
     *
     * @param capacity the ring's capacity, in bytes
     * @return the length in bytes, a power of two
     */
    public static int tableLength(int capacity) {
        return capacity / BLOCK_LENGTH * BOUNDARY_LENGTH;
    }

    /**
     * Returns the offset of a receiver's gate.
     *
     * @param receiver the receiver's index
     * @return the offset in the control words
     */
    public static int gateOffset(int receiver) {
        return GATES_OFFSET + receiver * GATE_STRIDE;
    }

    /** Returns the number of the block that contains a position, counted over all laps. */
    static long block(long position) {
        return position >> BLOCK_SHIFT;
    }

    /** Returns the offset of a block's word in the table, which wraps around. */
    static long boundaryOffset(long block) {
        return block * BOUNDARY_LENGTH;
    }

    /** Returns the word of a boundary. */
    static long boundary(long position, long messages, int capacity) {
        return RECORDED_FLAG
                | lap(block(position), capacity)
                | (position & BLOCK_LENGTH - 1) / RecordDescriptor.ALIGNMENT << OFFSET_SHIFT
                | messages & MESSAGES_MASK;
    }

    private static long lap(long block, int capacity) {
        return block / (capacity >> BLOCK_SHIFT) << LAP_SHIFT & LAP_MASK;
    }

    /** Tests whether a word is a boundary in a block, of this lap and not another. */
    static boolean isBoundary(long word, long block, int capacity) {
        return (word & (RECORDED_FLAG | LAP_MASK)) == (RECORDED_FLAG | lap(block, capacity));
    }

    /** Returns the position of a boundary in a block. */
    static long position(long word, long block) {
        return (block << BLOCK_SHIFT)
                + ((word & OFFSET_MASK) >>> OFFSET_SHIFT) * RecordDescriptor.ALIGNMENT;
    }

    /** Returns the number of messages sent before a boundary, modulo 2^48. */
    static long messages(long word) {
        return word & MESSAGES_MASK;
    }

    /** Returns the number of messages between two counts. */
    static long difference(long messages, long before) {
        return messages - before & MESSAGES_MASK;
    }

    /** Tests whether a gate limits the sender. */
    static boolean isGated(long gate) {
        return (gate & GATED_FLAG) != 0;
    }

    /**
     * Returns the position of a gate that limits the sender.
     *
     * @throws ChannelCorruptedException if no receiver can be there
     */
    static long checkGate(long gate, int receiver, long senderPosition) {
        long position = gate & ~GATE_FLAGS;
        if ((gate & GATE_FLAGS) != GATED_FLAG || position < 0 || position > senderPosition) {
            throw new ChannelCorruptedException(
                    String.format(
                            "the gate of receiver %d is 0x%016x; expected a position of at most %d,"
                                    + " and the bit %d",
                            receiver, gate, senderPosition, GATED_FLAG));
        }
        return position;
    }
}
