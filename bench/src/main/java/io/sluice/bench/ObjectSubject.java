package io.sluice.bench;

/**
 * One way to pass references from one thread to another. Messages exist before; the receiver reads
 * a field of each and hands it to the tally.
 */
interface ObjectSubject {
    /** Sends the message with this number, unless there is no room. The sending thread only. */
    boolean trySend(long sequence);

    /** Receives up to so many messages. The receiving thread only. */
    int poll(int limit);

    /** What was received. */
    Tally tally();
}
