package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.memory.MappingFault;
import io.sluice.memory.Memory;

/**
 * Bits in shared words, each of which is set and cleared atomically.
 *
 * <p>Guarantee: lock-free; a compare-and-set is repeated only if another one has changed the same
 * word, and a change that never succeeds ends with an exception. Any thread.
 */
final class SharedBits {
    /**
     * How often a change is attempted. An attempt fails only if another participant changes a bit
     * of the same word in the few nanoseconds that it takes. If the owners of all 64 bits changed
     * theirs without a pause, one attempt in 64 would succeed, and a thousand in a row would fail
     * once in 10<sup>7</sup>; but each of them sends, receives or blocks between two of its
     * changes.
     */
    static final int MAX_TRIES = 1 << 10;

    private final Memory memory;
    private final long base;
    private final int size;

    /**
     * Creates a view of bits in a memory.
     *
     * @param memory the memory
     * @param base the offset of the first word
     * @param size the number of bits
     */
    public SharedBits(Memory memory, long base, int size) {
        this.memory = memory;
        this.base = base;
        this.size = size;
    }

    /**
     * Sets a bit.
     *
     * @param index the bit's index
     * @return whether it was clear before
     */
    public boolean set(int index) {
        return change(index, true);
    }

    /**
     * Clears a bit.
     *
     * @param index the bit's index
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
            // edge BITS, to SharedBits.change, SharedBits.nextSetBit
            if (memory.compareAndSetLong(offset, word, word ^ bit)) {
                return true;
            }
            MappingFault.poll(); // Throws on a lost page, where every attempt traps and fails.
        }
        throw new ChannelCorruptedException(
                "the word of bit " + index + " changed " + MAX_TRIES + " times meanwhile");
    }

    /**
     * Finds a bit that is set.
     *
     * @param from the first index to examine
     * @return the index of the first set bit from there on, or {@link #size} if there is none
     */
    public int nextSetBit(int from) {
        for (int i = from; i < size; i = (i | 63) + 1) {
            // edge BITS, from SharedBits.change: writes before the bit was set are visible.
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
     * Returns the number of bits.
     *
     * @return the number of bits
     */
    public int size() {
        return size;
    }
}
