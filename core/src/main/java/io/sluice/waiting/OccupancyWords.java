package io.sluice.waiting;

/**
 * The words of an {@link Occupancy}. Each blocking call writes one of them, so they lie on cache
 * lines that no other object is on: else the two ends of a channel would slow each other down.
 */
abstract class OccupancyWords extends OccupancyMargin {
    static final long OPEN = 0;
    static final long CLOSED = 1;
    static final long LEFT = 2;

    /** The thread that is inside, by its number; 0 if none is. */
    long inside;

    volatile long closing = OPEN;
}
