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
     * Returns the number of messages.
     *
     * @return the number, at least 1
     */
    int size();
}
