package io.sluice.queue;

import io.sluice.Mailbox;
import io.sluice.MailboxSpec;
import io.sluice.OverflowPolicy;
import io.sluice.Receiver;
import io.sluice.Sender;
import io.sluice.queue.PeekBuffer.Entry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * A mailbox for callers without an end: any thread sends, receives, inspects and removes. The
 * queues of this package are built on it.
 *
 * <p>Sending and receiving use a pooled end ({@link EndPool}) and one check whether messages were
 * taken out for inspection ({@link PeekBuffer}); while there are any, all operations take a lock.
 * Any thread.
 *
 * @param <E> the type of the messages
 */
final class PooledEnds<E> {
    /** No timeout, in nanoseconds: 292 years. */
    static final long NO_TIMEOUT = Long.MAX_VALUE;

    /** Messages to move in one step, during which no other thread can send or receive. */
    private static final int BATCH = 64;

    private final Mailbox<E> mailbox;
    private final boolean drops;
    private final EndPool<Sender<E>> senders;
    private final EndPool<Receiver<E>> receivers;
    private final PeekBuffer<E> peekBuffer = new PeekBuffer<>();
    private final BooleanSupplier mailboxEmpty;
    private int requeueCount; // Guarded by the lock.

    PooledEnds(Mailbox<E> mailbox) {
        this.mailbox = Objects.requireNonNull(mailbox, "mailbox");
        this.drops = mailbox.overflow() != OverflowPolicy.BLOCK;
        this.senders = new EndPool<>(mailbox::sender, Sender::close);
        this.receivers = receivers(mailbox);
        this.mailboxEmpty = mailbox::isEmpty;
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
    PooledEnd<Sender<E>> acquireSender() {
        PooledEnd<Sender<E>> pooledEnd = senders.acquire();
        if (pooledEnd == null) {
            throw new IllegalStateException("this queue is closed: it takes no more messages");
        }
        return pooledEnd;
    }

    void release(PooledEnd<Sender<E>> pooledEnd) {
        senders.release(pooledEnd);
    }

    boolean trySend(E message) {
        Objects.requireNonNull(message, "message");
        PooledEnd<Sender<E>> pooledEnd = acquireSender();
        try {
            return trySend(pooledEnd.end(), message);
        } finally {
            senders.release(pooledEnd);
        }
    }

    private boolean trySend(Sender<E> sender, E message) {
        if (!peekBuffer.isActive()) {
            return sender.trySend(message);
        }
        peekBuffer.lock();
        try {
            if (drops && !hasRoom()) {
                requeue(sender);
                return sender.trySend(message);
            }
            return (!peekBuffer.isActive() || hasRoom()) && sender.trySend(message);
        } finally {
            peekBuffer.unlock();
        }
    }

    /**
     * Sends the kept messages to the mailbox again, with the lock. The mailbox drops messages when
     * it is full, and only it selects which one, so it must hold them all. {@code look} has emptied
     * it before, so their order is preserved.
     */
    private void requeue(Sender<E> sender) {
        peek(
                Integer.MAX_VALUE,
                messages -> {
                    for (E message; (message = peekBuffer.poll()) != null; ) {
                        sender.trySend(message);
                    }
                    requeueCount++;
                    return null;
                });
    }

    /**
     * Returns how often messages were put back into the mailbox. When they are taken out again they
     * have new entries. With the lock.
     */
    int requeueCount() {
        return requeueCount;
    }

    /** Sends, and waits for room; returns whether it was sent before the timeout. */
    boolean send(E message, long nanos) throws InterruptedException {
        Objects.requireNonNull(message, "message");
        PooledEnd<Sender<E>> pooledEnd = acquireSender();
        try {
            return trySend(pooledEnd.end(), message) || await(pooledEnd.end(), message, nanos);
        } finally {
            senders.release(pooledEnd);
        }
    }

    private boolean await(Sender<E> sender, E message, long nanos) throws InterruptedException {
        long left = nanos;
        while (left > 0) {
            if (!peekBuffer.isActive()) {
                return sender.send(message, Duration.ofNanos(left));
            }
            peekBuffer.lockInterruptibly();
            try {
                if (peekBuffer.isActive()) {
                    if (hasRoom() && sender.trySend(message)) {
                        return true;
                    }
                    left = peekBuffer.awaitChange(left);
                }
            } finally {
                peekBuffer.unlock();
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
    void forceSend(Sender<E> sender, E message) {
        while (!sender.trySend(message)) {
            peek(Integer.MAX_VALUE, messages -> null);
        }
    }

    E tryReceive() {
        try {
            return receive(0, false);
        } catch (InterruptedException e) { // Nothing waits.
            throw new AssertionError(e);
        }
    }

    /** Receives, and waits for a message; returns null after the timeout or at the end. */
    E receive(long nanos) throws InterruptedException {
        return receive(nanos, true);
    }

    private E receive(long nanos, boolean waits) throws InterruptedException {
        while (true) {
            PooledEnd<Receiver<E>> pooledEnd = receivers.acquire();
            if (pooledEnd == null) {
                return null;
            }
            try {
                if (!peekBuffer.isActive()) {
                    E message = tryReceive(pooledEnd.end());
                    return message != null || !waits ? message : await(pooledEnd.end(), nanos);
                }
            } finally {
                receivers.release(pooledEnd);
            }
            boolean looking = peekBuffer.isHeldByCurrentThread();
            E message = takeFromPeekBuffer(looking);
            if (message != null || (looking && !waits)) {
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
        if (message == null && receiver.isEndOfStream()) {
            receivers.close(); // No call needs one any more.
        }
        return message;
    }

    private E await(Receiver<E> receiver, long nanos) throws InterruptedException {
        E message = receiver.receive(Duration.ofNanos(nanos));
        return message != null ? message : tryReceive(receiver);
    }

    private E takeFromPeekBuffer(boolean looking) {
        peekBuffer.lock();
        try {
            if (looking && peekBuffer.messages().isEmpty()) {
                fillPeekBuffer(
                        1); // While the version is odd, messages come only through the buffer.
            }
            return peekBuffer.poll();
        } finally {
            peekBuffer.unlock();
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
    <R> R peek(int limit, Function<ArrayDeque<Entry<E>>, R> look) {
        peekBuffer.lock();
        try {
            peekBuffer.activate();
            ArrayDeque<Entry<E>> messages = peekBuffer.messages();
            if (messages.size() < limit && receivers.awaitEachIdle(mailboxEmpty)) {
                fillPeekBuffer(limit - messages.size());
            }
            return look.apply(messages);
        } finally {
            peekBuffer.unlock();
        }
    }

    /**
     * Takes messages out of the mailbox, at most as many as it holds now, since senders may
     * continue to add. For a small number it does not query the size.
     */
    private void fillPeekBuffer(int most) {
        int count = most <= BATCH ? most : Math.min(most, mailbox.size());
        PooledEnd<Receiver<E>> pooledEnd = receivers.acquire();
        if (pooledEnd == null) {
            return;
        }
        try {
            for (int i = 0; i < count; i++) {
                E message = pooledEnd.end().tryReceive();
                if (message == null) {
                    return;
                }
                peekBuffer.add(message);
            }
        } finally {
            receivers.release(pooledEnd);
        }
    }

    /**
     * Moves messages to a target, oldest first. If the target throws for a message, that message is
     * the next one to be received.
     *
     * @return the number of messages moved, at most the limit
     */
    int drainTo(Consumer<? super E> target, int limit) {
        int count = 0;
        int moved;
        do { // In batches, so that senders progress in between; a rendezvous yields one at a time.
            int most = Math.min(limit - count, capacity() == 0 ? 1 : BATCH);
            moved = most <= 0 ? 0 : peek(most, messages -> drainTo(target, most, messages));
            count += moved;
        } while (moved > 0);
        return count;
    }

    private int drainTo(Consumer<? super E> target, int most, ArrayDeque<Entry<E>> messages) {
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
            peekBuffer.recycle(entry);
        }
        return count;
    }

    /** Returns the number of messages; not 0 while there is one whose send has returned. */
    int size() {
        return count(Mailbox::size);
    }

    /** Tests whether {@link #size} is 0, without counting the messages. */
    boolean isEmpty() {
        return count(messages -> messages.isEmpty() ? 0 : 1) == 0;
    }

    private int count(ToIntFunction<Mailbox<E>> inMailbox) {
        int version = peekBuffer.version();
        if (!PeekBuffer.isActive(version)) {
            int count = inMailbox.applyAsInt(mailbox);
            if (peekBuffer.version() == version) {
                return count;
            }
        }
        peekBuffer.lock();
        try {
            return peekBuffer.messages().size() + inMailbox.applyAsInt(mailbox);
        } finally {
            peekBuffer.unlock();
        }
    }

    private boolean hasRoom() {
        int capacity = mailbox.capacity();
        return capacity == MailboxSpec.UNBOUNDED
                || peekBuffer.messages().size() < capacity - mailbox.size();
    }

    int capacity() {
        return mailbox.capacity();
    }

    /** Returns the remaining capacity, or {@link MailboxSpec#UNBOUNDED}. */
    int remainingCapacity() {
        int capacity = mailbox.capacity();
        return capacity == MailboxSpec.UNBOUNDED
                ? MailboxSpec.UNBOUNDED
                : Math.max(0, capacity - size());
    }

    /** Closes all senders; the receivers are closed at the end of the stream. */
    void close() {
        senders.close();
    }
}
