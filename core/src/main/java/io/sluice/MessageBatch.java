package io.sluice;

import java.lang.foreign.MemorySegment;

/**
 * A cursor over messages that are received together. It begins before the first message.
 *
 * <pre>{@code
 * receiver.pollBatch(batch -> {
 *     while (batch.next()) {
 *         sum += batch.memory().get(JAVA_LONG, batch.offset());
 *     }
 * }, 64);
 * }</pre>
 *
 * <p>A receiver reuses it. It belongs to the receiver's thread.
 */
public interface MessageBatch {
    /**
     * Moves to the next message.
     *
     * @return false if there is none
     */
    boolean next();

    /**
     * Returns the memory that contains the messages, as a {@link MessageHandler} gets it.
     *
     * @return the memory, the same for all messages of the batch; do not write to it
     */
    MemorySegment memory();

    /**
     * Returns the offset of the current message.
     *
     * @return the offset in {@link #memory}, in bytes, a multiple of 8
     */
    long offset();

    /**
     * Returns the length of the current message.
     *
     * @return the length, in bytes
     */
    int length();

    /**
     * Returns the number of the lane that the messages came through: of a sender's slot, which a
     * later sender takes over.
     *
     * @return the number, from 0; 0 if the pipe is for one sender
     */
    int lane();

    /**
     * Returns where the current message begins in its lane. With {@link #lane} it identifies the
     * message for as long as the pipe exists: it is the same when the message is delivered again,
     * and grows from each message of a lane to the next, also when another sender has taken the
     * lane over. For programs that pass messages on, and must notice that they have passed one on
     * before.
     *
     * @return the number of bytes that the lane had carried before, including the overhead of each
     *     message; -1 if the pipe has many receivers or {@link Order#ARRIVAL}, or is a rendezvous
     *     or a broadcast
     */
    long position();

    /**
     * Returns the number of messages.
     *
     * @return the number, at least 1
     */
    int size();
}
