package io.sluice.bench;

/**
 * A channel for 32-byte messages from several threads to one. A message's first word is its
 * sender's number and its sequence number, see {@link FanInTally#word}; all four are read.
 */
interface FanInSubject extends SubjectReceiver, AutoCloseable {
    /** Returns the number of senders. */
    int SENDERS = 2;

    /** The payload's length, in bytes. */
    int SIZE = 32;

    /** Returns the sending end of a sender, by its number from 0. */
    SubjectSender sender(int number);

    /** Returns the tally of the received messages. */
    FanInTally tally();

    /** Returns how many messages write all of its memory, at the most. */
    default long messagesPerLap() {
        return (long) SENDERS * ByteSubjects.CAPACITY / SIZE;
    }

    /** Frees its resources; no thread may use it any more. */
    @Override
    void close();
}
