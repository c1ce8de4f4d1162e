package io.sluice.file;

/** One side of a pipe: its senders or its receivers. Participants are numbered senders first. */
public enum Side {
    /** The participants from 0. */
    SENDERS,
    /** The participants after the senders. */
    RECEIVERS;

    /**
     * Returns the first participant of this side.
     *
     * @param geometry the geometry of the pipe
     * @return its number
     */
    public int first(Geometry geometry) {
        return this == SENDERS ? 0 : geometry.senders();
    }

    /**
     * Returns the number after the last participant of this side.
     *
     * @param geometry the geometry of the pipe
     * @return the number, exclusive
     */
    public int end(Geometry geometry) {
        return this == SENDERS ? geometry.senders() : geometry.participants();
    }

    /**
     * Returns the opposite side.
     *
     * @return the other side
     */
    public Side other() {
        return this == SENDERS ? RECEIVERS : SENDERS;
    }
}
