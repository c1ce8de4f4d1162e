package io.sluice.lane;

/**
 * The hint: where receivers of a lane with many of them begin to look. No record that is ready has
 * a sequence before it, except while a recovery is under way.
 *
 * <pre>
 *   63 ...... 44 | 43 ........ 0
 *   epoch        | sequence
 * </pre>
 *
 * <p>Receivers only move it on, within its epoch. Whoever makes records ready again moves it back,
 * and begins a new epoch even if it need not be moved: a receiver that saw one of them taken before
 * then fails to move the hint over it.
 */
public final class HintDescriptor {
    /** How far the epoch is shifted into the word. */
    public static final int EPOCH_SHIFT = 64 - ClaimWordDescriptor.SEQUENCE_SHIFT;

    private HintDescriptor() {}

    /**
     * The sequence in a hint.
     *
     * @param hint the word
     * @return the sequence, modulo 2^44
     */
    public static long sequence(long hint) {
        return hint & ClaimWordDescriptor.SEQUENCE_MASK;
    }

    /**
     * Whether two hints are of the same epoch.
     *
     * @param hint one word
     * @param other the other
     * @return whether they are
     */
    public static boolean isSameEpoch(long hint, long other) {
        return (hint ^ other) >>> EPOCH_SHIFT == 0;
    }

    /**
     * A hint within its epoch.
     *
     * @param hint the word
     * @param sequence the new sequence
     * @return the new word
     */
    public static long advanced(long hint, long sequence) {
        return hint & ~ClaimWordDescriptor.SEQUENCE_MASK
                | sequence & ClaimWordDescriptor.SEQUENCE_MASK;
    }

    /**
     * A hint in the next epoch.
     *
     * @param hint the word
     * @param sequence what its sequence must not be after
     * @return the new word
     */
    public static long lowered(long hint, long sequence) {
        boolean before = ClaimWordDescriptor.distance(sequence, sequence(hint)) >= 0;
        return advanced(hint + (1L << EPOCH_SHIFT), before ? hint : sequence);
    }
}
