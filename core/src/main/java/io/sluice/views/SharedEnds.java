package io.sluice.views;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.Overflow;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.views.Aside.Entry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A mailbox for callers without an end: any thread sends, receives, inspects and removes. The
 * queues of this package are built on it.
 *
 * <p>Sending and receiving use a pooled end ({@link EndPool}) and one check whether messages were
 * taken out for inspection ({@link Aside}); while there are any, all operations take a lock. Any
 * thread.
 *
 * @param <E> the type of the messages
 */
final class SharedEnds<E> {
    /** No timeout, in nanoseconds: 292 years. */
    static final long NO_LIMIT = Long.MAX_VALUE;

    /** The capacity of an unbounded mailbox. */
    static final int UNBOUNDED = MailboxSpec.UNBOUNDED;

    /** Messages to move in one step, during which no other thread can send or receive. */
    private static final int BATCH = 64;

    private final Mailbox<E> mailbox;
    private final boolean drops;
    private final EndPool<Sender<E>> senders;
    private final EndPool<Receiver<E>> receivers;
    private final Aside<E> aside = new Aside<>();
    private final BooleanSupplier nothingThere;
    private int timesPutBack; // Guarded by the lock.

    SharedEnds(Mailbox<E> mailbox) {
        this.mailbox = Objects.requireNonNull(mailbox, "mailbox");
        this.drops = mailbox.overflow() != Overflow.WAIT;
        this.senders = new EndPool<>(mailbox::sender, Sender::close);
        this.receivers = receivers(mailbox);
        this.nothingThere = mailbox::isEmpty;
    }

    private EndPool<Receiver<E>> receivers(Mailbox<E> mailbox) {
        try {
            return new EndPool<>(mailbox::receiver, Receiver::close);
        } catch (RuntimeException e) {
            senders.close();
            throw e;
        }
    }

    /** Takes a sender, which the caller must give back. */
    Lease<Sender<E>> takeSender() {
        Lease<Sender<E>> lease = senders.take();
        if (lease == null) {
            throw new IllegalStateException("this queue is closed: it takes no more messages");
        }
        return lease;
    }

    void giveBack(Lease<Sender<E>> lease) {
        senders.giveBack(lease);
    }

    boolean trySend(E message) {
        Objects.requireNonNull(message, "message");
        Lease<Sender<E>> lease = takeSender();
        try {
            return trySend(lease.end(), message);
        } finally {
            senders.giveBack(lease);
        }
    }

    private boolean trySend(Sender<E> sender, E message) {
        if (!aside.isRaised()) {
            return sender.trySend(message);
        }
        aside.lock();
        try {
            if (drops && !hasRoom()) {
                putBack(sender);
                return sender.trySend(message);
            }
            return (!aside.isRaised() || hasRoom()) && sender.trySend(message);
        } finally {
            aside.unlock();
        }
    }

    /**
     * Sends the kept messages to the mailbox again, with the lock. The mailbox drops messages when
     * it is full, and only it selects which one, so it must hold them all. {@code look} has emptied
     * it before, so their order is preserved.
     */
    private void putBack(Sender<E> sender) {
        look(
                Integer.MAX_VALUE,
                messages -> {
                    for (E message; (message = aside.poll()) != null; ) {
                        sender.trySend(message);
                    }
                    timesPutBack++;
                    return null;
                });
    }

    /**
     * Returns how often messages were put back into the mailbox. When they are taken out again they
     * have new entries. With the lock.
     */
    int timesPutBack() {
        return timesPutBack;
    }

    /** Sends, and waits for room; returns whether it was sent before the timeout. */
    boolean send(E message, long nanos) throws InterruptedException {
        Objects.requireNonNull(message, "message");
        Lease<Sender<E>> lease = takeSender();
        try {
            return trySend(lease.end(), message) || await(lease.end(), message, nanos);
        } finally {
            senders.giveBack(lease);
        }
    }

    private boolean await(Sender<E> sender, E message, long nanos) throws InterruptedException {
        long left = nanos;
        while (left > 0) {
            if (!aside.isRaised()) {
                return sender.send(message, Duration.ofNanos(left));
            }
            aside.lockInterruptibly();
            try {
                if (aside.isRaised()) {
                    if (hasRoom() && sender.trySend(message)) {
                        return true;
                    }
                    left = aside.awaitChange(left);
                }
            } finally {
                aside.unlock();
            }
        }
        if (trySend(sender, message)) {
            return true;
        }
        if (Thread.interrupted()) { // Precedes the timeout, as in every end.
            throw new InterruptedException();
        }
        return false;
    }

    /** Sends even if the mailbox is full: moves its messages to the peek buffer to make room. */
    void insist(Sender<E> sender, E message) {
        while (!sender.trySend(message)) {
            look(Integer.MAX_VALUE, messages -> null);
        }
    }

    E tryReceive() {
        while (true) {
            Lease<Receiver<E>> lease = receivers.take();
            if (lease == null) {
                return null;
            }
            try {
                if (!aside.isRaised()) {
                    return tryReceive(lease.end());
                }
            } finally {
                receivers.giveBack(lease);
            }
            boolean looking = aside.isLookedAtByCaller();
            E message = takeFromAside(looking);
            if (message != null || looking) {
                return message;
            }
        }
    }

    /** Receives, and waits for a message; returns null after the timeout or at the end. */
    E receive(long nanos) throws InterruptedException {
        while (true) {
            Lease<Receiver<E>> lease = receivers.take();
            if (lease == null) {
                return null;
            }
            try {
                if (!aside.isRaised()) {
                    return receive(lease.end(), nanos);
                }
            } finally {
                receivers.giveBack(lease);
            }
            boolean looking = aside.isLookedAtByCaller();
            E message = takeFromAside(looking);
            if (message != null) {
                return message;
            }
            if (looking) {
                throw new IllegalStateException(
                        "this queue is empty, and cannot be waited for by code that it calls while"
                                + " it looks: use poll()");
            }
        }
    }

    private E tryReceive(Receiver<E> receiver) {
        E message = receiver.tryReceive();
        if (message == null && receiver.ended()) {
            receivers.close(); // No call needs one any more.
        }
        return message;
    }

    private E receive(Receiver<E> receiver, long nanos) throws InterruptedException {
        E message = tryReceive(receiver);
        if (message != null) {
            return message;
        }
        message = receiver.receive(Duration.ofNanos(nanos));
        return message != null ? message : tryReceive(receiver);
    }

    private E takeFromAside(boolean looking) {
        aside.lock();
        try {
            if (looking && aside.messages().isEmpty()) {
                takeOut(1); // While the version is odd, messages come only through the buffer.
            }
            return aside.poll();
        } finally {
            aside.unlock();
        }
    }

    /**
     * Takes messages out of the mailbox and passes them to a function, oldest first. The remaining
     * ones are received before any others. No other thread receives in the meantime. The call waits
     * for threads that are receiving until they have taken a message, or the mailbox is empty.
     *
     * @param limit the number of messages that the function needs
     * @param look the function; it gets at least that many messages, or all, and may remove some
     * @return the result of the function
     */
    <R> R look(int limit, Function<ArrayDeque<Entry<E>>, R> look) {
        aside.lock();
        try {
            aside.raise();
            ArrayDeque<Entry<E>> messages = aside.messages();
            if (messages.size() < limit && receivers.awaitEachUnused(nothingThere)) {
                takeOut(limit - messages.size());
            }
            return look.apply(messages);
        } finally {
            aside.unlock();
        }
    }

    /**
     * Takes messages out of the mailbox, at most as many as it holds now, since senders may
     * continue to add. For a small number it does not query the size.
     */
    private void takeOut(int most) {
        int count = most <= BATCH ? most : Math.min(most, mailbox.size());
        Lease<Receiver<E>> lease = receivers.take();
        if (lease == null) {
            return;
        }
        try {
            for (int i = 0; i < count; i++) {
                E message = lease.end().tryReceive();
                if (message == null) {
                    return;
                }
                aside.add(message);
            }
        } finally {
            receivers.giveBack(lease);
        }
    }

    /**
     * Moves messages to a target, oldest first. If the target throws for a message, that message is
     * the next one to be received.
     *
     * @return the number of messages moved, at most the limit
     */
    int moveTo(Consumer<? super E> target, int limit) {
        int count = 0;
        int moved;
        do { // In batches, so that senders progress in between; a rendezvous yields one at a time.
            int most = Math.min(limit - count, capacity() == 0 ? 1 : BATCH);
            moved = most <= 0 ? 0 : look(most, messages -> moveTo(target, most, messages));
            count += moved;
        } while (moved > 0);
        return count;
    }

    private int moveTo(Consumer<? super E> target, int most, ArrayDeque<Entry<E>> messages) {
        int count = 0;
        for (Entry<E> entry; count < most && (entry = messages.poll()) != null; count++) {
            boolean moved = false;
            try {
                target.accept(entry.message());
                moved = true;
            } finally {
                if (!moved) {
                    messages.addFirst(entry);
                }
            }
            aside.taken(entry);
        }
        return count;
    }

    /** Returns the number of messages; not 0 while there is one whose send has returned. */
    int size() {
        int version = aside.version();
        if (!Aside.isRaised(version)) {
            int size = mailbox.size();
            if (aside.version() == version) {
                return size;
            }
        }
        aside.lock();
        try {
            return aside.messages().size() + mailbox.size();
        } finally {
            aside.unlock();
        }
    }

    /** Tests whether {@link #size} is 0, without counting the messages. */
    boolean isEmpty() {
        int version = aside.version();
        if (!Aside.isRaised(version)) {
            boolean empty = mailbox.isEmpty();
            if (aside.version() == version) {
                return empty;
            }
        }
        aside.lock();
        try {
            return aside.messages().isEmpty() && mailbox.isEmpty();
        } finally {
            aside.unlock();
        }
    }

    private boolean hasRoom() {
        int capacity = mailbox.capacity();
        return capacity == UNBOUNDED || aside.messages().size() < capacity - mailbox.size();
    }

    int capacity() {
        return mailbox.capacity();
    }

    /** Returns the remaining capacity, or {@link #UNBOUNDED}. */
    int room() {
        int capacity = mailbox.capacity();
        return capacity == UNBOUNDED ? UNBOUNDED : Math.max(0, capacity - size());
    }

    /** Closes all senders; the receivers are closed at the end of the stream. */
    void close() {
        senders.close();
    }
}
