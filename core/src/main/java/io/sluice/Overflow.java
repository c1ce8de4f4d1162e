package io.sluice;

/** The policy of a bounded mailbox that is full. */
public enum Overflow {
    /** Sends block, or return {@code false}. No message is dropped. The default. */
    WAIT,

    /** A send drops its own message: the stored messages stay, in order. */
    DROP_NEWEST,

    /**
     * A send drops the oldest message, and stores its own. Between these two steps a receiver may
     * find one message less than the capacity, or none if the capacity is 1.
     */
    DROP_OLDEST,

    /**
     * A send replaces the stored message by its own, atomically: a mailbox of capacity 1 that holds
     * the latest message until a receiver takes it.
     */
    KEEP_LATEST
}
