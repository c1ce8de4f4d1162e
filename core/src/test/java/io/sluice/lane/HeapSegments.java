package io.sluice.lane;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.lane.Mortal.Fate;
import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The segments of a lane on the heap, with its control words and table. Checks that an end does not
 * access what it has unmapped, and that the space of a segment in the chain is not freed.
 */
final class HeapSegments {
    private static final long GARBAGE = 0x5a5a_5a5a_5a5a_5a58L;

    final Memory control = new HeapMemory(1024);
    final Memory table;
    private final Memory[] controls;
    private final Memory[] claims;
    private final Memory[] rings;
    private final boolean[] allocated;
    private int growths;

    /**
     * Creates the slots, the first of which is the whole lane.
     *
     * @param slots the number of slots
     * @param capacity the capacity of each ring, in bytes
     */
    HeapSegments(int slots, int capacity) {
        table = new HeapMemory(Integer.highestOneBit(2 * slots) * SegmentWordDescriptor.LENGTH);
        controls = new Memory[slots];
        claims = new Memory[slots];
        rings = new Memory[slots];
        allocated = new boolean[slots];
        for (int i = 0; i < slots; i++) {
            controls[i] = new HeapMemory(1024);
            int count = ClaimWordDescriptor.count(capacity);
            claims[i] = new HeapMemory(count * ClaimWordDescriptor.STRIDE);
            rings[i] = HeapMemory.mirrored(capacity);
        }
        allocated[0] = true;
        ChainSender.linkFirst(table, slots);
    }

    /** Returns the first ring as a lane of its own, to start at a position other than zero. */
    Lanes.Lane first() {
        return new Lanes.Lane(controls[0], claims[0], rings[0]);
    }

    int growths() {
        return growths;
    }

    int allocated() {
        int count = 0;
        for (boolean one : allocated) {
            count += one ? 1 : 0;
        }
        return count;
    }

    private void fill(int slot, long word) {
        for (Memory memory : new Memory[] {controls[slot], claims[slot], rings[slot]}) {
            for (long at = 0; at < memory.size(); at += Long.BYTES) {
                memory.setLong(at, word);
            }
        }
    }

    private void checkFree(int slot) {
        for (long at = 0; at < table.size(); at += SegmentWordDescriptor.LENGTH) {
            long word = table.getLong(at);
            int state = SegmentWordDescriptor.state(word);
            boolean used =
                    state == SegmentWordDescriptor.LIVE || state == SegmentWordDescriptor.DONE;
            assertTrue(
                    !used || SegmentWordDescriptor.slot(word) != slot,
                    () -> "slot " + slot + " is in use: " + Long.toHexString(word));
        }
    }

    /** Checks that no end is still freeing space. */
    void checkSettled() {
        for (long at = 0; at < table.size(); at += SegmentWordDescriptor.LENGTH) {
            int state = SegmentWordDescriptor.state(table.getLong(at));
            assertTrue(state != SegmentWordDescriptor.FREEING, "a dead one is taking space away");
        }
    }

    /** Returns the slots as seen by a receiver that dies by its fate. */
    SegmentStore as(Fate fate) {
        return as(fate, false);
    }

    /** Returns the slots as seen by a sender, which never accesses one without space. */
    SegmentStore asSender(Fate fate) {
        return as(fate, true);
    }

    private SegmentStore as(Fate fate, boolean sends) {
        return new SegmentStore() {
            @Override
            public int slots() {
                return rings.length;
            }

            @Override
            public long slotLength() {
                return rings[0].size();
            }

            @Override
            public void allocate(int slot) {
                fate.access();
                checkFree(slot);
                if (!allocated[slot]) {
                    growths++;
                    fill(slot, GARBAGE); // The old contents may remain; the hint is a number.
                    controls[slot].setLong(LaneDescriptor.HINT_OFFSET, 0);
                }
                allocated[slot] = true;
            }

            @Override
            public void free(int slot) {
                fate.access();
                checkFree(slot);
                allocated[slot] = false;
                fill(slot, 0);
            }

            @Override
            public Segment map(int slot) {
                AtomicBoolean unmapped = new AtomicBoolean();
                Runnable check =
                        () -> assertTrue(!unmapped.get(), "an end uses what it has unmapped");
                Runnable checkWrite =
                        () ->
                                assertTrue(
                                        !sends || allocated[slot],
                                        "a sender writes where there is no space");
                return new Segment(
                        new Mortal(controls[slot], fate, check, checkWrite),
                        new Mortal(claims[slot], fate, check, checkWrite),
                        new Mortal(rings[slot], fate, check, checkWrite),
                        () -> unmapped.set(true));
            }
        };
    }
}
