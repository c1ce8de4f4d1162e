package io.sluice.ring;

/**
 * The layout of the hint: where the receivers that share a lane begin to scan. No ready record has
 * a sequence before it, except during a recovery.
 *
 * <pre>
 *   63 ...... 44 | 43 ........ 0
 *   epoch        | sequence
 * </pre>
 *
 * <p>Receivers only advance it, within its epoch. A thread that makes records ready again moves it
 * back, and begins a new epoch even if the sequence need not change: a receiver that saw one of
 * these records taken before then fails to advance the hint over it.
 */
final class HintDescriptor {
    /** The shift of the epoch in the word. */
    public static final int EPOCH_SHIFT = 64 - SlotStateDescriptor.SEQUENCE_SHIFT;

    private HintDescriptor() {}

    /**
     * Returns the sequence in a hint.
     *
     * @param hint the word
     * @return the sequence, modulo 2^44
     */
    public static long sequence(long hint) {
        return hint & SlotStateDescriptor.SEQUENCE_MASK;
    }

    /**
     * Tests whether two hints are of the same epoch.
     *
     * @param hint one word
     * @param other the other word
     * @return whether their epochs are equal
     */
    public static boolean isSameEpoch(long hint, long other) {
        return (hint ^ other) >>> EPOCH_SHIFT == 0;
    }

    /**
     * Returns a hint with another sequence, in the same epoch.
     *
     * @param hint the word
     * @param sequence the new sequence
     * @return the new word
     */
    public static long advanced(long hint, long sequence) {
        return hint & ~SlotStateDescriptor.SEQUENCE_MASK
                | sequence & SlotStateDescriptor.SEQUENCE_MASK;
    }

    /**
     * Returns a hint in the next epoch.
     *
     * @param hint the word
     * @param sequence the upper bound of its sequence
     * @return the new word
     */
    public static long lowered(long hint, long sequence) {
        boolean before = SlotStateDescriptor.distance(sequence, sequence(hint)) >= 0;
        return advanced(hint + (1L << EPOCH_SHIFT), before ? hint : sequence);
    }
}
