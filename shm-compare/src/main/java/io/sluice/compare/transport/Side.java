package io.sluice.compare.transport;

/** One of the two processes. */
public enum Side {
    /** Sends first. */
    INITIATOR,
    /** Replies, or only receives. */
    RESPONDER
}
