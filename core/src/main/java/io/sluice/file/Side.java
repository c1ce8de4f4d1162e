package io.sluice.file;

/** Those who send, or those who receive. Participants are numbered senders first. */
public enum Side {
    /** Participants from 0. */
    SENDERS,
    /** The participants behind the senders. */
    RECEIVERS;

    /**
     * The first participant of this side.
     *
     * @param geometry what the pipe is
     * @return its number
     */
    public int first(Geometry geometry) {
        return this == SENDERS ? 0 : geometry.senders();
    }

    /**
     * The number behind the last participant of this side.
     *
     * @param geometry what the pipe is
     * @return the number
     */
    public int end(Geometry geometry) {
        return this == SENDERS ? geometry.senders() : geometry.participants();
    }

    /**
     * The side across.
     *
     * @return the other one
     */
    public Side other() {
        return this == SENDERS ? RECEIVERS : SENDERS;
    }
}
