package io.sluice;

import java.time.Duration;
import java.util.Objects;

/**
 * The sending end of a mailbox, or of a pipe with a {@link Codec}.
 *
 * <p>Belongs to one thread at a time: pass it to another thread only in a way that establishes
 * <i>happens-before</i>, such as starting that thread. Only {@link #close()} may also be called by
 * another thread during a {@code send}, whether that call is waiting or not: the {@code send} then
 * throws {@link IllegalStateException}, or completes as documented; when it has ended, the end has
 * left its channel. A {@code trySend} must have returned before.
 *
 * <p>Every method throws {@link IllegalStateException} after this end was closed. A call that
 * throws has not sent its message.
 *
 * <p>A rendezvous, which stores no messages, has <em>room</em> when a receiver is waiting. An
 * unbounded mailbox, and one that drops messages when it is full ({@link OverflowPolicy}), always
 * has room.
 *
 * @param <E> the type of messages
 */
public interface Sender<E> extends AutoCloseable {
    /**
     * Sends a message if there is room. Does not wait.
     *
     * @param message the message, not null
     * @return whether the message was sent; {@code false} if there was no room
     * @throws BrokenChannelException if the last receiver has closed
     */
    boolean trySend(E message);

    /**
     * Sends messages of an array, in order, while there is room. Does not wait. For most mailboxes
     * it costs less than a {@link #trySend} for each message. They are sent one by one: a receiver
     * may get the first before the last is sent, and other senders' messages may come between them.
     *
     * <p>If a message other than the first cannot be sent for another reason, such as a {@link
     * BrokenChannelException}, the call returns the number before it, and the next call throws.
     *
     * @param messages the messages, of which those to send are not null; no other thread may change
     *     them during the call
     * @param offset the index of the first one
     * @param length the number of messages; 0 sends none
     * @return the number of messages sent; less than the length if there was no more room
     * @throws BrokenChannelException if the last receiver has closed
     * @throws IndexOutOfBoundsException if the array has no such range
     */
    default int fill(E[] messages, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, messages.length);
        for (int i = 0; i < length; i++) {
            Objects.requireNonNull(messages[offset + i], "message");
        }
        for (int i = 0; i < length; i++) {
            try {
                if (!trySend(messages[offset + i])) {
                    return i;
                }
            } catch (RuntimeException e) {
                if (i == 0) {
                    throw e;
                }
                return i;
            }
        }
        return length;
    }

    /**
     * Sends a message, and blocks while there is no room. Responds to an interrupt only if there is
     * none.
     *
     * @param message the message, not null
     * @throws BrokenChannelException if the last receiver has closed, before or during this call
     * @throws InterruptedException if the thread is interrupted and there is no room; the message
     *     was not sent
     */
    void send(E message) throws InterruptedException;

    /**
     * Sends a message, and blocks up to a timeout while there is no room. Responds to an interrupt
     * only if there is none.
     *
     * @param message the message, not null
     * @param timeout the longest time to wait; zero or less does not wait
     * @return whether the message was sent; {@code false} if the timeout elapsed
     * @throws BrokenChannelException if the last receiver has closed, before or during this call
     * @throws InterruptedException if the thread is interrupted and there is no room; the message
     *     was not sent
     */
    boolean send(E message, Duration timeout) throws InterruptedException;

    /**
     * Closes this end. After the last sender has closed, the stream has ended: receivers get the
     * remaining messages, then see the end. A second call has no effect.
     */
    @Override
    void close();
}
