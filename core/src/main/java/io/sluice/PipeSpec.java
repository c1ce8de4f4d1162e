package io.sluice;

import io.sluice.lane.LaneDescriptor;
import io.sluice.os.Mapping;

/**
 * What a pipe is to be. Immutable.
 *
 * <p>So far pipes are bounded, with one sender and one receiver.
 */
public final class PipeSpec {
    /** The capacity of {@link #bounded()}: large enough that neither end waits often, and in L2. */
    public static final int DEFAULT_CAPACITY = 1 << 16;

    private final int capacity;

    private PipeSpec(int capacity) {
        this.capacity = capacity;
    }

    /**
     * A pipe of {@link #DEFAULT_CAPACITY}.
     *
     * @return the specification
     */
    public static PipeSpec bounded() {
        return bounded(DEFAULT_CAPACITY);
    }

    /**
     * A pipe that holds this much.
     *
     * @param capacity in bytes, 1 to 1 GiB, rounded up to a power of two and to whole pages; each
     *     message takes its length, rounded up to a multiple of 8, and 8 bytes more
     * @return the specification
     * @throws IllegalArgumentException if the capacity is out of range
     */
    public static PipeSpec bounded(int capacity) {
        if (capacity < 1 || capacity > LaneDescriptor.MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity=" + capacity + " is not in 1.." + LaneDescriptor.MAX_CAPACITY);
        }
        return new PipeSpec(capacity);
    }

    /** The capacity, rounded up to what a lane can have on this machine. */
    int laneCapacity() {
        int least = Math.max(Mapping.pageSize(), LaneDescriptor.MIN_CAPACITY);
        return Integer.highestOneBit(2 * Math.max(capacity, least) - 1);
    }

    /**
     * The capacity that was asked for.
     *
     * @return in bytes
     */
    public int capacity() {
        return capacity;
    }

    @Override
    public String toString() {
        return "PipeSpec[bounded, capacity=" + capacity + "]";
    }
}
