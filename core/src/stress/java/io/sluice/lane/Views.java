package io.sluice.lane;

import io.sluice.memory.Memory;
import io.sluice.stress.Pool;
import io.sluice.stress.SharedFile;

/**
 * A lane's memory and some words of its pipe, as two processes see them.
 *
 * @param sender the sender's mapping
 * @param receiver the receivers' mapping
 */
record Views(View sender, View receiver) {
    /** Small, so that a test fills it. {@link SharedFile} does not mirror it: no payload wraps. */
    static final int CAPACITY = 128;

    private static final int CONTROL_LENGTH = 1024;
    private static final int CLAIMS_LENGTH =
            ClaimWordDescriptor.count(CAPACITY) * ClaimWordDescriptor.STRIDE;
    private static final int META_LENGTH = 512;
    private static final int CLAIMS_OFFSET = CONTROL_LENGTH;
    private static final int META_OFFSET = CLAIMS_OFFSET + CLAIMS_LENGTH;
    private static final int RING_OFFSET = META_OFFSET + META_LENGTH;

    /** The stride: one pair of lines more than a view needs, or all would share cache sets. */
    private static final int LENGTH = RING_OFFSET + 2 * CAPACITY + LaneDescriptor.LINE_PAIR;

    /** The number of views: a lane that grows uses several. */
    private static final int COUNT = 4 * Pool.SIZE;

    private static final SharedFile FILE = new SharedFile((long) COUNT * LENGTH);

    /**
     * One side's view.
     *
     * @param control the lane's control block
     * @param claims its claims
     * @param ring its ring
     * @param meta words of the pipe
     */
    record View(Memory control, Memory claims, Memory ring, Memory meta) {
        static View of(boolean first, long offset) {
            return new View(
                    FILE.words(first, offset, CONTROL_LENGTH),
                    FILE.words(first, offset + CLAIMS_OFFSET, CLAIMS_LENGTH),
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
        views.sender.claims.bytes().fill((byte) 0);
        views.sender.ring.bytes().fill((byte) 0);
        views.sender.meta.bytes().fill((byte) 0);
        return views;
    }
}
