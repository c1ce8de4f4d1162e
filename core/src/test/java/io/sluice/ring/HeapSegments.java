package io.sluice.ring;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.memory.HeapMemory;
import io.sluice.memory.Memory;
import io.sluice.memory.RingMemory;
import io.sluice.memory.RingMemory.SegmentStore;
import io.sluice.ring.CrashableMemory.FaultInjector;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The segments of a lane on the heap, with its control words and table. Checks that an end does not
 * access what it has unmapped, and that the space of a segment in the list is not freed.
 */
final class HeapSegments {
    private static final long GARBAGE = 0x5a5a_5a5a_5a5a_5a58L;

    final Memory control = new HeapMemory(1024);
    final Memory table;
    private final Memory[] controls;
    private final Memory[] slotStates;
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
        slotStates = new Memory[slots];
        rings = new Memory[slots];
        allocated = new boolean[slots];
        for (int i = 0; i < slots; i++) {
            controls[i] = new HeapMemory(1024);
            int count = SlotStateDescriptor.count(capacity);
            slotStates[i] = new HeapMemory(count * SlotStateDescriptor.STRIDE);
            rings[i] = HeapMemory.mirrored(capacity);
        }
        allocated[0] = true;
        SegmentWordDescriptor.linkFirst(table);
    }

    /** Returns the first ring as a lane of its own, to start at a position other than zero. */
    BackingMemory.LaneMemory first() {
        return new BackingMemory.LaneMemory(controls[0], slotStates[0], rings[0]);
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
        for (Memory memory : new Memory[] {controls[slot], slotStates[slot], rings[slot]}) {
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
    SegmentStore storeFor(FaultInjector faultInjector) {
        return storeFor(faultInjector, false);
    }

    /** Returns the slots as seen by a sender, which never accesses one without space. */
    SegmentStore senderStore(FaultInjector faultInjector) {
        return storeFor(faultInjector, true);
    }

    private SegmentStore storeFor(FaultInjector faultInjector, boolean sends) {
        return new SegmentStore() {
            @Override
            public int slots() {
                return rings.length;
            }

            @Override
            public void allocate(int slot) {
                faultInjector.onAccess();
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
                faultInjector.onAccess();
                checkFree(slot);
                allocated[slot] = false;
                fill(slot, 0);
            }

            @Override
            public RingMemory map(int slot) {
                AtomicBoolean unmapped = new AtomicBoolean();
                Runnable check =
                        () -> assertTrue(!unmapped.get(), "an end uses what it has unmapped");
                Runnable checkWrite =
                        () ->
                                assertTrue(
                                        !sends || allocated[slot],
                                        "a sender writes where there is no space");
                return new RingMemory(
                        new CrashableMemory(controls[slot], faultInjector, check, checkWrite),
                        new CrashableMemory(slotStates[slot], faultInjector, check, checkWrite),
                        new CrashableMemory(rings[slot], faultInjector, check, checkWrite),
                        () -> unmapped.set(true));
            }
        };
    }
}
