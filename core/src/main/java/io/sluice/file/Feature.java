package io.sluice.file;

/** What a pipe may be beyond the plain one: a bit each in the features word of {@code meta}. */
public enum Feature {
    /** Messages of several senders are received in the order of their sending. */
    ARRIVAL_ORDER,
    /** What a receiver had taken when it died is dropped, not received again. */
    AT_MOST_ONCE,
    /** The pipe does not break when its last receiver leaves: messages wait for the next. */
    KEPT,
    /** The group of its files may use it too. */
    GROUP,
    /** Each message is handed over from a sender that waits to a receiver that is there. */
    RENDEZVOUS,
    /** A lane that may not grow any more drops what is oldest in it. */
    DROP_OLDEST,
    /** A lane that may not grow any more refuses to wait for room. */
    REFUSE;

    /**
     * The feature's bit.
     *
     * @return a word with one bit set
     */
    public long bit() {
        return 1L << ordinal();
    }

    /**
     * All bits that have a meaning.
     *
     * @return a word with one bit set for each feature
     */
    public static long all() {
        return (1L << values().length) - 1;
    }
}
