package io.sluice;

/** The order in which messages of different senders are received. */
public enum Order {
    /** First in, first out for each sender; unspecified between different senders. */
    SENDER,

    /**
     * If the send of one message returned before the send of another one began, it is received
     * first, also between different senders; messages that were sent concurrently may be received
     * in any order. Each message carries a timestamp, which costs 8 bytes and a reading of the
     * clock (about 20 ns), and the receiver examines each busy sender's next message twice for each
     * message that it takes.
     */
    ARRIVAL
}
