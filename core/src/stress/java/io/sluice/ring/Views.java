package io.sluice.ring;

import io.sluice.memory.Memory;
import io.sluice.stress.ObjectPool;
import io.sluice.stress.TwiceMappedFile;

/**
 * A lane's memory and some words of its pipe, as two processes see them.
 *
 * @param sender the sender's mapping
 * @param receiver the receivers' mapping
 */
record Views(View sender, View receiver) {
    /**
     * Small, so that a test fills it. {@link TwiceMappedFile} does not mirror it: no payload wraps.
     */
    static final int CAPACITY = 128;

    private static final int CONTROL_LENGTH = 1024;
    private static final int SLOT_STATES_LENGTH =
            SlotStateDescriptor.count(CAPACITY) * SlotStateDescriptor.STRIDE;
    private static final int META_LENGTH = 512;
    private static final int SLOT_STATES_OFFSET = CONTROL_LENGTH;
    private static final int META_OFFSET = SLOT_STATES_OFFSET + SLOT_STATES_LENGTH;
    private static final int RING_OFFSET = META_OFFSET + META_LENGTH;

    /** The stride: one pair of lines more than a view needs, or all would share cache sets. */
    private static final int LENGTH = RING_OFFSET + 2 * CAPACITY + LaneDescriptor.LINE_PAIR;

    /** The number of views: a lane that grows uses several. */
    private static final int COUNT = 4 * ObjectPool.SIZE;

    private static final TwiceMappedFile FILE = new TwiceMappedFile((long) COUNT * LENGTH);

    /**
     * One side's view.
     *
     * @param control the lane's control block
     * @param slotStates its message slots
     * @param ring its ring
     * @param meta words of the pipe
     */
    record View(Memory control, Memory slotStates, Memory ring, Memory meta) {
        static View of(boolean first, long offset) {
            return new View(
                    FILE.words(first, offset, CONTROL_LENGTH),
                    FILE.words(first, offset + SLOT_STATES_OFFSET, SLOT_STATES_LENGTH),
                    FILE.ring(first, offset + RING_OFFSET, CAPACITY),
                    FILE.words(first, offset + META_OFFSET, META_LENGTH));
        }
    }

    /**
     * Returns the views of one lane, cleared.
     *
     * @param index the lane's index, in 0..{@link #COUNT} - 1
     */
    static Views zeros(int index) {
        long offset = (long) index * LENGTH;
        Views views = new Views(View.of(true, offset), View.of(false, offset));
        views.sender.control.bytes().fill((byte) 0);
        views.sender.slotStates.bytes().fill((byte) 0);
        views.sender.ring.bytes().fill((byte) 0);
        views.sender.meta.bytes().fill((byte) 0);
        return views;
    }
}
