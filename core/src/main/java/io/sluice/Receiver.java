package io.sluice;

import java.time.Duration;
import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * The receiving end of a mailbox, or of a pipe with a {@link Codec}. Each message goes to exactly
 * one receiver.
 *
 * <p>Belongs to one thread at a time: pass it to another thread only in a way that establishes
 * <i>happens-before</i>, such as starting that thread. Only {@link #close()} may also be called by
 * another thread during a {@code receive}, whether that call is waiting or not, and so while {@link
 * #iterator} or {@link #stream} is in use: the {@code receive} then throws {@link
 * IllegalStateException}, or completes as documented; when it has ended, the end has left its
 * channel. {@code tryReceive} and {@code poll} must have returned before.
 *
 * <pre>{@code
 * for (Order order : receiver) { ... } // until the end of the stream
 * }</pre>
 *
 * <p>Every method throws {@link IllegalStateException} after this end was closed. A call that
 * throws has taken no message, except for {@link #poll}.
 *
 * @param <E> the type of messages
 */
public interface Receiver<E> extends AutoCloseable, Iterable<E> {
    /**
     * Receives the next message if there is one. Does not wait.
     *
     * @return the message; {@code null} if the mailbox was empty, and then {@link #isEndOfStream()}
     *     returns whether the stream has ended
     */
    E tryReceive();

    /**
     * Receives the next message, and blocks while there is none. Responds to an interrupt only if
     * there is none.
     *
     * @return the message; {@code null} if the stream has ended
     * @throws InterruptedException if the thread is interrupted and there is no message
     */
    E receive() throws InterruptedException;

    /**
     * Receives the next message, and blocks up to a timeout while there is none. Responds to an
     * interrupt only if there is none.
     *
     * @param timeout the longest time to wait; zero or less does not wait
     * @return the message; {@code null} if the timeout elapsed or the stream has ended, and {@link
     *     #isEndOfStream()} distinguishes the two
     * @throws InterruptedException if the thread is interrupted and there is no message
     */
    E receive(Duration timeout) throws InterruptedException;

    /**
     * Runs a task, once, when this receiver has a message, or the end of the stream: for an event
     * loop, which cannot block in {@link #receive}. Returns at once. The task runs in the executor,
     * at the earliest during this call. It polls until it finds nothing, and then calls this method
     * again for the next time:
     *
     * <pre>{@code
     * void onReadable() {
     *     while (receiver.poll(handler, 64) > 0) {}
     *     if (!receiver.isEndOfStream()) {
     *         receiver.onReadable(executor, this::onReadable);
     *     }
     * }
     * }</pre>
     *
     * <p>A message that comes between that poll and this call is not missed. The task may find
     * nothing, if another receiver was faster. It also runs if another thread closes this receiver,
     * or waiting fails: its next call throws the reason. Of a rendezvous it runs when a sender
     * waits in a {@code send}, or in a {@link Select} that blocks.
     *
     * <p>From this call until the task runs, this receiver may only be closed; what the caller did
     * before this call <i>happens-before</i> the task. A virtual thread waits meanwhile, asleep: a
     * call allocates it.
     *
     * @param executor the executor of the task, which must not refuse it
     * @param task the task, run once
     * @throws IllegalStateException if this receiver is closed, or its handler calls this
     * @throws UnsupportedOperationException if this is none of Sluice's receivers
     */
    default void onReadable(Executor executor, Runnable task) {
        throw new UnsupportedOperationException("this receiver has no onReadable: " + this);
    }

    /**
     * Passes available messages to a handler, one after the other. Does not wait. Each message is
     * received before the handler is called: if the handler throws, the exception propagates to the
     * caller, that message counts as received, and later ones stay in the channel.
     *
     * <p>As in {@link PipeReceiver}, a handler must neither receive from this end nor close it:
     * {@code poll}, {@code tryReceive}, {@code receive} and {@link #close} throw {@link
     * IllegalStateException} there before they have any effect. To close this end, a handler
     * returns or throws, and its caller closes. A handler may call {@link #isEndOfStream}, and may
     * use any other end, also the sender of this channel.
     *
     * @param handler the handler, called for each message
     * @param limit the largest number of messages; 0 passes none
     * @return the number of messages; less than the limit if the mailbox was empty then
     * @throws IllegalArgumentException if the limit is negative
     * @throws IllegalStateException if a handler of this receiver calls it
     */
    int poll(Consumer<? super E> handler, int limit);

    /**
     * Returns how many messages this receiver has lost, because they were overwritten before it
     * could receive them: see {@link Mailbox#lossyReceiver()} and {@link PipeReceiver#lost()}.
     * Exact: once a message was received, what is missing before it is counted. The thread that
     * this end belongs to.
     *
     * @return the number of messages since this end was opened; 0 for every other receiver
     */
    default long lost() {
        return 0;
    }

    /**
     * Tests whether the stream has ended: the last sender has closed and every message was
     * received. Once true it stays true.
     *
     * @return whether no further message can arrive
     */
    boolean isEndOfStream();

    /**
     * Returns an iterator that receives messages until the end of the stream, and blocks while
     * there is none. It buffers no messages, except one between its {@code hasNext} and its {@code
     * next}.
     *
     * <p>If the thread is interrupted while the iterator waits, the iterator throws {@link
     * CancellationException}, has received nothing, and leaves the interrupt status set.
     *
     * @return the iterator, for the thread that this end belongs to
     */
    @Override
    default Iterator<E> iterator() {
        return new ReceivingIterator<>(this);
    }

    /**
     * Returns a sequential stream of the messages. It ends at the end of this channel's stream, if
     * ever, and blocks as {@link #iterator()} does. Closing it does not close this end.
     *
     * @return the stream, for the thread that this end belongs to
     */
    default Stream<E> stream() {
        int characteristics = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(iterator(), characteristics), false);
    }

    /**
     * Closes this end. After the last receiver has closed, the mailbox is broken: senders,
     * including waiting ones, get {@link BrokenChannelException}. A second call has no effect.
     *
     * @throws IllegalStateException if a handler of this receiver calls it, see {@link #poll}; the
     *     call has no effect then
     */
    @Override
    void close();
}
