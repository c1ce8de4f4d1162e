package io.sluice.lane;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;

/**
 * A claim: who has a record of a lane with many receivers. Claims are a ring of their own, at a
 * fixed stride, so that no payload ever lies where a late compare-and-set could land.
 *
 * <pre>
 *   0        8        16
 *   +--------+--------+
 *   | word   | place  |
 *   +--------+--------+
 *
 *   word:   63 ........ 20 | 19 ... 16 | 15 14 | 13 ... 0
 *           sequence       | attempts  | state | owner
 *   place:  the word of the record, see {@link RecordDescriptor}
 * </pre>
 *
 * <p>The record of a sequence has the claim at that sequence modulo their count. Its payload lies
 * at its position in the ring, without a word in front of it. Sequences begin at 1 and are compared
 * {@linkplain #distance modulo 2^44}; a word of zero, as in a new lane, says that the record of
 * sequence 0 is done. A done word holds neither attempts nor an owner, a ready one no owner.
 */
public final class ClaimWordDescriptor {
    /** Where a claim's word is in it. */
    public static final int WORD_OFFSET = 0;

    /** Where the place of its record is in it. */
    public static final int PLACE_OFFSET = WORD_OFFSET + Long.BYTES;

    /** From one claim to the next, in bytes. */
    public static final int STRIDE = PLACE_OFFSET + Long.BYTES;

    /** The fewest claims of a lane. */
    public static final int MIN_COUNT = 64;

    /** How many bytes of the ring there are for each claim, unless that makes too few. */
    public static final int RING_BYTES_PER_CLAIM = 64;

    /** How far the sequence is shifted into the word. */
    public static final int SEQUENCE_SHIFT = 20;

    /** The bits of a sequence, before it is shifted. */
    public static final long SEQUENCE_MASK = -1L >>> SEQUENCE_SHIFT;

    /** How far the attempts are shifted into the word. */
    public static final int ATTEMPTS_SHIFT = 16;

    /** The most attempts that are counted. */
    public static final int MAX_ATTEMPTS = 15;

    /** How far the state is shifted into the word. */
    public static final int STATE_SHIFT = 14;

    /** State: received, or never sent; the sender's. */
    public static final int DONE = 0;

    /** State: sent; anybody's. */
    public static final int READY = 1;

    /** State: being received; the owner's. */
    public static final int TAKEN = 2;

    /** The highest number of an owner. */
    public static final int MAX_OWNER = (1 << STATE_SHIFT) - 1;

    private static final int STATE_MASK = 3;

    private ClaimWordDescriptor() {}

    /**
     * How many claims a lane has.
     *
     * @param capacity the ring's capacity, in bytes, a power of two
     * @return a power of two
     */
    public static int count(int capacity) {
        return Math.max(MIN_COUNT, capacity / RING_BYTES_PER_CLAIM);
    }

    /** How many claims a lane has, whose memory must be as long as they are. */
    static int count(Memory claims, Memory ring) {
        int count = count(Math.toIntExact(ring.size()));
        if (claims.size() != (long) count * STRIDE) {
            throw new IllegalArgumentException(
                    "claims of "
                            + claims.size()
                            + " bytes; a ring of "
                            + ring.size()
                            + " needs "
                            + (long) count * STRIDE);
        }
        return count;
    }

    /**
     * How much of the ring a record takes.
     *
     * @param payloadLength the payload's length, in bytes
     * @return payload and padding, in bytes
     */
    public static int ringLength(int payloadLength) {
        return RecordDescriptor.recordLength(payloadLength) - RecordDescriptor.HEADER_LENGTH;
    }

    /**
     * How far a sequence is ahead of another. Sequences wrap around after 2^44.
     *
     * @param sequence the one
     * @param other the other
     * @return their difference, in -2^43..2^43 - 1
     */
    public static long distance(long sequence, long other) {
        return sequence - other << SEQUENCE_SHIFT >> SEQUENCE_SHIFT;
    }

    /**
     * The word of a record that has been received.
     *
     * @param sequence the record's sequence
     * @return its word
     */
    public static long done(long sequence) {
        return sequence << SEQUENCE_SHIFT;
    }

    /**
     * The word of a record that anybody may take.
     *
     * @param sequence the record's sequence
     * @param attempts how often it was taken by receivers that died
     * @return its word
     */
    public static long ready(long sequence, int attempts) {
        return sequence << SEQUENCE_SHIFT
                | (long) attempts << ATTEMPTS_SHIFT
                | (long) READY << STATE_SHIFT;
    }

    /**
     * The word of a record that was ready, and is taken.
     *
     * @param ready the word that says it is ready
     * @param owner who takes it, in 0..{@link #MAX_OWNER}
     * @return its word
     */
    public static long taken(long ready, int owner) {
        return ready & -1L << ATTEMPTS_SHIFT | (long) TAKEN << STATE_SHIFT | owner;
    }

    /**
     * The sequence in a word.
     *
     * @param word the word
     * @return the sequence, modulo 2^44
     */
    public static long sequence(long word) {
        return word >>> SEQUENCE_SHIFT;
    }

    /**
     * The attempts in a word.
     *
     * @param word the word
     * @return how often its record was taken by receivers that died; 15 stands for more
     */
    public static int attempts(long word) {
        return (int) (word >>> ATTEMPTS_SHIFT) & MAX_ATTEMPTS;
    }

    /**
     * The state in a word.
     *
     * @param word the word
     * @return {@link #DONE}, {@link #READY} or {@link #TAKEN}; 3 if it is none
     */
    public static int state(long word) {
        return (int) (word >>> STATE_SHIFT) & STATE_MASK;
    }

    /**
     * The owner in a word.
     *
     * @param word the word
     * @return who has its record, if it is taken
     */
    public static int owner(long word) {
        return (int) word & MAX_OWNER;
    }

    /**
     * Whether any end could have written a word.
     *
     * @param word the word, read once
     * @param index where it was read: a sequence whose claim it is
     * @param count how many claims there are
     * @return whether it is one of this claim, in one of the states
     */
    public static boolean isSound(long word, long index, int count) {
        boolean here = (sequence(word) - index & count - 1) == 0 || word == 0;
        return here
                && switch (state(word)) {
                    case DONE -> (word & (1L << SEQUENCE_SHIFT) - 1) == 0;
                    case READY -> owner(word) == 0;
                    default -> state(word) == TAKEN;
                };
    }

    /** What is thrown for a word that is not what it must be. */
    static ChannelCorruptedException corrupted(long word, long index, int count, String expected) {
        return new ChannelCorruptedException(
                String.format(
                        "claim %d of %d is 0x%016x: sequence=%d, attempts=%d, state=%d, owner=%d;"
                                + " expected %s",
                        index & count - 1,
                        count,
                        word,
                        sequence(word),
                        attempts(word),
                        state(word),
                        owner(word),
                        expected));
    }

    /** What is thrown for a word that is not {@linkplain #isSound sound}. */
    static ChannelCorruptedException unsound(long word, long index, int count) {
        return corrupted(
                word, index, count, "a done, ready or taken word whose sequence belongs there");
    }
}
