package io.sluice.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * A few words of one thread, on cache lines that no other thread writes. Fields would share a line
 * with whatever object the collector places beside theirs: false sharing would slow down two ends
 * of a channel in one process, each writing its own position.
 *
 * <p>One thread at a time.
 */
public final class PaddedLongs {
    private static final int LINE_PAIR = 128;

    private final MemorySegment block;
    private final long address;

    /** Creates sixteen words of zero. */
    public PaddedLongs() {
        block = Arena.ofAuto().allocate(3 * LINE_PAIR, LINE_PAIR);
        address = block.address() + LINE_PAIR;
    }

    /**
     * Reads a word.
     *
     * @param index the word's index, a constant in 0..15
     * @return the word
     */
    public long get(int index) {
        long word = RawMemory.ALL.get(RawMemory.UNALIGNED, addressOf(index));
        Reference.reachabilityFence(this);
        return word;
    }

    private long addressOf(int index) {
        return RawMemory.wordAddress(address) + (index & 15) * Long.BYTES;
    }

    /**
     * Writes a word.
     *
     * @param index the word's index, a constant in 0..15
     * @param word the new value
     */
    public void set(int index, long word) {
        RawMemory.ALL.set(RawMemory.UNALIGNED, addressOf(index), word);
        Reference.reachabilityFence(this);
    }
}
