package io.sluice.pipe.storage;

/** One side of a pipe: its senders or its receivers. Participants are numbered senders first. */
public enum PipeSide {
    /** The participants from 0. */
    SENDERS,
    /** The participants after the senders. */
    RECEIVERS;

    /**
     * Returns the first participant of this side.
     *
     * @param pipeLayout the geometry of the pipe
     * @return its number
     */
    public int first(PipeLayout pipeLayout) {
        return this == SENDERS ? 0 : pipeLayout.senders();
    }

    /**
     * Returns the number after the last participant of this side.
     *
     * @param pipeLayout the geometry of the pipe
     * @return the number, exclusive
     */
    public int end(PipeLayout pipeLayout) {
        return this == SENDERS ? pipeLayout.senders() : pipeLayout.participants();
    }

    /**
     * Returns what an end of this side is called in messages.
     *
     * @return a noun
     */
    public String endName() {
        return this == SENDERS ? "sender" : "receiver";
    }

    /**
     * Returns the opposite side.
     *
     * @return the other side
     */
    public PipeSide opposite() {
        return this == SENDERS ? RECEIVERS : SENDERS;
    }
}
