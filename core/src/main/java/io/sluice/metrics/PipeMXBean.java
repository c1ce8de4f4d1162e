package io.sluice.metrics;

/**
 * The statistics of a pipe, as {@link io.sluice.PipeStatistics} has them. Values that are read
 * together are of one snapshot. Each method throws {@link IllegalStateException} if the pipe cannot
 * be read any more.
 */
public interface PipeMXBean {
    /**
     * Returns the path.
     *
     * @return the path by which other processes open the pipe
     */
    String getPath();

    /**
     * Returns how many messages are stored or being received.
     *
     * @return the number in all lanes, except those whose messages could not be counted
     */
    long getMessages();

    /**
     * Returns how many messages receivers have taken and not finished, where receivers share lanes.
     *
     * @return the number
     */
    long getMessagesInFlight();

    /**
     * Returns the bytes that are stored or being received.
     *
     * @return the number of bytes, including the overhead of each message
     */
    long getDepthBytes();

    /**
     * Returns the bytes sent since the pipe was created.
     *
     * @return the number of bytes, including the overhead of each message
     */
    long getSentBytes();

    /**
     * Returns the bytes received since the pipe was created.
     *
     * @return the number of bytes, including the overhead of each message
     */
    long getReceivedBytes();

    /**
     * Returns the space of the rings.
     *
     * @return the number of bytes, including rings that are kept for reuse
     */
    long getAllocatedBytes();

    /**
     * Returns how many messages senders have dropped at the quota since the pipe was created.
     *
     * @return the number
     */
    long getDroppedMessages();

    /**
     * Returns how many messages were recovered from receivers that died, where receivers share
     * lanes.
     *
     * @return the number since the pipe was created
     */
    long getRedeliveredMessages();

    /**
     * Returns how many lanes a receiver has found corrupt.
     *
     * @return the number
     */
    long getCorruptLanes();

    /**
     * Returns how many senders are attached, and their processes alive.
     *
     * @return the number
     */
    long getSenders();

    /**
     * Returns how many receivers are attached, and their processes alive.
     *
     * @return the number
     */
    long getReceivers();

    /**
     * Returns how often senders have blocked in the kernel.
     *
     * @return the number, which never decreases; it may be too low where ends come and go
     */
    long getSenderWaits();

    /**
     * Returns how often receivers have blocked in the kernel.
     *
     * @return the number, which never decreases; it may be too low where ends come and go
     */
    long getReceiverWaits();
}
