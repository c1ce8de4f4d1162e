package io.sluice.bench;

/**
 * One way to pass messages of bytes from one thread to another. Its sender copies a payload in
 * whose first word is the sequence number; its receiver reads every word of it in place, as an
 * application decodes its fields, and hands sequence and sum to the tally.
 */
interface ByteSubject extends AutoCloseable {
    /** Sends the message with this number, unless there is no room. The sending thread only. */
    boolean trySend(long sequence);

    /** Receives up to so many messages. The receiving thread only. */
    int poll(int limit);

    /** What was received. */
    Tally tally();

    @Override
    void close();
}
