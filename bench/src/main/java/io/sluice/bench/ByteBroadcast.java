package io.sluice.bench;

/**
 * A channel for byte messages from one thread to receivers of which each gets every message, or is
 * lapped by a sender that does not wait. The messages are those of a {@link ByteSubject}.
 */
interface ByteBroadcast extends SubjectSender, AutoCloseable {
    /** Adds a receiver, before the first message. */
    SubjectReceiver addReceiver();

    /** Returns how many messages write all of its memory, at the most. */
    default long messagesPerLap() {
        return ByteSubjects.CAPACITY / Long.BYTES;
    }

    /** Frees its resources; no thread may use it any more. Throws if a receiver miscounted. */
    @Override
    void close();
}
