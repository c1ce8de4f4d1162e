package io.sluice;

/** What sending does when a bounded mailbox is full. */
public enum Overflow {
    /** It waits, or says that there was no room. Nothing is dropped. The default. */
    WAIT,

    /** It drops the message that it was given: what is there stays, in order. */
    DROP_NEWEST,

    /**
     * It drops the message that has been there for longest, and puts its own in. A receiver that
     * looks between the two may find a message less than the capacity, or none if that is 1.
     */
    DROP_OLDEST,

    /**
     * It replaces the message that is there by its own, in one step: a mailbox of capacity 1 that
     * holds the latest message until somebody takes it.
     */
    KEEP_LATEST
}
