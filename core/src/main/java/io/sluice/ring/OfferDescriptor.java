package io.sluice.ring;

import io.sluice.ChannelCorruptedException;

/**
 * The layout of an offer: the one-message buffer that a lane of a rendezvous pipe has instead of a
 * ring of records. It occupies the beginning of the ring's memory, so that a short payload shares
 * the cache line of its word.
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
 * <p>The word has the format of a {@linkplain SlotStateDescriptor slot state}, of which only two
 * states occur: ready means offered; done means received or retracted. The sequence of each offer
 * follows that of the last one, so a receiver that was suspended for a long time never mistakes one
 * offer for another.
 */
final class OfferDescriptor {
    /** The offset of the word. */
    public static final int WORD_OFFSET = 0;

    /** The offset of the payload's length, which is in bytes. */
    public static final int LENGTH_OFFSET = WORD_OFFSET + Long.BYTES;

    /** The offset of the payload. */
    public static final int PAYLOAD_OFFSET = LENGTH_OFFSET + Long.BYTES;

    private OfferDescriptor() {}

    /**
     * Returns the longest payload that can be offered.
     *
     * @param capacity the ring's capacity, in bytes
     * @return the length in bytes
     */
    public static int maxPayloadLength(int capacity) {
        return capacity - PAYLOAD_OFFSET;
    }

    /**
     * Tests whether a word denotes an offer.
     *
     * @param word the word, read once
     * @return true if a message is offered, false if none is
     * @throws ChannelCorruptedException if no endpoint can have written this word
     */
    static boolean isReady(long word) {
        long sequence = SlotStateDescriptor.sequence(word);
        if (word == SlotStateDescriptor.done(sequence)) {
            return false;
        }
        if (word != SlotStateDescriptor.ready(sequence, 0)) {
            throw corrupted(word, "a word that is ready or done");
        }
        return true;
    }

    /**
     * Checks a payload length.
     *
     * @param length the length, read once
     * @param max the longest possible payload, in bytes
     * @return the length
     * @throws ChannelCorruptedException if no sender can have written this length
     */
    static int checkLength(long length, int max) {
        if (length < 0 || length > max) {
            throw new ChannelCorruptedException(
                    "an offer of " + length + " bytes; expected 0.." + max);
        }
        return (int) length;
    }

    /** Returns the exception to throw for an unexpected word. */
    static ChannelCorruptedException corrupted(long word, String expected) {
        return new ChannelCorruptedException(
                String.format(
                        "the offer's word is 0x%016x: sequence=%d, state=%d; expected %s",
                        word,
                        SlotStateDescriptor.sequence(word),
                        SlotStateDescriptor.state(word),
                        expected));
    }
}
