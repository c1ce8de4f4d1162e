package io.sluice;

/** In which order messages of different senders are received. */
public enum Order {
    /** First in, first out for each sender; nothing is said about different ones. */
    SENDER,

    /**
     * If one message's sending had returned before another one's began, it is received first,
     * whoever the senders are; messages that were sent at the same time may come either way. Each
     * message carries the time, which costs 8 bytes and a look at the clock (about 20 ns), and the
     * receiver looks at each busy sender's next message twice for each one that it takes.
     */
    ARRIVAL
}
