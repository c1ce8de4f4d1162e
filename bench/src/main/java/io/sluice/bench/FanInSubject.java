package io.sluice.bench;

/**
 * One way to pass messages of 32 bytes from several threads to one. A message's first word is its
 * sender's number and its sequence number, see {@link FanInTally#word}; all four are read.
 */
interface FanInSubject extends ReceivingEnd, AutoCloseable {
    /** How many senders there are. */
    int SENDERS = 2;

    /** The payload's length, in bytes. */
    int SIZE = 32;

    /** Where a sender sends, by its number from 0. */
    SendingEnd sender(int number);

    /** What was received. */
    FanInTally tally();

    /** Frees it, once no thread uses it. */
    @Override
    void close();
}
