package io.sluice.ring;

import static io.sluice.ring.SegmentWordDescriptor.DONE;
import static io.sluice.ring.SegmentWordDescriptor.FREED;
import static io.sluice.ring.SegmentWordDescriptor.REUSED;

import io.sluice.memory.RingMemory;
import io.sluice.memory.RingMemory.SegmentStore;
import java.io.IOException;
import java.util.Arrays;

/**
 * The sender's view of the slots of its lane: which of them it owns, and which it has mapped.
 *
 * <p>One thread at a time.
 */
final class SegmentPool {
    /** The value for no slot. */
    static final int NONE = -1;

    /** The most segments that are kept mapped: enough for all, unless there are very many. */
    static final int MAX_MAPPED = 128;

    private final SegmentTable table;
    private final SegmentStore store;
    private final RingFlavor flavor;
    private final RingMemory[] segments; // By slot; null unless it is mapped.
    private final RingSender[] senders; // Likewise.
    private final long[]
            generations; // By slot: its generation; 0 if the sender owns it and it has no space.
    private final int[] mapped = new int[MAX_MAPPED]; // Slots, the most recently used first.
    private long oldest; // All earlier generations have been seen to be retired.
    private int current = NONE; // The slot that is being written.
    private int acquired = NONE; // The slot that is to be linked next.
    private int firstFree; // No lower slot is both the sender's and without space.

    /** Restores what the last sender left; frees the space of slots that it did not link. */
    SegmentPool(SegmentTable table, SegmentStore store, RingFlavor flavor, long newest) {
        this.table = table;
        this.store = store;
        this.flavor = flavor;
        this.segments = new RingMemory[store.slots()];
        this.senders = new RingSender[store.slots()];
        this.generations = new long[store.slots()];
        Arrays.fill(mapped, NONE);
        this.oldest = Math.max(1, newest - table.entries() + 1);
        for (long generation = oldest; generation <= newest; generation++) {
            long word = table.word(generation);
            int state = SegmentWordDescriptor.state(word);
            if (SegmentWordDescriptor.generation(word) == generation
                    && state != REUSED
                    && state != FREED) {
                generations[SegmentWordDescriptor.slot(word)] = generation;
            }
        }
        current = SegmentWordDescriptor.slot(table.word(newest));
        for (int slot = 0; slot < generations.length; slot++) {
            if (generations[slot] == 0) {
                store.free(slot);
            }
        }
    }

    /** Returns the generation before which all have been seen to be retired. */
    long oldest() {
        return oldest;
    }

    /**
     * Takes a slot for the generation after the newest, preferably one that has its space.
     *
     * @return the slot's index, or {@link #NONE}
     * @throws IOException if there is no space for another segment
     */
    int acquire(long newest) throws IOException {
        if (acquired != NONE) {
            return acquired; // An earlier call took it, but it could not be mapped.
        }
        scanRetired(newest);
        boolean last = isTableFull(newest);
        long end = last ? oldest + 1 : newest;
        acquired = recycle(end);
        if (acquired == NONE && !last) {
            acquired = allocate();
        }
        if (acquired == NONE && flavor.isShared()) {
            acquired = acquireReceived(end);
        }
        return acquired;
    }

    /**
     * Tests whether the generation after the newest has the same entry as the oldest: then only the
     * slot of the oldest one helps.
     */
    boolean isTableFull(long newest) {
        return newest + 1 - oldest >= table.entries();
    }

    /** Takes the slot of a generation in the list, if all was received or dropped. */
    int acquireReceived(long word, int slot) throws IOException {
        acquired = flavor.isReceived(segment(slot)) && table.reuse(word) ? slot : NONE;
        return acquired;
    }

    /** Processes the generations that were retired since the last call. */
    private void scanRetired(long newest) {
        boolean allBefore = true;
        for (long generation = oldest; generation < newest; generation++) {
            long word = table.word(generation);
            boolean retired = true;
            if (SegmentWordDescriptor.generation(word) == generation) {
                int state = SegmentWordDescriptor.state(word);
                if (state == FREED) {
                    onFreed(SegmentWordDescriptor.slot(word), generation);
                }
                retired = state == FREED || state == REUSED;
            }
            allBefore &= retired;
            if (allBefore) {
                oldest = generation + 1;
            } else if (!flavor.isShared()) {
                break; // A single receiver retires generations in order.
            }
        }
    }

    private int recycle(long end) {
        for (long generation = oldest; generation < end; generation++) {
            long word = table.word(generation);
            if (SegmentWordDescriptor.generation(word) == generation
                    && SegmentWordDescriptor.state(word) == DONE
                    && table.reuse(word)) {
                return SegmentWordDescriptor.slot(word);
            }
        }
        return NONE;
    }

    private int allocate() throws IOException {
        while (firstFree < generations.length && generations[firstFree] != 0) {
            firstFree++;
        }
        if (firstFree == generations.length) {
            return NONE;
        }
        store.allocate(firstFree);
        flavor.initialize(segment(firstFree));
        return firstFree;
    }

    /**
     * Takes the slot of the oldest generation in the list, if all its messages were received: the
     * receiver of the last one may not have noticed that.
     */
    private int acquireReceived(long end) throws IOException {
        for (long generation = oldest; generation < end; generation++) {
            long word = table.word(generation);
            if (SegmentTable.isLive(word, generation)) {
                return acquireReceived(word, SegmentWordDescriptor.slot(word));
            }
        }
        return NONE;
    }

    private void onFreed(int slot, long generation) {
        if (generations[slot] == generation) {
            generations[slot] = 0;
            firstFree = Math.min(firstFree, slot);
            unmap(slot);
        }
    }

    /**
     * Records that a slot is about to be linked, and is written from now on. Its word replaces that
     * of an older generation, which counts as retired from then on, whatever a receiver writes
     * there.
     */
    void onLinked(int slot, long generation) {
        oldest = Math.max(oldest, generation - table.entries() + 1);
        generations[slot] = generation;
        current = slot;
        acquired = NONE;
    }

    /** Returns the sender of a slot's ring. */
    RingSender sender(int slot) throws IOException {
        RingMemory segment = segment(slot);
        if (senders[slot] == null) {
            senders[slot] = flavor.ringSender(segment);
        }
        return senders[slot];
    }

    /**
     * Returns the segment of a slot, mapped. If too many are mapped, unmaps the least recently used
     * one that is not being written.
     */
    RingMemory segment(int slot) throws IOException {
        int i = 0;
        while (i < MAX_MAPPED - 1 && mapped[i] != slot && mapped[i] != NONE) {
            i++;
        }
        if (mapped[i] != slot && mapped[i] != NONE) {
            if (mapped[i] == current) { // Written all the time without a call of this method.
                mapped[i] = mapped[i - 1];
                mapped[i - 1] = current;
            }
            unmap(mapped[i]);
        }
        System.arraycopy(mapped, 0, mapped, 1, i);
        mapped[0] = slot;
        if (segments[slot] == null) {
            segments[slot] = store.map(slot);
        }
        return segments[slot];
    }

    private void unmap(int slot) {
        if (segments[slot] != null) {
            segments[slot].close();
            segments[slot] = null;
            senders[slot] = null;
        }
    }
}
