package io.sluice.compare.transport;

import java.io.IOException;

/**
 * One end of a two-way connection that carries messages of one size. It waits in the way of its
 * mechanism, by sleeping in the kernel or by looking again and again. One thread.
 */
public interface Link extends AutoCloseable {
    /**
     * Sends one message, and waits while there is no room.
     *
     * @param payload writes it
     * @param sequence its number
     * @throws IOException if the other end is gone
     */
    void send(Payload payload, long sequence) throws IOException;

    /**
     * Receives messages, and waits for the first. A mechanism whose calls hand over one message
     * each receives one.
     *
     * @param payload checks them
     * @param limit how many at the most
     * @throws IOException if the other end is gone
     */
    void receive(Payload payload, int limit) throws IOException;

    /**
     * How much the connection holds in one direction.
     *
     * @return bytes of payload and the mechanism's own, as the mechanism counts; 0 if unknown
     * @throws IOException if the mechanism does not say
     */
    long capacity() throws IOException;

    @Override
    void close();
}
