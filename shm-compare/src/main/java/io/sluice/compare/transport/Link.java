package io.sluice.compare.transport;

import java.io.IOException;

/**
 * One end of a two-way connection that carries messages of one size. It waits in the way of its
 * mechanism, by sleeping in the kernel or by spinning. One thread.
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
     * Lets a call carry several messages, where the mechanism can: then {@link #send} may keep
     * messages back until there are as many. Called while no message is on its way or kept back;
     * without it a call carries one.
     *
     * @param messages the largest number for a call, at least 1
     */
    default void batch(int messages) {}

    /**
     * Sends the messages that {@link #send} has kept back. {@link #receive} and {@link #close} do
     * so, too.
     *
     * @throws IOException if the other end is gone
     */
    default void flush() throws IOException {}

    /**
     * Receives messages, and waits for the first. A mechanism whose calls transfer one message each
     * receives one.
     *
     * @param payload checks them
     * @param limit the largest number of messages
     * @throws IOException if the other end is gone
     */
    void receive(Payload payload, int limit) throws IOException;

    /**
     * Returns the capacity of the connection in one direction.
     *
     * @return bytes of payload and the mechanism's own, as the mechanism counts; by default 0:
     *     unknown
     * @throws IOException if the mechanism does not report it
     */
    default long capacity() throws IOException {
        return 0;
    }

    /**
     * Returns the memory that messages of one direction pass through before any of it is used
     * again: a warm-up writes all of it several times.
     *
     * @return bytes; by default the capacity
     * @throws IOException if the mechanism does not report it
     */
    default long memory() throws IOException {
        return capacity();
    }

    /** Releases what this end holds; by default nothing. */
    @Override
    default void close() {}
}
