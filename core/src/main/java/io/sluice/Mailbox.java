package io.sluice;

import io.sluice.heap.Mailboxes;
import java.util.function.Consumer;
import org.agrona.concurrent.IdleStrategy;

/**
 * A channel between the threads of one process. It carries references: what a sender hands over is
 * not copied, and everything the sender did before it sent is visible to whoever receives.
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
 * <p>Its ends are opened, and counted; each belongs to one thread at a time, and each must be
 * closed. One that is dropped instead stays counted: the other side waits for it. Unlike an end of
 * a {@link Pipe}, it is not closed by the garbage collector, which cannot find it: the mailbox
 * leads to all of its open ends, to tell senders that it is broken. A mailbox that is dropped with
 * all of its ends leaves nothing behind.
 *
 * <ul>
 *   <li>Messages wait for the first receiver, up to the capacity; receivers wait for the first
 *       sender.
 *   <li>When the last sender has closed, the stream has <em>ended</em>, for good: the receivers get
 *       what was sent, then {@code null}. No sender can be opened any more.
 *   <li>When the last receiver has closed, the mailbox is <em>broken</em>, for good: sending throws
 *       {@link BrokenChannelException}, no receiver can be opened any more, and messages that were
 *       accepted but not received are let go: see {@link #create(MailboxSpec, Consumer)}.
 * </ul>
 *
 * <p>Messages are received in the order in which they were accepted; those of senders that wait at
 * the same time come in any order. Every method of this type may be called by any thread, virtual
 * threads too.
 *
 * @param <E> the messages' type
 */
public interface Mailbox<E> {
    /**
     * A mailbox for many senders and many receivers.
     *
     * @param capacity how many messages it holds, 1 to 2<sup>30</sup>; a power of two, from 4 on,
     *     makes the fastest
     * @param <E> the messages' type
     * @return the mailbox
     * @throws IllegalArgumentException if the capacity is outside of its range
     */
    static <E> Mailbox<E> bounded(int capacity) {
        return create(MailboxSpec.bounded(capacity));
    }

    /**
     * A mailbox for many senders and many receivers that is never full: sending never waits.
     *
     * @param <E> the messages' type
     * @return the mailbox
     */
    static <E> Mailbox<E> unbounded() {
        return create(MailboxSpec.unbounded());
    }

    /**
     * A mailbox for many senders and many receivers that holds nothing: a {@code send} that returns
     * has handed its message to a receiver that was in {@code receive}, or has come since. {@code
     * trySend} succeeds if a receiver waits, and {@code tryReceive} if a sender does; so the two
     * never meet each other.
     *
     * @param <E> the messages' type
     * @return the mailbox
     */
    static <E> Mailbox<E> rendezvous() {
        return create(MailboxSpec.rendezvous());
    }

    /**
     * A mailbox as specified.
     *
     * @param spec capacity, topology, and what happens when it is full
     * @param <E> the messages' type
     * @return the mailbox
     */
    static <E> Mailbox<E> create(MailboxSpec spec) {
        return create(spec, message -> {});
    }

    /**
     * A mailbox as specified that says what became of messages that were sent and never received:
     * each of them is handed to the callback, exactly once.
     *
     * <ul>
     *   <li>What a full mailbox drops, by its {@link Overflow}: during the send that drops it.
     *   <li>What is left when the last receiver closes: during that close. A message that is on its
     *       way in at that moment: during the next send of its sender, which is refused, or during
     *       that sender's close.
     * </ul>
     *
     * <p>Several threads may call it at the same time. What it throws does not come out of the call
     * that let the message go, which goes on as if nothing had happened, but goes to the thread's
     * {@linkplain Thread#getUncaughtExceptionHandler() handler} for that. So a send has sent, a
     * close has closed and handed over all the rest, whatever the callback does.
     *
     * @param spec capacity, topology, and what happens when it is full
     * @param onUndelivered gets each message that was sent and will not be received
     * @param <E> the messages' type
     * @return the mailbox
     */
    static <E> Mailbox<E> create(MailboxSpec spec, Consumer<? super E> onUndelivered) {
        return Mailboxes.create(spec, onUndelivered);
    }

    /**
     * Opens a sender that waits, when the mailbox is full, by spinning for about as long as a
     * wake-up takes, up to 200 microseconds, and then parking its thread. On a broken mailbox it
     * can be opened, and its first send says so.
     *
     * @return the sender; it must be closed
     * @throws IllegalStateException if the specification says one sender and it is open, or if the
     *     stream has ended
     */
    Sender<E> sender();

    /**
     * As {@link #sender()}, but it waits by an idle strategy and never parks by itself.
     *
     * @param idle how to wait; most strategies have state: give each end one of its own
     * @return the sender; it must be closed
     * @throws IllegalStateException as {@link #sender()} does
     */
    Sender<E> sender(IdleStrategy idle);

    /**
     * Opens a receiver that waits, when the mailbox is empty, by spinning for about as long as a
     * wake-up takes, up to 200 microseconds, and then parking its thread. After the end of the
     * stream it can be opened, to receive the rest.
     *
     * @return the receiver; it must be closed
     * @throws IllegalStateException if the specification says one receiver and it is open, or if
     *     the mailbox is broken
     */
    Receiver<E> receiver();

    /**
     * As {@link #receiver()}, but it waits by an idle strategy and never parks by itself.
     *
     * @param idle how to wait; most strategies have state: give each end one of its own
     * @return the receiver; it must be closed
     * @throws IllegalStateException as {@link #receiver()} does
     */
    Receiver<E> receiver(IdleStrategy idle);

    /**
     * How many messages this mailbox holds: exactly what was asked for.
     *
     * @return messages; 0 for a rendezvous, {@link MailboxSpec#UNBOUNDED} for an unbounded mailbox
     */
    int capacity();

    /**
     * How many messages wait, a snapshot. A message whose send has returned counts until it is
     * received; one whose send has not may count too. So 0 says that there was a moment when none
     * waited. An unbounded mailbox for many receivers counts its messages each time.
     *
     * @return messages, 0 to the capacity
     */
    int size();

    /**
     * Whether no message waits, a snapshot: as {@link #size()}, but it never counts the messages.
     *
     * @return whether there was a moment when none waited
     */
    default boolean isEmpty() {
        return size() == 0;
    }

    /**
     * What sending does when this mailbox is full.
     *
     * @return as it was specified; {@link Overflow#WAIT} too if it is never full
     */
    default Overflow overflow() {
        return Overflow.WAIT;
    }

    /**
     * How many messages were dropped because the mailbox was full, by its {@link Overflow}. What is
     * left when the last receiver closes does not count.
     *
     * @return messages since the mailbox was made
     */
    long dropped();

    /**
     * Its state, for people: capacity, messages waiting, ends open and sleeping. A snapshot, of
     * numbers that may change while they are read.
     *
     * @return one line
     */
    @Override
    String toString();
}
