package io.sluice.heap;

import java.util.concurrent.atomic.AtomicReference;

/**
 * One place, whose message can be replaced: a queue of capacity 1 for any number of threads on both
 * sides. Each operation is one atomic access of one word, so all of them are wait-free.
 */
final class LatestSlot<E> implements PlainQueue<E> {
    private final AtomicReference<E> place = new AtomicReference<>();

    @Override
    public boolean offer(E message) {
        return place.compareAndSet(null, message);
    }

    /**
     * Puts a message in, whatever is there.
     *
     * @return what it has replaced, or null
     */
    E replace(E message) {
        return place.getAndSet(message);
    }

    @Override
    public E poll() {
        // Looks first: receivers that wait would take the line from each other, and from senders.
        return place.get() == null ? null : place.getAndSet(null);
    }

    @Override
    public E peek() {
        return place.get();
    }

    @Override
    public boolean isEmpty() {
        return place.get() == null;
    }

    @Override
    public int size() {
        return isEmpty() ? 0 : 1;
    }

    @Override
    public void clear() {
        place.set(null);
    }

    @Override
    public int capacity() {
        return 1;
    }
}
