package io.sluice;

import java.time.Duration;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The end of a mailbox, or of a pipe with a {@link Codec}, that takes messages out; each message
 * goes to exactly one receiver. It belongs to one thread at a time: hand it to another only in a
 * way that orders the two, such as starting that thread. {@link #close()} alone may also be called
 * by another thread during a {@code receive}, whether that waits just then or not, and so while
 * {@link #iterator} or {@link #stream} is used: the call throws {@link IllegalStateException}, or
 * returns as it would have; and when it has ended, the end has left its channel. {@code tryReceive}
 * and {@code drain} must have returned before.
 *
 * <pre>{@code
 * for (Order order : receiver) { ... } // until the end of the stream
 * }</pre>
 *
 * <p>Every method throws {@link IllegalStateException} after this end's own close. A call that ends
 * by an exception has taken no message, {@link #drain} excepted.
 *
 * @param <E> the messages' type
 */
public interface Receiver<E> extends AutoCloseable, Iterable<E> {
    /**
     * Takes the next message if there is one now. Does not wait.
     *
     * @return the message; {@code null} if the mailbox was empty, and then {@link #ended()} says
     *     whether more can come
     */
    E tryReceive();

    /**
     * Takes the next message, and waits for it as long as it takes. An interrupt counts only when
     * there is none.
     *
     * @return the message; {@code null} if the stream has ended
     * @throws InterruptedException if the thread was interrupted and there was no message
     */
    E receive() throws InterruptedException;

    /**
     * Takes the next message, and waits for it for a limited time. An interrupt counts only when
     * there is none.
     *
     * @param timeout how long to wait; zero or less does not wait
     * @return the message; {@code null} if the time was over or the stream has ended, and {@link
     *     #ended()} says which
     * @throws InterruptedException if the thread was interrupted and there was no message
     */
    E receive(Duration timeout) throws InterruptedException;

    /**
     * Hands the messages that are there to a handler, one after the other. Does not wait. Each is
     * taken before it is handed over: if the handler throws, the exception comes out of here, that
     * message counts as received and those behind it stay. So a handler may use this end, and close
     * it, which ends the call.
     *
     * @param handler gets each message
     * @param limit the most to take, 0 or more
     * @return how many were taken; less than the limit says that the mailbox was empty then
     * @throws IllegalArgumentException if the limit is negative
     */
    int drain(Consumer<? super E> handler, int limit);

    /**
     * Whether the stream has ended: the last sender has closed and every message was taken. Once
     * true it stays true.
     *
     * @return whether no message can come any more
     */
    boolean ended();

    /**
     * The messages, one after the other, until the end of the stream; waits for each. The iterator
     * has no messages of its own, except one between its {@code hasNext} and its {@code next}.
     *
     * <p>If the thread is interrupted while the iterator waits, it throws {@link
     * CancellationException}, has taken nothing, and leaves the thread interrupted.
     *
     * @return an iterator for the thread that this end belongs to
     */
    @Override
    default Iterator<E> iterator() {
        return new ReceivingIterator<>(this);
    }

    /**
     * The messages as a stream that ends with this one, or goes on for ever; it waits for each as
     * {@link #iterator()} does. It is sequential, and closing it does not close this end.
     *
     * @return a stream for the thread that this end belongs to
     */
    default Stream<E> stream() {
        int characteristics = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(iterator(), characteristics), false);
    }

    /**
     * Closes this end. When it was the last one the mailbox is broken: senders get {@link
     * BrokenChannelException}, waiting ones too. A second call does nothing.
     */
    @Override
    void close();
}
