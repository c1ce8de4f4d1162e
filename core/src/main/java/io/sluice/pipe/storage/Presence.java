package io.sluice.pipe.storage;

/** The presence of ends on one side of a pipe. */
public enum Presence {
    /** No end has attached yet. */
    NONE_YET,
    /** At least one end is attached. */
    PRESENT,
    /** Ends were attached, and all of them have left or died. */
    GONE
}
