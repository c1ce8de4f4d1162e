package io.sluice.bench;

/**
 * A way to receive from several channels of which one, in the middle, has messages. One thread
 * sends a message and selects it, so no call waits; it must get each message, in sequence.
 */
interface SelectSubject extends AutoCloseable {
    /** Sends the message with the given number. */
    void send(long sequence);

    /** Receives a message from whichever channel has one. */
    void select();

    /** Returns the number of messages received. */
    long received();

    /** Frees its resources. */
    @Override
    void close();
}
