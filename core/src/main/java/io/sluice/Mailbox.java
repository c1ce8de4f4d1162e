package io.sluice;

import io.sluice.mailbox.Mailboxes;
import java.util.function.Consumer;
import org.agrona.concurrent.IdleStrategy;

/**
 * A channel between the threads of one process. It carries references: messages are not copied, and
 * actions of the sender before a send <i>happen-before</i> actions of the receiver after it has
 * received the message.
 *
 * <pre>{@code
 * Mailbox<Order> orders = Mailbox.bounded(1024);
 * try (Sender<Order> sender = orders.sender()) {
 *     sender.send(order);
 * } // the last sender has closed: the stream has ended
 * try (Receiver<Order> receiver = orders.receiver()) {
 *     for (Order order; (order = receiver.receive()) != null; ) { ... }
 * }
 * }</pre>
 *
 * <p>A mailbox counts its open ends. Each belongs to one thread at a time, and must be closed. An
 * end that becomes unreachable without being closed stays counted, and the other side waits for it.
 * Unlike an end of a {@link Pipe}, it is not closed by the garbage collector, because the mailbox
 * references all of its open ends to notify senders when it breaks. A mailbox that becomes
 * unreachable together with all of its ends leaves nothing behind.
 *
 * <ul>
 *   <li>Before the first receiver is opened, messages are stored, up to the capacity; before the
 *       first sender is opened, receivers wait.
 *   <li>When the last sender has closed, the stream has <em>ended</em>, permanently: the receivers
 *       get the remaining messages, then {@code null}. No further sender can be opened.
 *   <li>When the last receiver has closed, the mailbox is <em>broken</em>, permanently: sending
 *       throws {@link BrokenChannelException}, no further receiver can be opened, and messages that
 *       were accepted but not received are discarded: see {@link #create(MailboxSpec, Consumer)}.
 * </ul>
 *
 * <p>Messages are received in the order in which they were accepted; those of senders that wait at
 * the same time are accepted in any order. Any thread, including virtual threads, may call every
 * method of this type.
 *
 * @param <E> the type of messages
 */
public interface Mailbox<E> {
    /**
     * Creates a bounded mailbox for many senders and one receiver.
     *
     * @param capacity the number of messages it holds, 1 to 2<sup>30</sup>; powers of two of at
     *     least 4 are fastest
     * @param <E> the type of messages
     * @return the mailbox
     * @throws IllegalArgumentException if the capacity is out of range
     */
    static <E> Mailbox<E> bounded(int capacity) {
        return create(MailboxSpec.bounded(capacity));
    }

    /**
     * Creates an unbounded mailbox for many senders and one receiver. It is never full: sending
     * never blocks.
     *
     * @param <E> the type of messages
     * @return the mailbox
     */
    static <E> Mailbox<E> unbounded() {
        return create(MailboxSpec.unbounded());
    }

    /**
     * Creates a rendezvous mailbox for many senders and one receiver. It stores no messages: {@code
     * send} returns once a receiver has received the message. {@code trySend} succeeds if a
     * receiver is waiting, and {@code tryReceive} if a sender is waiting; so the two never match
     * each other.
     *
     * @param <E> the type of messages
     * @return the mailbox
     */
    static <E> Mailbox<E> rendezvous() {
        return create(MailboxSpec.rendezvous());
    }

    /**
     * Creates a broadcast for many senders and receivers: every receiver gets every message. See
     * {@link MailboxSpec#broadcast}.
     *
     * @param capacity the number of messages it holds, 1 to 2<sup>28</sup>
     * @param <E> the type of messages
     * @return the mailbox
     * @throws IllegalArgumentException if the capacity is out of range
     */
    static <E> Mailbox<E> broadcast(int capacity) {
        return create(MailboxSpec.broadcast(capacity));
    }

    /**
     * Creates a mailbox from a specification.
     *
     * @param spec the capacity, the topology, and the policy of a full mailbox
     * @param <E> the type of messages
     * @return the mailbox
     */
    static <E> Mailbox<E> create(MailboxSpec spec) {
        return create(spec, message -> {});
    }

    /**
     * Creates a mailbox from a specification, with a callback for messages that were sent and will
     * not be received. The callback gets each of them exactly once:
     *
     * <ul>
     *   <li>A message that a full mailbox drops, according to its {@link OverflowPolicy}: during
     *       the send that drops it.
     *   <li>A message that remains when the last receiver closes: during that close. A message
     *       whose send is in progress at that time: during the next send of its sender, which
     *       throws, or during that sender's close.
     * </ul>
     *
     * <p>Several threads may call the callback at the same time. An exception that it throws does
     * not propagate to the caller of the send or close, which completes normally, but is passed to
     * the thread's {@linkplain Thread#getUncaughtExceptionHandler() uncaught exception handler}. So
     * a send has sent its message, and a close has closed and passed on all remaining messages,
     * whatever the callback does.
     *
     * @param spec the capacity, the topology, and the policy of a full mailbox
     * @param onUndelivered the callback for each message that was sent and will not be received
     * @param <E> the type of messages
     * @return the mailbox
     */
    static <E> Mailbox<E> create(MailboxSpec spec, Consumer<? super E> onUndelivered) {
        return Mailboxes.create(spec, onUndelivered);
    }

    /**
     * Opens a sender. While the mailbox is full, the sender spins for about as long as a wake-up
     * takes, up to 200 microseconds, and then parks its thread. A sender of a broken mailbox can be
     * opened; its first send throws.
     *
     * @return the sender, which must be closed
     * @throws IllegalStateException if the mailbox is for one sender and that one is open, or if
     *     the stream has ended
     */
    Sender<E> sender();

    /**
     * Opens a sender, as {@link #sender()}, that waits by an idle strategy and never parks by
     * itself.
     *
     * @param idle the idle strategy; most have state, so each end needs its own
     * @return the sender, which must be closed
     * @throws IllegalStateException as {@link #sender()} does
     */
    Sender<E> sender(IdleStrategy idle);

    /**
     * Opens a receiver. While the mailbox is empty, the receiver spins for about as long as a
     * wake-up takes, up to 200 microseconds, and then parks its thread. It can be opened after the
     * end of the stream, to receive the remaining messages.
     *
     * @return the receiver, which must be closed
     * @throws IllegalStateException if the mailbox is for one receiver and that one is open, or if
     *     the mailbox is broken
     */
    Receiver<E> receiver();

    /**
     * Opens a receiver, as {@link #receiver()}, that waits by an idle strategy and never parks by
     * itself.
     *
     * @param idle the idle strategy; most have state, so each end needs its own
     * @return the receiver, which must be closed
     * @throws IllegalStateException as {@link #receiver()} does
     */
    Receiver<E> receiver(IdleStrategy idle);

    /**
     * Opens a <em>lossy</em> receiver of a broadcast. Senders do not wait for it: messages that it
     * has not received are overwritten, but at least the newest ones, as many as the capacity, are
     * kept. When it has lost messages it goes on with the oldest of the newest, and counts the gap
     * ({@link Receiver#lost}). It waits as one of {@link #receiver()} does.
     *
     * @return the receiver, which must be closed
     * @throws IllegalStateException as {@link #receiver()} does
     * @throws UnsupportedOperationException if this mailbox is not a broadcast
     */
    default Receiver<E> lossyReceiver() {
        throw new UnsupportedOperationException("only a receiver of a broadcast can be lossy");
    }

    /**
     * Opens a lossy receiver of a broadcast, as {@link #lossyReceiver()}, that waits by an idle
     * strategy and never parks by itself.
     *
     * @param idle the idle strategy; most have state, so each end needs its own
     * @return the receiver, which must be closed
     * @throws IllegalStateException as {@link #receiver()} does
     * @throws UnsupportedOperationException if this mailbox is not a broadcast
     */
    default Receiver<E> lossyReceiver(IdleStrategy idle) {
        throw new UnsupportedOperationException("only a receiver of a broadcast can be lossy");
    }

    /**
     * Returns the capacity of this mailbox, exactly as specified.
     *
     * @return the number of messages; 0 for a rendezvous, {@link MailboxSpec#UNBOUNDED} for an
     *     unbounded mailbox
     */
    int capacity();

    /**
     * Returns the number of stored messages, a snapshot. A message counts from the return of its
     * send until it is received, and may count during its send. So 0 means that there was a moment
     * when none was stored. An unbounded mailbox for many receivers counts its messages on each
     * call.
     *
     * @return the number of messages, 0 to the capacity
     */
    int size();

    /**
     * Tests whether no message is stored, a snapshot, as {@link #size()}; but never counts the
     * messages.
     *
     * @return whether there was a moment when none was stored
     */
    default boolean isEmpty() {
        return size() == 0;
    }

    /**
     * Returns the policy of this mailbox when it is full.
     *
     * @return the policy as specified; {@link OverflowPolicy#BLOCK} also if it is never full
     */
    default OverflowPolicy overflow() {
        return OverflowPolicy.BLOCK;
    }

    /**
     * Returns the number of messages that were dropped because the mailbox was full, according to
     * its {@link OverflowPolicy}. Messages that remain when the last receiver closes do not count.
     *
     * @return the number of messages since the mailbox was created
     */
    long dropped();

    /**
     * Returns a description of the state: capacity, stored messages, open and waiting ends. A
     * snapshot; its numbers may change while they are read.
     *
     * @return one line
     */
    @Override
    String toString();
}
