package io.sluice.views;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Messages that were taken out of a mailbox to be looked at, in their order. A mailbox shows its
 * messages to nobody but who takes them; so whoever wants to look, or to remove one in the middle,
 * takes them all and puts what is left here, and who receives begins here.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>What lies here is older than all that the mailbox holds.
 *   <li>While something lies here the version is odd. It changes under the lock only.
 *   <li>While it is odd nobody takes from the mailbox, but who holds the lock. A receiver takes an
 *       end first and then reads the version; who looks makes the version odd first and then waits
 *       until it has seen each end unused (edge RAISED). Whoever waits in the mailbox keeps an end
 *       in use; but then nothing lies here, and if the mailbox is empty nothing is to be looked at.
 * </ul>
 *
 * <p>Everything but reading the version takes the lock. Any thread.
 *
 * @param <E> the messages' type
 */
final class Aside<E> {
    /**
     * A message that lies here: this one, though the same object may lie here again. Used again for
     * another message, unless it was shown to somebody who may ask for it.
     */
    static final class Entry<E> {
        private E message;
        private boolean shown;

        E message() {
            return message;
        }

        Entry<E> shown() {
            shown = true;
            return this;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Entry<E>> messages = new ArrayDeque<>();
    private Entry<E> spare; // Under the lock: looking at the first allocates nothing.
    private volatile int version;

    /** Whether messages lie here, or are about to. */
    boolean isRaised() {
        return isRaised(version()); // edge RAISED, from Aside.raise
    }

    static boolean isRaised(int version) {
        return (version & 1) != 0;
    }

    /** Changes whenever messages begin or cease to lie here. */
    int version() {
        return version;
    }

    void lock() {
        lock.lock();
    }

    /** Whether the caller has the lock: code that is called by who looks. */
    boolean isLookedAtByCaller() {
        return lock.isHeldByCurrentThread();
    }

    void lockInterruptibly() throws InterruptedException {
        lock.lockInterruptibly();
    }

    /** Gives the lock back, and says that something may have changed. */
    void unlock() {
        if (isRaised() && messages.isEmpty() && lock.getHoldCount() == 1) {
            version = version + 1;
        }
        changed.signalAll();
        lock.unlock();
    }

    /** Receivers no longer begin to take from the mailbox. With the lock. */
    void raise() {
        if (!isRaised()) {
            version = version + 1; // edge RAISED, to Aside.isRaised
        }
    }

    /** Puts a message behind all that lie here. With the lock. */
    void add(E message) {
        Entry<E> entry = spare != null ? spare : new Entry<>();
        spare = null;
        entry.message = message;
        messages.add(entry);
    }

    /** Takes the oldest message, or null. With the lock. */
    E poll() {
        Entry<E> entry = messages.poll();
        return entry != null ? taken(entry) : null;
    }

    /** The message of an entry that lies here no more. With the lock. */
    E taken(Entry<E> entry) {
        E message = entry.message;
        if (!entry.shown) {
            entry.message = null;
            spare = entry;
        }
        return message;
    }

    /** What lies here, oldest first. With the lock. */
    ArrayDeque<Entry<E>> messages() {
        return messages;
    }

    /** Waits until something has changed, with the lock; returns what is left of the time. */
    long awaitChange(long nanos) throws InterruptedException {
        return changed.awaitNanos(nanos);
    }
}
