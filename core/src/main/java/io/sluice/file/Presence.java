package io.sluice.file;

/** Whether a side of a pipe has somebody. */
public enum Presence {
    /** Nobody has ever been attached: they may still come. */
    NONE_YET,
    /** Somebody is attached. */
    PRESENT,
    /** Somebody was attached, and nobody is. */
    GONE
}
