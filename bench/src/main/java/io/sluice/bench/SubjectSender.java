package io.sluice.bench;

/**
 * The sending end of a subject. If the calls of one side block, they return once the other side has
 * closed, as with any pipe.
 */
interface SubjectSender {
    /**
     * Sends the message with the given number, unless there is no room. For a blocking subject,
     * false means that the receiver has closed. The sending thread only.
     */
    boolean trySend(long sequence);

    /** Unblocks a waiting receiver. The sending thread only; nothing is sent after it. */
    default void closeSender() {}

    /** Unblocks a waiting sender. The receiving thread only; nothing is received after it. */
    default void closeReceiver() {}
}
