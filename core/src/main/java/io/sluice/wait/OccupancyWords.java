package io.sluice.wait;

/**
 * The words of an {@link Occupancy}. Each blocking call writes one of them, so they are padded to
 * cache lines of their own: otherwise false sharing would slow down both ends of a channel.
 */
abstract class OccupancyWords extends OccupancyPadding {
    static final long OPEN = 0;
    static final long CLOSED = 1;
    static final long DETACHED = 2;

    /** The id of the thread inside; 0 if there is none. */
    long inside;

    volatile long closing = OPEN;
}
