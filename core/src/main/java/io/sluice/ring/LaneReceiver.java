package io.sluice.ring;

import io.sluice.ChannelCorruptedException;
import io.sluice.MessageHandler;
import io.sluice.PipePosition;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;

/**
 * The receiving side of one lane, or of several as if they were one. One thread at a time.
 *
 * <p>No method blocks. What a peer wrote is checked before it is used.
 */
public sealed interface LaneReceiver
        permits RingReceiver,
                SegmentedRingReceiver,
                RendezvousLaneReceiver,
                BroadcastRingReceiver,
                MergeReceiver {
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
     * Tests whether a message that was delivered before waits for the acknowledgement of another.
     *
     * @return whether {@link #controlledPoll} may find one that {@link #hasNext} reports, and that
     *     it does not hand out now
     */
    default boolean awaitsAcknowledgement() {
        return false;
    }

    /**
     * Tests whether {@link #controlledPoll} would hand out a message that is to be kept now.
     *
     * @return whether there is one that does not wait for the acknowledgement of another
     */
    default boolean hasDeliverable() {
        return hasNext() && !awaitsAcknowledgement();
    }

    /**
     * Returns how often the current message was handed out before, by receivers that died before
     * they had finished with it.
     *
     * @return 0 for the first time; valid only inside the handler
     */
    int deliveryAttempt();

    /**
     * Hands out messages of one of several lanes, as {@link #poll(MessageHandler, int)}. Only where
     * lanes take turns.
     *
     * @param index the lane's number
     * @param handler the handler of each message
     * @param limit the maximum number of messages
     * @return the number of messages handed out
     * @throws io.sluice.ChannelCorruptedException if the lane holds what no sender writes
     */
    default int pollLane(int index, MessageHandler handler, int limit) {
        throw new UnsupportedOperationException("lane " + index + " alone");
    }

    /**
     * Tests whether {@link #pollLane} would find a message. Only where lanes take turns.
     *
     * @param index the lane's number
     * @return whether there is one
     * @throws io.sluice.ChannelCorruptedException if the lane holds what no sender writes
     */
    default boolean hasNextIn(int index) {
        throw new UnsupportedOperationException("lane " + index + " alone");
    }

    /**
     * Returns the number of the lane of the current message.
     *
     * @return the lane's number, 0 if this is a lane; valid only inside the handler
     */
    default int currentLane() {
        return 0;
    }

    /**
     * Returns this end's position.
     *
     * @return a number that grows with every message received here
     */
    long position();

    /**
     * Returns whether this end limits the sender of a broadcast lane.
     *
     * @return always true for a lane whose messages are received once
     */
    default boolean isGated() {
        return true;
    }

    /**
     * Returns the number of messages that the sender of a broadcast lane has overwritten before
     * they were received here.
     *
     * @return the number, exact when the next message is handed out; 0 for other lanes
     */
    default long lostMessages() {
        return 0;
    }

    /**
     * Returns the bytes of these messages.
     *
     * @return the number of bytes, including the overhead of each message
     */
    default long lostBytes() {
        return 0;
    }

    /**
     * Sets what is notified of such messages. If there are some already, it is notified at once.
     *
     * @param listener the listener
     */
    default void onLost(LossListener listener) {}

    /**
     * Counts the messages that an earlier receiver had taken and not finished, and that are handed
     * out again, one by one, before others.
     *
     * @return the number; 0 where receivers share the lane, and what a receiver had taken is
     *     released when it is found dead
     */
    default int redeliveredMessages() {
        return 0;
    }

    /**
     * Returns how often the next message was handed out before.
     *
     * @return 0 unless it is one of {@link #redeliveredMessages}
     */
    default int nextAttempt() {
        return 0;
    }

    /**
     * Returns the place of the next message in a broadcast lane.
     *
     * @return the place
     */
    default PipePosition place() {
        throw new UnsupportedOperationException("only a broadcast pipe has positions");
    }

    /** Leaves the lane: this end does not limit the sender any more. */
    default void leave() {}

    /**
     * Checks what the hot path does not read, and repairs what a dead or faulty receiver may have
     * left. Called occasionally by a receiver that finds no messages.
     *
     * @throws io.sluice.ChannelCorruptedException if a lane holds what no sender writes
     */
    void verify();

    /**
     * A wrapper that distinguishes what a handler throws from what a lane throws: a handler may use
     * another pipe, and a corrupt pipe there does not mean that the lane the message came from is
     * corrupt.
     */
    final class HandlerException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HandlerException(ChannelCorruptedException cause) {
            super(null, cause, false, false);
        }

        /** Passes a message to the handler. */
        static void onMessage(
                MessageHandler handler, MemorySegment memory, long offset, int length) {
            try {
                handler.onMessage(memory, offset, length);
            } catch (ChannelCorruptedException e) {
                throw new HandlerException(e);
            }
        }

        /**
         * Returns what the handler threw.
         *
         * @return the exception to rethrow to the caller
         */
        public ChannelCorruptedException thrown() {
            return (ChannelCorruptedException) getCause();
        }
    }

    /**
     * Thrown if the next message is longer than the caller has room for. The message was not
     * received, and stays in the lane.
     */
    final class MessageTooLongException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int length;

        MessageTooLongException(int length) {
            super(null, null, false, false);
            this.length = length;
        }

        /**
         * Returns the length of the message.
         *
         * @return the length in bytes
         */
        public int length() {
            return length;
        }
    }

    /** A listener for messages that were overwritten before they were received. */
    interface LossListener {
        /**
         * Reports a gap. Called by the receiver's thread.
         *
         * @param messages the number of messages
         * @param bytes their bytes, including the overhead of each message
         */
        void onLost(long messages, long bytes);
    }

    /** The lanes of a pipe as one receiver sees them: each is opened on first use. */
    interface LaneTable {
        /**
         * Returns the maximum number of lanes.
         *
         * @return the number
         */
        int size();

        /**
         * Tests whether a lane may hold messages: it was created, and was not found corrupt.
         *
         * @param index the lane's number
         * @return whether to poll it
         */
        boolean exists(int index);

        /**
         * Returns a lane's receiving side.
         *
         * @param index the number of a lane for which {@link #exists} returns {@code true}
         * @return always the same object
         * @throws ChannelCorruptedException if its file is not valid
         */
        LaneReceiver receiver(int index);

        /**
         * Returns a lane's control words.
         *
         * @param index the number of a lane for which {@link #exists} returns {@code true}
         * @return always the same memory
         * @throws ChannelCorruptedException if its file is not valid
         */
        Memory control(int index);

        /**
         * Gives a lane up: it holds what no sender writes, or a page of it was lost.
         *
         * @param index the lane's number
         * @param cause the failure: a {@link ChannelCorruptedException}, or the {@link
         *     InternalError} of a lost page
         * @return the exception to throw
         * @throws InternalError the cause, if it is not a lost page
         */
        ChannelCorruptedException poison(int index, Throwable cause);
    }
}
