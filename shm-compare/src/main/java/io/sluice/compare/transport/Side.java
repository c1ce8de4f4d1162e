package io.sluice.compare.transport;

/** Which of the two processes one is. */
public enum Side {
    /** Sends first. */
    INITIATOR,
    /** Answers, or only receives. */
    RESPONDER
}
