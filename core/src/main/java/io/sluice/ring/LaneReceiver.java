package io.sluice.ring;

import io.sluice.MessageHandler;

/**
 * The receiving side of one lane, or of several as if they were one. One thread at a time.
 *
 * <p>No method blocks. What a peer wrote is checked before it is used.
 */
public sealed interface LaneReceiver
        permits RingReceiver, SegmentedRingReceiver, RendezvousLaneReceiver, MergeReceiver {
    /** The result of {@link #peekLong} if there is no message. */
    long NO_MESSAGE = Long.MIN_VALUE;

    /**
     * Hands out messages that have been sent.
     *
     * @param handler the handler of each message; a message for which it throws counts as received
     * @param limit the maximum number of messages
     * @return the number of messages handed out
     * @throws io.sluice.ChannelCorruptedException if a lane holds what no sender writes
     */
    default int poll(MessageHandler handler, int limit) {
        return poll(handler, limit, Integer.MAX_VALUE);
    }

    /**
     * Hands out messages that have been sent, up to the first one that is too long.
     *
     * @param handler the handler of each message; a message for which it throws counts as received
     * @param limit the maximum number of messages
     * @param longest the maximum length of a message, in bytes
     * @return the number of messages handed out
     * @throws MessageTooLongException if a message is longer; it stays in the lane, and was not
     *     handed out
     * @throws io.sluice.ChannelCorruptedException if a lane holds what no sender writes
     */
    int poll(MessageHandler handler, int limit, int longest);

    /**
     * Returns the first eight bytes of the next message, in native byte order. Does not receive the
     * message. Not supported by lanes with several receivers.
     *
     * @return the bytes, or {@link #NO_MESSAGE}
     * @throws io.sluice.ChannelCorruptedException if the message is shorter, or begins with {@link
     *     #NO_MESSAGE}
     */
    default long peekLong() {
        throw new UnsupportedOperationException("a lane with several receivers cannot be peeked");
    }

    /**
     * Hands out messages to a controlled handler. A message that it aborts is found again.
     *
     * @param batch the call; it has not ended
     * @param limit the maximum number of messages
     * @return the number of messages received: an aborted one does not count
     * @throws io.sluice.ChannelCorruptedException if a lane holds what no sender writes
     */
    default int controlledPoll(ControlledBatch batch, int limit) {
        return poll(batch, limit, Integer.MAX_VALUE);
    }

    /**
     * Hands out messages in one call. A receiver of several lanes or rings makes one call for each
     * that has messages.
     *
     * @param run the call
     * @param limit the maximum number of messages
     * @return the number of messages handed out
     * @throws io.sluice.ChannelCorruptedException if a lane holds what no sender writes
     */
    default int pollRun(MessageRun run, int limit) {
        return poll(run, limit, Integer.MAX_VALUE);
    }

    /**
     * Tests whether there is a message that {@link #poll} would find. Receives nothing.
     *
     * @return whether there is one
     */
    boolean hasNext();

    /**
     * Returns how often the current message was handed out before, by receivers that died before
     * they had finished with it.
     *
     * @return 0 for the first time; valid only inside the handler
     */
    int deliveryAttempt();

    /**
     * Returns this end's position.
     *
     * @return a number that grows with every message received here
     */
    long position();

    /**
     * Checks what the hot path does not read, and repairs what a dead or faulty receiver may have
     * left. Called occasionally by a receiver that finds no messages.
     *
     * @throws io.sluice.ChannelCorruptedException if a lane holds what no sender writes
     */
    void verify();
}
