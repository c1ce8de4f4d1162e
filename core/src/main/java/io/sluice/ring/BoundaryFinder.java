package io.sluice.ring;

import static io.sluice.ring.BroadcastDescriptor.INTENT_OFFSET;
import static io.sluice.ring.LaneDescriptor.SENDER_POSITION_OFFSET;

import io.sluice.memory.Memory;

/**
 * Finds record boundaries in the table of a broadcast lane. A result was a boundary when it was
 * read; its caller checks that the sender has not reached it again.
 *
 * <p>Guarantee: wait-free; reads the table once at most. One thread at a time.
 */
final class BoundaryFinder {
    private final Memory control;
    private final Memory boundaries;
    private final int capacity;
    private final int blocks;
    private long position;
    private long messages;

    BoundaryFinder(Memory control, Memory boundaries, int capacity) {
        this.control = control;
        this.boundaries = boundaries;
        this.capacity = capacity;
        this.blocks = capacity / BroadcastDescriptor.BLOCK_LENGTH;
    }

    /** Returns the position of the boundary that was found last. */
    long position() {
        return position;
    }

    /** Returns the number of messages before that boundary, modulo 2^48. */
    long messages() {
        return messages;
    }

    /**
     * Finds the newest boundary.
     *
     * @return whether there is one; false also if the sender moved on too fast
     */
    boolean findNewest() {
        long sent = sent();
        long newest = BroadcastDescriptor.block(sent);
        if (load(newest + blocks)) {
            return true; // The sender has not posted that position yet, or died before it did.
        }
        for (long block = newest; block >= 0 && block > newest - blocks; block--) {
            if (load(block)) {
                return true;
            }
        }
        position = 0;
        messages = 0;
        return sent == 0; // No sender has been here yet.
    }

    /**
     * Finds the oldest boundary that the sender does not overwrite soon.
     *
     * @param margin the number of bytes that the sender may still take
     * @return whether there is one
     */
    boolean findOldest(long margin) {
        // edge INTENT, from BroadcastLimit.load
        long intent = control.getLongAcquire(INTENT_OFFSET);
        long from = Math.max(0, intent - capacity + margin);
        long newest = BroadcastDescriptor.block(sent());
        long first = Math.max(BroadcastDescriptor.block(from), newest - blocks + 1);
        for (long block = first; block <= newest; block++) {
            if (load(block) && position >= from) {
                return true;
            }
        }
        return findNewest();
    }

    /** Returns a position that the sender has reached. */
    long sent() {
        // edge POSTED, from SpscRingSender.postPosition, BroadcastLimit.note: the boundary there,
        // or before, is noted.
        return Math.max(0, control.getLongAcquire(SENDER_POSITION_OFFSET));
    }

    private boolean load(long block) {
        // edge BOUNDARY, from BroadcastLimit.note: what it counts is published.
        long word = boundaries.getLongAcquire(BroadcastDescriptor.boundaryOffset(block));
        if (!BroadcastDescriptor.isBoundary(word, block, capacity)) {
            return false;
        }
        position = BroadcastDescriptor.position(word, block);
        messages = BroadcastDescriptor.messages(word);
        return true;
    }
}
