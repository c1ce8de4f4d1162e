package io.sluice.lane;

import io.sluice.ChannelCorruptedException;

/**
 * A word of a lane's segment table: what has become of one generation.
 *
 * <pre>
 *   63 ..... 27 | 26 ... 15 | 14 ... 3 | 2 .. 0
 *   generation  | slot      | owner    | state
 * </pre>
 *
 * <p>A word of zero says that no generation was ever there: generations begin at 1.
 */
public final class SegmentWordDescriptor {
    /** The length of a word, in bytes. */
    public static final int LENGTH = Long.BYTES;

    /** In the chain: its sender may write there, its receivers may read there. */
    public static final int LIVE = 1;

    /** All of it was received; its space is kept for the sender. */
    public static final int DONE = 2;

    /** The sender has taken its space for another generation. */
    public static final int REUSED = 3;

    /** All of it was received; its owner, a receiver, is taking its space away. */
    public static final int FREEING = 4;

    /** Its space was taken away. */
    public static final int FREED = 5;

    /** The bits of the state. */
    public static final int STATE_MASK = 7;

    /** How far the owner is shifted into the word. */
    public static final int OWNER_SHIFT = 3;

    /** How far the slot is shifted into the word. */
    public static final int SLOT_SHIFT = 15;

    /** How far the generation is shifted into the word. */
    public static final int GENERATION_SHIFT = 27;

    private static final int NUMBER_MASK = (1 << SLOT_SHIFT - OWNER_SHIFT) - 1;

    private SegmentWordDescriptor() {}

    static long word(long generation, int slot, int owner, int state) {
        return generation << GENERATION_SHIFT
                | (long) slot << SLOT_SHIFT
                | (long) owner << OWNER_SHIFT
                | state;
    }

    static long generation(long word) {
        return word >>> GENERATION_SHIFT;
    }

    static int slot(long word) {
        return (int) (word >>> SLOT_SHIFT) & NUMBER_MASK;
    }

    static int owner(long word) {
        return (int) (word >>> OWNER_SHIFT) & NUMBER_MASK;
    }

    static int state(long word) {
        return (int) word & STATE_MASK;
    }

    /** The same generation in another state. */
    static long with(long word, int state, int owner) {
        return word(generation(word), slot(word), owner, state);
    }

    /**
     * Checks a word.
     *
     * @param word what was read
     * @param index where in the table
     * @param entries how many there are in the table
     * @param slots how many slots there are
     * @return the word
     * @throws ChannelCorruptedException if no end writes that
     */
    static long check(long word, int index, int entries, int slots) {
        boolean sound =
                word == 0
                        || state(word) >= LIVE
                                && state(word) <= FREED
                                && slot(word) < slots
                                && (state(word) == FREEING || owner(word) == 0)
                                && generation(word) > 0
                                && (generation(word) & entries - 1) == index;
        if (!sound) {
            throw new ChannelCorruptedException(
                    String.format(
                            "segment word 0x%016x at %d of %d, with %d slots: no end writes that",
                            word, index, entries, slots));
        }
        return word;
    }
}
