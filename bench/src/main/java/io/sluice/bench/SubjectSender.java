package io.sluice.bench;

/**
 * The sending end of a subject. If the calls of one side block, they return once the other side has
 * closed, as with any pipe.
 */
interface SubjectSender {
    /** The number of messages that a subject sends in one call, if it sends batches. */
    int BATCH = 16;

    /**
     * Sends the message with the given number, unless there is no room. For a blocking subject,
     * false means that the receiver has closed. The sending thread only.
     */
    boolean trySend(long sequence);

    /**
     * Sends the messages from the given number on, as many as this subject sends in one call, and
     * returns how many it has sent.
     */
    default int trySendSome(long sequence) {
        return trySend(sequence) ? 1 : 0;
    }

    /** Unblocks a waiting receiver. The sending thread only; nothing is sent after it. */
    default void closeSender() {}

    /** Unblocks a waiting sender. The receiving thread only; nothing is received after it. */
    default void closeReceiver() {}
}
