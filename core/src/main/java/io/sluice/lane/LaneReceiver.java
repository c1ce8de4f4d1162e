package io.sluice.lane;

import io.sluice.MessageHandler;

/**
 * The receiving side of one lane, or of several as if they were one. One thread at a time.
 *
 * <p>No method waits. What a peer wrote is checked before it is used.
 */
public interface LaneReceiver {
    /**
     * Hands out what has been sent.
     *
     * @param handler is handed each message; the message for which it throws counts as received
     * @param limit how many messages at the most
     * @return how many
     * @throws io.sluice.ChannelCorruptedException if a lane holds what no sender writes
     */
    default int poll(MessageHandler handler, int limit) {
        return poll(handler, limit, Integer.MAX_VALUE);
    }

    /**
     * Hands out what has been sent, up to a message that is too long.
     *
     * @param handler is handed each message; the message for which it throws counts as received
     * @param limit how many messages at the most
     * @param longest how long a message may be, in bytes
     * @return how many
     * @throws TooLong if a message is longer; it stays where it is, and was not handed out
     * @throws io.sluice.ChannelCorruptedException if a lane holds what no sender writes
     */
    int poll(MessageHandler handler, int limit, int longest);

    /**
     * Whether a message is there that {@link #poll} would find. Has no effect.
     *
     * @return whether there is one
     */
    boolean hasNext();

    /**
     * How often the message that is being handed out was handed out before, by receivers that died
     * before they had finished with it.
     *
     * @return 0 for the first time; only inside the handler
     */
    int attempt();

    /**
     * How far it has come.
     *
     * @return a number that grows with every message received here
     */
    long position();

    /**
     * Checks what the hot path does not look at, and mends what the death of a receiver, or a
     * broken one, may have left. To be called now and then by a receiver that finds nothing.
     *
     * @throws io.sluice.ChannelCorruptedException if a lane holds what no sender writes
     */
    void verify();
}
