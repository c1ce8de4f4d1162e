package io.sluice.lane;

import io.sluice.ChannelCorruptedException;

/**
 * The offer: what a lane of a rendezvous pipe has instead of a ring of records. It lies at the
 * beginning of the ring's memory, so that a short message comes in the cache line of its word.
 *
 * <pre>
 *   0        8        16                16 + length
 *   +--------+--------+-----------------+
 *   | word   | length | payload         |
 *   +--------+--------+-----------------+
 *
 *   word:   63 ........ 20 | 19 ... 16 | 15 14 | 13 ... 0
 *           sequence       | 0         | state | 0
 * </pre>
 *
 * <p>The word is that of a {@linkplain ClaimWordDescriptor claim}, of which only two states occur:
 * ready, it is offered; done, it was received or taken back. Each offer has the sequence after the
 * last one's, so a receiver that was stopped for long never takes one offer for another.
 */
public final class OfferDescriptor {
    /** Where the word is. */
    public static final int WORD_OFFSET = 0;

    /** Where the payload's length is, in bytes. */
    public static final int LENGTH_OFFSET = WORD_OFFSET + Long.BYTES;

    /** Where the payload begins. */
    public static final int PAYLOAD_OFFSET = LENGTH_OFFSET + Long.BYTES;

    private OfferDescriptor() {}

    /**
     * The longest payload that can be offered.
     *
     * @param capacity the ring's capacity, in bytes
     * @return the length in bytes
     */
    public static int maxPayloadLength(int capacity) {
        return capacity - PAYLOAD_OFFSET;
    }

    /**
     * Whether a word says that something is offered.
     *
     * @param word the word, read once
     * @return true if so, false if nothing is
     * @throws ChannelCorruptedException if no end wrote this word
     */
    static boolean isReady(long word) {
        long sequence = ClaimWordDescriptor.sequence(word);
        if (word == ClaimWordDescriptor.done(sequence)) {
            return false;
        }
        if (word != ClaimWordDescriptor.ready(sequence, 0)) {
            throw corrupted(word, "a word that is ready or done");
        }
        return true;
    }

    /**
     * Checks a length.
     *
     * @param length what was read, once
     * @param max the longest that there can be
     * @return the same
     * @throws ChannelCorruptedException if no sender wrote it
     */
    static int checkLength(long length, int max) {
        if (length < 0 || length > max) {
            throw new ChannelCorruptedException(
                    "an offer of " + length + " bytes; expected 0.." + max);
        }
        return (int) length;
    }

    /** What is thrown for a word that is not what it must be. */
    static ChannelCorruptedException corrupted(long word, String expected) {
        return new ChannelCorruptedException(
                String.format(
                        "the offer's word is 0x%016x: sequence=%d, state=%d; expected %s",
                        word,
                        ClaimWordDescriptor.sequence(word),
                        ClaimWordDescriptor.state(word),
                        expected));
    }
}
