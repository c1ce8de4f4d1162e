package io.sluice.ring;

/** The sending side of one ring, which may be a segment of a segmented lane. */
sealed interface RingSender extends LaneSender permits SpscRingSender, SpmcRingSender {
    /**
     * Returns the sequence of the next message, if the ring counts messages.
     *
     * @return the sequence; a constant if the ring does not count messages
     */
    long sequence();

    /**
     * Restarts in an empty ring that no other endpoint uses, as if all earlier messages had passed
     * through it.
     *
     * @param position the position of the lane's next record
     * @param sequence the {@link #sequence} of another ring of the lane
     */
    void restart(long position, long sequence);

    /**
     * Drops the oldest messages until there is room for others, or up to one that a receiver has
     * taken.
     *
     * @param length the length of the payloads that need room, in bytes
     * @param messages the number of messages that need a slot
     * @param count the task to run for each message that is dropped
     * @return whether there is more room; false by default, for a ring whose receiver does not mark
     *     the messages that it takes
     */
    default boolean dropOldest(int length, int messages, Runnable count) {
        return false;
    }
}
