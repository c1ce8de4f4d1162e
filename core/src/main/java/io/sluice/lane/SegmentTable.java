package io.sluice.lane;

import static io.sluice.lane.SegmentWordDescriptor.DONE;
import static io.sluice.lane.SegmentWordDescriptor.FREED;
import static io.sluice.lane.SegmentWordDescriptor.FREEING;
import static io.sluice.lane.SegmentWordDescriptor.LIVE;
import static io.sluice.lane.SegmentWordDescriptor.REUSED;

import io.sluice.memory.Memory;

/**
 * Which segments a lane that grows consists of: a word for each of the last generations, see {@link
 * SegmentWordDescriptor}. The generation <i>g</i> has the word at <i>g</i> modulo their number.
 *
 * <p>The sender writes in the newest generation alone. To grow it makes a segment whole, and links
 * it by one store: by this also the one before is sealed, since all that was ever sent there was
 * published before. Receivers go from one generation to the next; once all of one was received it
 * is retired, and its slot is the sender's again, with its space or without.
 *
 * <p>Who changes a word, by compare-and-set unless it says store:
 *
 * <pre>
 *   older   -> LIVE      the sender: store, when the segment is whole and its word's last
 *                        generation retired
 *   LIVE    -> DONE      a receiver that found all of it received
 *   LIVE    -> REUSED    the sender, likewise
 *   DONE    -> REUSED    the sender, which then links the slot as another generation
 *   DONE    -> FREEING   a receiver, which then takes the space away
 *   FREEING -> FREED     that receiver, or who holds its lock after its death: store
 * </pre>
 *
 * <p>So at every instruction each slot belongs to the chain, to one receiver that frees it, or to
 * the sender. The newest generation is never retired.
 *
 * <p>Guarantee: lock-free. Any thread, in its role.
 */
final class SegmentTable {
    private final Memory words;
    private final int entries;
    private final int slots;

    /**
     * A table.
     *
     * @param words its words, all of the memory
     * @param slots how many slots there are
     */
    SegmentTable(Memory words, int slots) {
        this.words = words;
        this.entries = Math.toIntExact(words.size() / SegmentWordDescriptor.LENGTH);
        this.slots = slots;
    }

    /** How many generations can be in the chain, or not yet seen to be retired. */
    int entries() {
        return entries;
    }

    /** The word where a generation is, was, or will be. */
    long word(long generation) {
        // edge LINK, from SegmentTable.link: the segment is whole, and the one before sealed.
        // edge RETIRE, from SegmentTable.change: its payload has been read.
        // edge FREED, from SegmentTable.freed: its space is gone.
        long word = words.getLongAcquire(generation * SegmentWordDescriptor.LENGTH);
        return SegmentWordDescriptor.check(word, (int) generation & entries - 1, entries, slots);
    }

    /** Whether a generation was linked, whatever has become of it: the one before is sealed. */
    boolean isLinked(long generation) {
        return generation(generation) >= generation;
    }

    /** Which generation's word is where this one's is, was, or will be. */
    long generation(long generation) {
        return SegmentWordDescriptor.generation(word(generation));
    }

    /** Whether a generation is in the chain. */
    boolean isLive(long generation) {
        return isLive(word(generation), generation);
    }

    static boolean isLive(long word, long generation) {
        return SegmentWordDescriptor.generation(word) == generation
                && SegmentWordDescriptor.state(word) == LIVE;
    }

    /**
     * The newest generation; 0 if there is none. A newer one may be linked while this looks. (There
     * is no oldest one in the chain for whoever is not alone: it is not looked at in one moment.)
     */
    long newest() {
        long newest = 0;
        for (int i = 0; i < entries; i++) {
            newest = Math.max(newest, SegmentWordDescriptor.generation(word(i)));
        }
        return newest;
    }

    /** Makes a slot that is the sender's, and whole, the newest generation. */
    void link(long generation, int slot) {
        // edge LINK, to SegmentTable.word: whoever sees it sees the segment, and all that was sent
        // before.
        words.setLongRelease(
                generation * SegmentWordDescriptor.LENGTH,
                SegmentWordDescriptor.word(generation, slot, 0, LIVE));
    }

    private boolean change(long word, int state, int owner) {
        // edge RETIRE, to SegmentTable.word: whose payload was read, by SHARED_RELEASE or itself.
        return words.compareAndSetLong(
                SegmentWordDescriptor.generation(word) * SegmentWordDescriptor.LENGTH,
                word,
                SegmentWordDescriptor.with(word, state, owner));
    }

    /** Retires what was received; its space is kept. */
    boolean retire(long word) {
        return change(word, DONE, 0);
    }

    /** Takes what was received for the sender. */
    boolean reuse(long word) {
        return change(word, REUSED, 0);
    }

    /** Takes the space away of what is retired. */
    boolean free(long word, int owner, SegmentStore store) {
        if (!change(word, FREEING, owner)) {
            return false;
        }
        freed(SegmentWordDescriptor.with(word, FREEING, owner), store);
        return true;
    }

    private void freed(long word, SegmentStore store) {
        store.free(SegmentWordDescriptor.slot(word));
        // edge FREED, to SegmentTable.word: nobody takes the slot's space away any more.
        words.setLongRelease(
                SegmentWordDescriptor.generation(word) * SegmentWordDescriptor.LENGTH,
                SegmentWordDescriptor.with(word, FREED, 0));
    }

    /** Finishes what a dead receiver had begun to free. Whoever calls it holds that one's lock. */
    void recover(int owner, SegmentStore store) {
        for (int i = 0; i < entries; i++) {
            long word = word(i);
            if (SegmentWordDescriptor.state(word) == FREEING
                    && SegmentWordDescriptor.owner(word) == owner) {
                freed(word, store);
            }
        }
    }
}
