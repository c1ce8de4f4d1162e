package io.sluice.compare.transport;

/** One of the two processes. */
public enum Role {
    /** Sends first. */
    INITIATOR,
    /** Replies, or only receives. */
    RESPONDER
}
