package io.sluice.bench;

/**
 * A channel for byte messages from one thread to another. Its sender copies in a payload whose
 * first word is the sequence number; its receiver reads every word of the payload in place, as an
 * application decodes its fields, and passes the sequence number and the sum to the tally.
 */
interface ByteSubject extends SubjectSender, SubjectReceiver, AutoCloseable {
    /** Returns the tally of the received messages. */
    Tally tally();

    /** Returns how many messages write all of its memory, at the most. */
    default long messagesPerLap() {
        return ByteSubjects.CAPACITY / Long.BYTES;
    }

    /**
     * Returns whether it takes and returns memory as long as it runs, so that pages are faulted in
     * also when it is warm.
     */
    default boolean growsAndShrinks() {
        return false;
    }

    /** Frees its resources; no thread may use it any more. */
    @Override
    void close();
}
