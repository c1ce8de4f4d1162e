package io.sluice.ring;

import static io.sluice.ring.SegmentWordDescriptor.DONE;
import static io.sluice.ring.SegmentWordDescriptor.FREED;
import static io.sluice.ring.SegmentWordDescriptor.FREEING;
import static io.sluice.ring.SegmentWordDescriptor.LIVE;
import static io.sluice.ring.SegmentWordDescriptor.REUSED;

import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory.SegmentStore;

/**
 * The segment table of a segmented lane: a word for each of the last generations of segments, see
 * {@link SegmentWordDescriptor}. The word of generation <i>g</i> is at index <i>g</i> modulo the
 * number of entries.
 *
 * <p>The sender writes only in the newest generation. To grow, it completes a segment and links it
 * by one store. This store also seals the generation before, because all messages sent there were
 * published earlier. Receivers proceed from one generation to the next. Once all messages of a
 * generation were received, it is retired, and its slot belongs to the sender again, with or
 * without space.
 *
 * <p>The transitions of a word, by compare-and-set unless marked as a store:
 *
 * <pre>
 *   older   -> LIVE      the sender (store), when the segment is complete and the last generation
 *                        of this word is retired
 *   LIVE    -> DONE      a receiver that found all messages received
 *   LIVE    -> REUSED    the sender, likewise
 *   DONE    -> REUSED    the sender, which then links the slot as another generation
 *   DONE    -> FREEING   a receiver, which then frees the space
 *   FREEING -> FREED     that receiver, or the holder of its lock after its death (store)
 * </pre>
 *
 * <p>So at every instruction each slot belongs to the list, to one receiver that frees it, or to
 * the sender. The newest generation is never retired.
 *
 * <p>Guarantee: lock-free. Any thread, in its role.
 */
final class SegmentTable {
    private final Memory words;
    private final int entries;
    private final int slots;

    /**
     * Creates a view of a segment table.
     *
     * @param slots the number of slots
     */
    SegmentTable(Memory words, int slots) {
        this.words = words;
        this.entries = Math.toIntExact(words.size() / SegmentWordDescriptor.LENGTH);
        this.slots = slots;
    }

    /** Returns how many generations can be in the list or not yet seen to be retired. */
    int entries() {
        return entries;
    }

    /** Returns the word in the entry of a generation; it may be of an older or newer one. */
    long word(long generation) {
        // edge LINK, from SegmentTable.link: the segment is complete, and the one before sealed.
        // edge RETIRE, from SegmentTable.transition: its payloads have been read.
        // edge FREED, from SegmentTable.completeFree: its space is freed.
        long word = words.getLongAcquire(generation * SegmentWordDescriptor.LENGTH);
        return SegmentWordDescriptor.check(word, (int) generation & entries - 1, entries, slots);
    }

    /** Tests whether a generation was linked, in any state; if so, the one before is sealed. */
    boolean isLinked(long generation) {
        return generation(generation) >= generation;
    }

    /** Returns the generation of the word in the entry of this generation. */
    long generation(long generation) {
        return SegmentWordDescriptor.generation(word(generation));
    }

    /** Tests whether a generation is in the list. */
    boolean isLive(long generation) {
        return isLive(word(generation), generation);
    }

    static boolean isLive(long word, long generation) {
        return SegmentWordDescriptor.generation(word) == generation
                && SegmentWordDescriptor.state(word) == LIVE;
    }

    /**
     * Returns the newest generation; 0 if there is none. A newer one may be linked during the call.
     * There is no counterpart for the oldest generation in the list: the scan is not atomic, so it
     * has no result for a thread that is not alone.
     */
    long newest() {
        long newest = 0;
        for (int i = 0; i < entries; i++) {
            newest = Math.max(newest, SegmentWordDescriptor.generation(word(i)));
        }
        return newest;
    }

    /** Links a slot that is the sender's, with a complete segment, as the newest generation. */
    void link(long generation, int slot) {
        // edge LINK, to SegmentTable.word: a thread that loads the word sees the segment, and all
        // messages sent before.
        words.setLongRelease(
                generation * SegmentWordDescriptor.LENGTH,
                SegmentWordDescriptor.word(generation, slot, 0, LIVE));
    }

    private boolean transition(long word, int state, int owner) {
        // edge RETIRE, to SegmentTable.word: all payloads were read, by this thread or before
        // SPMC_RELEASE.
        return words.compareAndSetLong(
                SegmentWordDescriptor.generation(word) * SegmentWordDescriptor.LENGTH,
                word,
                SegmentWordDescriptor.with(word, state, owner));
    }

    /** Retires a generation whose messages were all received; keeps its space. */
    boolean retire(long word) {
        return transition(word, DONE, 0);
    }

    /** Takes the slot of a generation whose messages were all received, for the sender. */
    boolean reuse(long word) {
        return transition(word, REUSED, 0);
    }

    /** Frees the space of a retired generation. */
    boolean free(long word, int owner, SegmentStore store) {
        if (!transition(word, FREEING, owner)) {
            return false;
        }
        completeFree(SegmentWordDescriptor.with(word, FREEING, owner), store);
        return true;
    }

    private void completeFree(long word, SegmentStore store) {
        store.free(SegmentWordDescriptor.slot(word));
        // edge FREED, to SegmentTable.word: no receiver frees the slot's space any more.
        words.setLongRelease(
                SegmentWordDescriptor.generation(word) * SegmentWordDescriptor.LENGTH,
                SegmentWordDescriptor.with(word, FREED, 0));
    }

    /** Completes the frees that a dead receiver began. The caller holds that receiver's lock. */
    void recover(int owner, SegmentStore store) {
        for (int i = 0; i < entries; i++) {
            long word = word(i);
            if (SegmentWordDescriptor.state(word) == FREEING
                    && SegmentWordDescriptor.owner(word) == owner) {
                completeFree(word, store);
            }
        }
    }
}
