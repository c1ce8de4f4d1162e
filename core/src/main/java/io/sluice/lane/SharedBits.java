package io.sluice.lane;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.Memory;

/**
 * Bits in shared words, each set and cleared in one step that nothing comes between.
 *
 * <p>Guarantee: lock-free; a step is repeated only when another one has changed the same word, and
 * one that never comes through ends with an exception. Any thread.
 */
public final class SharedBits {
    /**
     * How often a word may change while a bit of it is changed. A try fails only if another
     * participant changed a bit of the same word in the few nanoseconds that it takes. With all 64
     * bits' owners at it, each without a pause, one try in 64 succeeds, and a thousand fail once in
     * 10<sup>7</sup>; but each of them sends, receives or sleeps between two of its changes.
     */
    static final int MAX_TRIES = 1 << 10;

    private final Memory memory;
    private final long base;
    private final int size;

    /**
     * Bits that lie in a memory.
     *
     * @param memory where
     * @param base where the first word is
     * @param size how many bits
     */
    public SharedBits(Memory memory, long base, int size) {
        this.memory = memory;
        this.base = base;
        this.size = size;
    }

    /**
     * Sets a bit.
     *
     * @param index which one
     * @return whether it was clear before
     */
    public boolean set(int index) {
        return change(index, true);
    }

    /**
     * Clears a bit.
     *
     * @param index which one
     * @return whether it was set before
     */
    public boolean clear(int index) {
        return change(index, false);
    }

    private boolean change(int index, boolean value) {
        long offset = offset(index);
        long bit = 1L << index;
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            // edge BITS, from SharedBits.change
            long word = memory.getLongAcquire(offset);
            if ((word & bit) != 0 == value) {
                return false;
            }
            // edge BITS, to SharedBits.change, SharedBits.next
            if (memory.compareAndSetLong(offset, word, word ^ bit)) {
                return true;
            }
            LostPage.settle(); // On a page that is gone every try fails, and is a trap each.
        }
        throw new ChannelCorruptedException(
                "the word of bit " + index + " changed " + MAX_TRIES + " times meanwhile");
    }

    /**
     * Finds a bit that is set.
     *
     * @param from the first to look at
     * @return the first one from there on, or {@link #size} if there is none
     */
    public int next(int from) {
        for (int i = from; i < size; i = (i | 63) + 1) {
            // edge BITS, from SharedBits.change: what was done before the bit was set is visible.
            long word = memory.getLongAcquire(offset(i)) >>> i;
            if (word != 0) {
                return Math.min(size, i + Long.numberOfTrailingZeros(word));
            }
        }
        return size;
    }

    private long offset(int index) {
        return base + (index >>> 6) * Long.BYTES;
    }

    /**
     * How many bits there are.
     *
     * @return the number
     */
    public int size() {
        return size;
    }
}
