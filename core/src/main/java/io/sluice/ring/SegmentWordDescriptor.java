package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;

/**
 * The layout of a word of a segment table: the state of one generation.
 *
 * <pre>
 *   63 ..... 27 | 26 ... 15 | 14 ... 3 | 2 .. 0
 *   generation  | slot      | owner    | state
 * </pre>
 *
 * <p>A word of zero means that the entry was never used: generations begin at 1.
 */
final class SegmentWordDescriptor {
    /** The length of a word, in bytes. */
    public static final int LENGTH = Long.BYTES;

    /** State: in the list; the sender may write there, receivers may read there. */
    public static final int LIVE = 1;

    /** State: all messages were received; the space is kept for the sender. */
    public static final int DONE = 2;

    /** State: the sender has taken the space for another generation. */
    public static final int REUSED = 3;

    /** State: all messages were received; the owner, a receiver, is freeing the space. */
    public static final int FREEING = 4;

    /** State: the space is freed. */
    public static final int FREED = 5;

    /** The mask of the state. */
    public static final int STATE_MASK = 7;

    /** The shift of the owner in the word. */
    public static final int OWNER_SHIFT = 3;

    /** The shift of the slot in the word. */
    public static final int SLOT_SHIFT = 15;

    /** The shift of the generation in the word. */
    public static final int GENERATION_SHIFT = 27;

    private static final int NUMBER_MASK = (1 << SLOT_SHIFT - OWNER_SHIFT) - 1;

    private SegmentWordDescriptor() {}

    /**
     * Links the first slot, which is initialized, as the first generation of a lane that no peer
     * can see yet.
     *
     * @param table the words of its segment table
     */
    static void linkFirst(Memory table) {
        table.setLong(LENGTH, word(1, 0, 0, LIVE));
    }

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

    /** Returns a word of the same generation and slot, in another state. */
    static long with(long word, int state, int owner) {
        return word(generation(word), slot(word), owner, state);
    }

    /**
     * Checks a word.
     *
     * @param word the word, read once
     * @param index the word's index in the table
     * @param entries the number of entries in the table
     * @param slots the number of slots
     * @return the word
     * @throws ChannelCorruptedException if no endpoint can have written this word
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
