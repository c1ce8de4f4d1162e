package io.sluice.bench;

/**
 * Where a thread sends. If one side of a subject waits inside its calls, it is let go by the other
 * side's leaving, as with any pipe.
 */
interface SendingEnd {
    /**
     * Sends the message with this number, unless there is no room. Where a subject waits, false
     * says that the receiver has left. The sending thread only.
     */
    boolean trySend(long sequence);

    /** Lets a receiver go that waits. The sending thread only; nothing is sent after it. */
    default void closeSender() {}

    /** Lets a sender go that waits. The receiving thread only; nothing is received after it. */
    default void closeReceiver() {}
}
