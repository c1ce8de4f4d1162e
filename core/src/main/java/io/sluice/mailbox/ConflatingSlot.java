package io.sluice.mailbox;

import java.util.AbstractQueue;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A conflating queue of capacity 1: {@link #replace} overwrites the message. Any number of senders
 * and receivers. Every operation is wait-free: it makes one atomic update of one word at most.
 */
final class ConflatingSlot<E> extends AbstractQueue<E> {
    private final AtomicReference<E> value = new AtomicReference<>();

    @Override
    public boolean offer(E message) {
        return value.compareAndSet(null, message);
    }

    /**
     * Stores a message and overwrites the previous one.
     *
     * @return the message that was replaced, or null
     */
    E replace(E message) {
        return value.getAndSet(message);
    }

    @Override
    public E poll() {
        // Reads first: a swap by each polling receiver would move the cache line to its core.
        return value.get() == null ? null : value.getAndSet(null);
    }

    @Override
    public E peek() {
        return value.get();
    }

    @Override
    public boolean isEmpty() {
        return value.get() == null;
    }

    @Override
    public int size() {
        return isEmpty() ? 0 : 1;
    }

    @Override
    public Iterator<E> iterator() {
        throw new UnsupportedOperationException("a mailbox does not iterate over its queue");
    }
}
