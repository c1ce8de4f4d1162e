package io.sluice.queue;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Peek buffer of a mailbox: messages that were taken out of it for inspection, in order. A mailbox
 * cannot be read without receiving from it. So a call that inspects, or removes an element in the
 * middle, receives all messages and keeps the remaining ones here, and later receives take from
 * here first.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>The messages in this buffer are older than all messages in the mailbox.
 *   <li>The version is odd while this buffer holds messages. It changes only under the lock.
 *   <li>While the version is odd, only the thread that holds the lock takes from the mailbox. A
 *       receiving thread takes an end first and then reads the version; an inspecting thread makes
 *       the version odd first and then waits until it has seen each end unused (edge PEEK). A
 *       thread that waits in the mailbox keeps its end in use; but then this buffer is empty, and
 *       if the mailbox is empty too there is nothing to inspect.
 * </ul>
 *
 * <p>Blocking: everything except reading the version takes the lock. Any thread.
 *
 * @param <E> the type of the messages
 */
final class PeekBuffer<E> {
    /**
     * One occurrence of a message in this buffer; the same object may be in it several times. An
     * entry is reused for another message unless an iterator holds it.
     */
    static final class Entry<E> {
        private E message;
        private boolean retained;

        E message() {
            return message;
        }

        Entry<E> retained() {
            retained = true;
            return this;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Entry<E>> messages = new ArrayDeque<>();
    private Entry<E> spare; // Guarded by the lock. With it, peek allocates nothing.
    private volatile int version;

    /** Tests whether the version is odd: this buffer holds messages, or is about to. */
    boolean isActive() {
        return isActive(version()); // edge PEEK, from PeekBuffer.activate
    }

    static boolean isActive(int version) {
        return (version & 1) != 0;
    }

    /** Returns the version, which changes when this buffer begins or ceases to hold messages. */
    int version() {
        return version;
    }

    void lock() {
        lock.lock();
    }

    /** Tests whether this thread holds the lock: an inspecting call has called back. */
    boolean isHeldByCurrentThread() {
        return lock.isHeldByCurrentThread();
    }

    void lockInterruptibly() throws InterruptedException {
        lock.lockInterruptibly();
    }

    /** Releases the lock, and wakes the threads that wait for a change. */
    void unlock() {
        if (isActive() && messages.isEmpty() && lock.getHoldCount() == 1) {
            version = version + 1;
        }
        changed.signalAll();
        lock.unlock();
    }

    /** Keeps receivers from starting to take from the mailbox. With the lock. */
    void activate() {
        if (!isActive()) {
            version = version + 1; // edge PEEK, to PeekBuffer.isActive
        }
    }

    /** Appends a message. With the lock. */
    void add(E message) {
        Entry<E> entry = spare != null ? spare : new Entry<>();
        spare = null;
        entry.message = message;
        messages.add(entry);
    }

    /** Removes the oldest message; returns null if there is none. With the lock. */
    E poll() {
        Entry<E> entry = messages.poll();
        return entry != null ? recycle(entry) : null;
    }

    /** Returns the message of an entry that was removed, and recycles the entry. With the lock. */
    E recycle(Entry<E> entry) {
        E message = entry.message;
        if (!entry.retained) {
            entry.message = null;
            spare = entry;
        }
        return message;
    }

    /** Returns the entries, oldest first. With the lock. */
    ArrayDeque<Entry<E>> messages() {
        return messages;
    }

    /** Waits for a change, with the lock; returns the remaining time in nanoseconds. */
    long awaitChange(long nanos) throws InterruptedException {
        return changed.awaitNanos(nanos);
    }
}
