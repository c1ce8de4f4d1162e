package io.sluice.lane;

/** The sending side of one ring, which may be a segment of a lane that grows. */
public interface RingSender extends LaneSender {
    /**
     * How many messages were sent, if the ring counts them.
     *
     * @return the sequence of the next message; of a ring that does not count, always the same
     */
    long sequence();

    /**
     * Begins anew in a ring that is nobody else's, empty, as if all before had passed through it.
     *
     * @param position where the lane's next record begins
     * @param sequence what another ring of the lane said of itself
     */
    void restart(long position, long sequence);

    /**
     * Drops the oldest messages until there is room for one, or up to one that a receiver has
     * taken.
     *
     * @param length of the payload that there is to be room for
     * @param count is run for each message that was dropped
     * @return whether there is more room; never in a ring whose receiver takes without saying so
     */
    default boolean dropOldest(int length, Runnable count) {
        return false;
    }
}
