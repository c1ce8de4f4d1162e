package io.sluice.ring;

/** What releases a message that was kept until it was acknowledged. */
interface Acknowledgeable {
    /**
     * Releases the message. Any thread; once for each message, and not after its end has left.
     *
     * @param handle what was added with the message
     * @throws io.sluice.ChannelCorruptedException if a peer has changed what belongs to this end
     */
    void acknowledge(long handle);
}
