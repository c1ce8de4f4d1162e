package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;

/**
 * The layout of a message slot: the ownership state of a record in a lane with many receivers.
 * Message slots form a separate ring with a fixed stride, so that a late compare-and-set never hits
 * a payload.
 *
 * <pre>
 *   0        8        16
 *   +--------+--------+
 *   | word   | ref    |
 *   +--------+--------+
 *
 *   word:   63 ........ 20 | 19 ... 16 | 15 14 | 13 ... 0
 *           sequence       | attempts  | state | owner
 *   ref:    the word of the record, see {@link RecordDescriptor}
 * </pre>
 *
 * <p>The record with sequence <i>s</i> has the message slot at index <i>s</i> modulo the number of
 * message slots. Its payload lies at its position in the ring, without a header word. Sequences
 * begin at 1 and are compared {@linkplain #distance modulo 2^44}; a word of zero, as in a new lane,
 * means that the record of sequence 0 is done. A done word holds neither attempts nor an owner; a
 * ready word holds the record's index in its batch instead, see {@link SlotBatch}.
 */
final class SlotStateDescriptor {
    /** The offset of the state word in a message slot. */
    public static final int WORD_OFFSET = 0;

    /** The offset of the record reference in a message slot. */
    public static final int RECORD_REF_OFFSET = WORD_OFFSET + Long.BYTES;

    /** The distance between two message slots, in bytes. */
    public static final int STRIDE = RECORD_REF_OFFSET + Long.BYTES;

    /** The smallest number of message slots in a lane. */
    public static final int MIN_COUNT = 64;

    /**
     * The number of ring bytes per message slot, unless that yields fewer than {@link #MIN_COUNT}.
     */
    public static final int RING_BYTES_PER_SLOT = 64;

    /** The shift of the sequence in the word. */
    public static final int SEQUENCE_SHIFT = 20;

    /** The bits of a sequence, unshifted. */
    public static final long SEQUENCE_MASK = -1L >>> SEQUENCE_SHIFT;

    /** The shift of the attempts in the word. */
    public static final int ATTEMPTS_SHIFT = 16;

    /** The value at which the count of attempts saturates. */
    public static final int MAX_ATTEMPTS = 15;

    /** The shift of the state in the word. */
    public static final int STATE_SHIFT = 14;

    /** State: received, or never sent; the slot state belongs to the sender. */
    public static final int DONE = 0;

    /** State: sent; any receiver may take the record. */
    public static final int READY = 1;

    /** State: being received; the record belongs to the owner. */
    public static final int TAKEN = 2;

    /** The highest owner number. */
    public static final int MAX_OWNER = (1 << STATE_SHIFT) - 1;

    private static final int STATE_MASK = 3;

    private SlotStateDescriptor() {}

    /**
     * Returns the number of message slots of a lane.
     *
     * @param capacity the ring's capacity, in bytes, a power of two
     * @return the number, a power of two
     */
    public static int count(int capacity) {
        return Math.max(MIN_COUNT, capacity / RING_BYTES_PER_SLOT);
    }

    /**
     * Returns the number of message slots of a lane, after checking that their memory has that
     * length.
     */
    static int count(Memory claims, Memory ring) {
        int count = count(Math.toIntExact(ring.size()));
        if (claims.size() != (long) count * STRIDE) {
            throw new IllegalArgumentException(
                    String.format(
                            "message slots of %d bytes; a ring of %d needs %d",
                            claims.size(), ring.size(), (long) count * STRIDE));
        }
        return count;
    }

    /**
     * Returns the length that a record occupies in the ring.
     *
     * @param payloadLength the payload's length, in bytes
     * @return payload and padding, in bytes
     */
    public static int ringLength(int payloadLength) {
        return RecordDescriptor.recordLength(payloadLength) - RecordDescriptor.HEADER_LENGTH;
    }

    /**
     * Returns how far a sequence is ahead of another. Sequences wrap around after 2^44.
     *
     * @param sequence one sequence
     * @param other the other sequence
     * @return their difference, in -2^43..2^43 - 1
     */
    public static long distance(long sequence, long other) {
        return sequence - other << SEQUENCE_SHIFT >> SEQUENCE_SHIFT;
    }

    /**
     * Returns the word of a record that has been received.
     *
     * @param sequence the record's sequence
     * @return the word
     */
    public static long done(long sequence) {
        return sequence << SEQUENCE_SHIFT;
    }

    /**
     * Returns the word of a record that any receiver may take.
     *
     * @param sequence the record's sequence
     * @param attempts the number of times it was taken by receivers that died
     * @return the word
     */
    public static long ready(long sequence, int attempts) {
        return sequence << SEQUENCE_SHIFT
                | (long) attempts << ATTEMPTS_SHIFT
                | (long) READY << STATE_SHIFT;
    }

    /**
     * Returns the word of a record that was ready and is taken.
     *
     * @param ready the ready word
     * @param owner the receiver that takes it, in 0..{@link #MAX_OWNER}
     * @return the word
     */
    public static long taken(long ready, int owner) {
        return ready & -1L << ATTEMPTS_SHIFT | (long) TAKEN << STATE_SHIFT | owner;
    }

    /**
     * Returns the sequence in a word.
     *
     * @param word the word
     * @return the sequence, modulo 2^44
     */
    public static long sequence(long word) {
        return word >>> SEQUENCE_SHIFT;
    }

    /**
     * Returns the attempts in a word.
     *
     * @param word the word
     * @return the number of times its record was taken by receivers that died; 15 means 15 or more
     */
    public static int attempts(long word) {
        return (int) (word >>> ATTEMPTS_SHIFT) & MAX_ATTEMPTS;
    }

    /**
     * Returns the state in a word.
     *
     * @param word the word
     * @return {@link #DONE}, {@link #READY} or {@link #TAKEN}; 3 if it is none of these
     */
    public static int state(long word) {
        return (int) (word >>> STATE_SHIFT) & STATE_MASK;
    }

    /**
     * Returns the owner in a word.
     *
     * @param word the word
     * @return the receiver that has taken its record, if the record is taken
     */
    public static int owner(long word) {
        return (int) word & MAX_OWNER;
    }

    /**
     * Tests whether an end could have written a word.
     *
     * @param word the word, read once
     * @param index the index at which it was read: a sequence that maps to the claim
     * @param count the number of message slots
     * @return whether it belongs to this message slot and is in a valid state
     */
    public static boolean isValid(long word, long index, int count) {
        boolean here = (sequence(word) - index & count - 1) == 0 || word == 0;
        return here
                && switch (state(word)) {
                    case DONE -> (word & (1L << SEQUENCE_SHIFT) - 1) == 0;
                    case READY -> owner(word) < count; // The index in a batch.
                    default -> state(word) == TAKEN;
                };
    }

    /** Returns the exception for a word that differs from the expected one. */
    static ChannelCorruptedException corrupted(long word, long index, int count, String expected) {
        return new ChannelCorruptedException(
                String.format(
                        "message slot %d of %d is 0x%016x: sequence=%d, attempts=%d, state=%d,"
                                + " owner=%d; expected %s",
                        index & count - 1,
                        count,
                        word,
                        sequence(word),
                        attempts(word),
                        state(word),
                        owner(word),
                        expected));
    }

    /** Returns the exception for a word that is not {@linkplain #isValid sound}. */
    static ChannelCorruptedException invalid(long word, long index, int count) {
        return corrupted(
                word, index, count, "a done, ready or taken word whose sequence belongs there");
    }
}
