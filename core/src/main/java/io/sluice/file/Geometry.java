package io.sluice.file;

import io.sluice.lane.LaneDescriptor;
import java.util.UUID;

/**
 * What a pipe is, as its {@code meta} file says: fixed when it is made.
 *
 * @param uuid its identity
 * @param pageSize the page size of the machine that made it, in bytes
 * @param capacity the capacity of a lane, in bytes: a power of two of whole pages
 * @param senders how many senders may be attached at once
 * @param receivers how many receivers may be attached at once
 */
public record Geometry(UUID uuid, int pageSize, int capacity, int senders, int receivers) {
    /**
     * How many ends may be attached at once.
     *
     * @return senders and receivers
     */
    public int participants() {
        return senders + receivers;
    }

    /**
     * How long {@code meta} is.
     *
     * @return the length in bytes
     */
    public long metaLength() {
        return MetaDescriptor.fileLength(participants(), pageSize);
    }

    /**
     * How long a lane's file is.
     *
     * @return the length in bytes
     */
    public long laneLength() {
        return pageSize + (long) capacity;
    }

    /** Whether the numbers can be those of a pipe at all, whoever wrote them. */
    boolean isSound() {
        return Integer.bitCount(pageSize) == 1
                && pageSize >= LaneDescriptor.CONTROL_LENGTH
                && Integer.bitCount(capacity) == 1
                && capacity >= Math.max(pageSize, LaneDescriptor.MIN_CAPACITY)
                && capacity <= LaneDescriptor.MAX_CAPACITY
                && senders == 1
                && receivers == 1;
    }
}
