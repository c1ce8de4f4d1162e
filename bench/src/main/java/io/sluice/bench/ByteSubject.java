package io.sluice.bench;

/**
 * One way to pass messages of bytes from one thread to another. Its sender copies a payload in
 * whose first word is the sequence number; its receiver reads every word of it in place, as an
 * application decodes its fields, and hands sequence and sum to the tally.
 */
interface ByteSubject extends SendingEnd, ReceivingEnd, AutoCloseable {
    /** What was received. */
    Tally tally();

    /** Frees it, once no thread uses it. */
    @Override
    void close();
}
