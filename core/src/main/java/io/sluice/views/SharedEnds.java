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
 * A mailbox for callers that own no end: any thread sends and receives, looks, and removes. What
 * the queues of this package are made of.
 *
 * <p>Sending and receiving are the ends' own operations, with an end of a pool ({@link EndPool})
 * and one look at whether messages were taken out ({@link Aside}); while they are, everything takes
 * a lock. Any thread.
 *
 * @param <E> the messages' type
 */
final class SharedEnds<E> {
    /** A time that is never over: 292 years. */
    static final long NO_LIMIT = Long.MAX_VALUE;

    /** The capacity of a mailbox that is never full. */
    static final int UNBOUNDED = MailboxSpec.UNBOUNDED;

    /** How many messages are few: so many are moved while nobody else can send or receive. */
    private static final int BATCH = 64;

    private final Mailbox<E> mailbox;
    private final boolean drops;
    private final EndPool<Sender<E>> senders;
    private final EndPool<Receiver<E>> receivers;
    private final Aside<E> aside = new Aside<>();
    private final BooleanSupplier nothingThere;
    private int timesPutBack; // Under the lock.

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

    /** A sender, to be given back. */
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
     * With the lock, for a mailbox that drops what it has no room for: only the mailbox knows what
     * that is, if all lies there. So what is aside goes back, behind nothing and in its order.
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
     * How often messages went back into the mailbox: what then comes out of it has new entries.
     * With the lock.
     */
    int timesPutBack() {
        return timesPutBack;
    }

    /** Sends, and waits for room; says whether it was sent before the time was over. */
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
        if (Thread.interrupted()) { // It comes before the end of the time, as in every end.
            throw new InterruptedException();
        }
        return false;
    }

    /**
     * Sends though others have taken the last place: what is in the mailbox is taken out for it.
     */
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

    /** Receives, and waits for a message; null if the time was over or the stream has ended. */
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
            receivers.close(); // Nobody needs one any more.
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
                takeOut(1); // Nothing lies here, and the mailbox is not to be had otherwise.
            }
            return aside.poll();
        } finally {
            aside.unlock();
        }
    }

    /**
     * Takes messages out of the mailbox and shows them, oldest first. What is left is received
     * before anything else. Nobody else receives meanwhile; whoever waits for a message is waited
     * for, until he has one of those that are there.
     *
     * @param limit how many need to be shown
     * @param look gets at least so many of the messages, or all; may remove some
     * @return what it returns
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

    /** No more than are there: senders may go on. To take few, nobody needs to count them. */
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
     * Moves messages to a target, oldest first. One that the target refuses, by an exception, is
     * the next to be received.
     *
     * @return how many were moved, at most the limit
     */
    int moveTo(Consumer<? super E> target, int limit) {
        int count = 0;
        int moved;
        do { // In batches, so that senders may go on between them; a rendezvous shows one only.
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

    /** How many messages wait; not 0 while one waits whose send has returned. */
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

    /** Whether none waits: as {@link #size}, without counting them. */
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

    /** How many more fit, or {@link #UNBOUNDED}. */
    int room() {
        int capacity = mailbox.capacity();
        return capacity == UNBOUNDED ? UNBOUNDED : Math.max(0, capacity - size());
    }

    /** Closes all senders; receivers follow when the stream has ended. */
    void close() {
        senders.close();
    }
}
