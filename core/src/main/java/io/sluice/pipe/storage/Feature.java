package io.sluice.pipe.storage;

/** Optional features of a pipe: one bit each in the features word of {@code meta}. */
public enum Feature {
    /** Messages of several senders are received in the order in which they were sent. */
    ARRIVAL_ORDER,
    /** Messages that a receiver had taken when it died are dropped, not redelivered. */
    AT_MOST_ONCE,
    /**
     * The pipe does not break when its last receiver leaves: it retains messages for the next
     * receiver.
     */
    RETAIN_WITHOUT_RECEIVERS,
    /** Members of the files' group may also use the pipe. */
    GROUP,
    /** The pipe has no buffer: each message passes from a waiting sender directly to a receiver. */
    RENDEZVOUS,
    /** A lane at its quota drops its oldest messages. */
    DROP_OLDEST,
    /** A lane at its quota refuses to wait for room. */
    FAIL;

    /**
     * Returns the bit of this feature.
     *
     * @return a word with one bit set
     */
    public long bit() {
        return 1L << ordinal();
    }

    /**
     * Returns the bits of all features.
     *
     * @return a word with one bit set for each feature
     */
    public static long all() {
        return (1L << values().length) - 1;
    }
}
