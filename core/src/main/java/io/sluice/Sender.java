package io.sluice;

import java.time.Duration;

/**
 * The end of a mailbox, or of a pipe with a {@link Codec}, that puts messages in. It belongs to one
 * thread at a time: hand it to another only in a way that orders the two, such as starting that
 * thread. {@link #close()} alone may also be called by another thread during a {@code send},
 * whether that waits just then or not: it throws {@link IllegalStateException}, or returns as it
 * would have; and when it has ended, the end has left its channel. A {@code trySend} must have
 * returned before.
 *
 * <p>Every method throws {@link IllegalStateException} after this end's own close. A call that ends
 * by an exception has not sent its message.
 *
 * <p>There is <em>room</em> in a rendezvous, which holds nothing, when a receiver waits; and always
 * in an unbounded mailbox, and in one that drops messages when it is full ({@link Overflow}).
 *
 * @param <E> the messages' type
 */
public interface Sender<E> extends AutoCloseable {
    /**
     * Sends if there is room now. Does not wait.
     *
     * @param message what to send, not null
     * @return whether it was sent; {@code false} says that the mailbox was full
     * @throws BrokenChannelException if the last receiver has closed
     */
    boolean trySend(E message);

    /**
     * Sends, and waits for room as long as it takes. An interrupt counts only when there is none.
     *
     * @param message what to send, not null
     * @throws BrokenChannelException if the last receiver has closed, before or while this waits
     * @throws InterruptedException if the thread was interrupted and there was no room; the message
     *     was not sent
     */
    void send(E message) throws InterruptedException;

    /**
     * Sends, and waits for room for a limited time. An interrupt counts only when there is none.
     *
     * @param message what to send, not null
     * @param timeout how long to wait; zero or less does not wait
     * @return whether it was sent; {@code false} says that the time was over and it was not
     * @throws BrokenChannelException if the last receiver has closed, before or while this waits
     * @throws InterruptedException if the thread was interrupted and there was no room; the message
     *     was not sent
     */
    boolean send(E message, Duration timeout) throws InterruptedException;

    /**
     * Closes this end. When it was the last one the stream has ended: receivers get what was sent,
     * then see the end. A second call does nothing.
     */
    @Override
    void close();
}
