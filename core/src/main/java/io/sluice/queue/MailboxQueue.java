package io.sluice.queue;

import io.sluice.Mailbox;
import io.sluice.queue.PeekBuffer.Entry;
import java.util.AbstractQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Predicate;

/**
 * Base of this package's queues: a {@link java.util.Queue} view of a mailbox. Any thread.
 *
 * @param <E> the type of the elements
 */
abstract class MailboxQueue<E> extends AbstractQueue<E> implements AutoCloseable {
    private final PooledEnds<E> ends;

    MailboxQueue(Mailbox<E> mailbox) {
        ends = new PooledEnds<>(mailbox);
    }

    final PooledEnds<E> ends() {
        return ends;
    }

    /**
     * Adds an element if there is room.
     *
     * @param element the element, not null
     * @return whether it was added; {@code false} if the queue was full
     * @throws IllegalStateException if this queue is closed
     */
    @Override
    public final boolean offer(E element) {
        return ends.trySend(element);
    }

    @Override
    public final E poll() {
        return ends.tryReceive();
    }

    @Override
    public int size() {
        return ends.size();
    }

    @Override
    public final boolean isEmpty() {
        return ends.isEmpty();
    }

    @Override
    public final E peek() {
        return ends.peek(
                1,
                messages -> {
                    Entry<E> first = messages.peek();
                    return first != null ? first.message() : null;
                });
    }

    @Override
    public final boolean contains(Object element) {
        return ends.peek(Integer.MAX_VALUE, messages -> find(messages, element) != null);
    }

    @Override
    public final boolean remove(Object element) {
        return ends.peek(
                Integer.MAX_VALUE,
                messages -> messages.removeFirstOccurrence(find(messages, element)));
    }

    private static <E> Entry<E> find(ArrayDeque<Entry<E>> messages, Object element) {
        for (Entry<E> entry : messages) {
            if (entry.message().equals(element)) {
                return entry;
            }
        }
        return null;
    }

    @Override
    public final boolean removeIf(Predicate<? super E> filter) {
        Objects.requireNonNull(filter, "filter");
        return ends.peek(
                Integer.MAX_VALUE,
                messages -> messages.removeIf(entry -> filter.test(entry.message())));
    }

    @Override
    public final boolean removeAll(Collection<?> elements) {
        Objects.requireNonNull(elements, "elements");
        return removeIf(elements::contains);
    }

    @Override
    public final boolean retainAll(Collection<?> elements) {
        Objects.requireNonNull(elements, "elements");
        return removeIf(element -> !elements.contains(element));
    }

    /**
     * Returns an iterator over a snapshot of the elements, in order.
     *
     * @return an iterator that later changes do not affect; its {@code remove} removes from this
     *     queue
     */
    @Override
    public final Iterator<E> iterator() {
        return ends.peek(
                Integer.MAX_VALUE,
                messages -> {
                    List<Entry<E>> entries = new ArrayList<>(messages.size());
                    messages.forEach(entry -> entries.add(entry.retained()));
                    return new Snapshot(entries, ends.requeueCount());
                });
    }

    /**
     * Returns a spliterator over a snapshot of the elements, in order, as {@link #iterator} does.
     * Streams use it.
     *
     * @return a spliterator that later changes do not affect; it reports no size
     */
    @Override
    public final Spliterator<E> spliterator() {
        int characteristics = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.CONCURRENT;
        return Spliterators.spliteratorUnknownSize(iterator(), characteristics);
    }

    /**
     * Ends the stream: no element can be added any more, the remaining ones can be taken. Closing
     * twice has no effect.
     */
    @Override
    public final void close() {
        ends.close();
    }

    private final class Snapshot implements Iterator<E> {
        private final List<Entry<E>> entries;
        private final int requeueCount;
        private int next;
        private Entry<E> last;

        Snapshot(List<Entry<E>> entries, int timesPutBack) {
            this.entries = entries;
            this.requeueCount = timesPutBack;
        }

        @Override
        public boolean hasNext() {
            return next < entries.size();
        }

        @Override
        public E next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no element after the last one");
            }
            last = entries.get(next++);
            return last.message();
        }

        @Override
        public void remove() {
            if (last == null) {
                throw new IllegalStateException("no element to remove: call next first");
            }
            Entry<E> gone = last;
            last = null;
            ends.peek(Integer.MAX_VALUE, messages -> remove(messages, gone));
        }

        /** Removes the entry, or the same object if messages were put back to the mailbox since. */
        private boolean remove(ArrayDeque<Entry<E>> messages, Entry<E> gone) {
            if (messages.removeFirstOccurrence(gone)) {
                return true;
            }
            if (ends.requeueCount() != requeueCount) {
                for (Entry<E> entry : messages) {
                    if (entry.message() == gone.message()) {
                        return messages.removeFirstOccurrence(entry);
                    }
                }
            }
            return false;
        }
    }
}
