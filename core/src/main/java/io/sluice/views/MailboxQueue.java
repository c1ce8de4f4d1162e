package io.sluice.views;

import io.sluice.Mailbox;
import io.sluice.views.Aside.Entry;
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
 * A mailbox as a {@link java.util.Queue}: what the queues of this package have in common. Any
 * thread.
 *
 * @param <E> the elements' type
 */
abstract class MailboxQueue<E> extends AbstractQueue<E> implements AutoCloseable {
    private final SharedEnds<E> ends;

    MailboxQueue(Mailbox<E> mailbox) {
        ends = new SharedEnds<>(mailbox);
    }

    final SharedEnds<E> ends() {
        return ends;
    }

    /**
     * Adds an element if there is room.
     *
     * @param element what to add, not null
     * @return whether it was added; {@code false} says that the queue was full
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
    public final void clear() {
        super.clear();
    }

    @Override
    public final E peek() {
        return ends.look(
                1,
                messages -> {
                    Entry<E> first = messages.peek();
                    return first != null ? first.message() : null;
                });
    }

    @Override
    public final boolean contains(Object element) {
        return ends.look(Integer.MAX_VALUE, messages -> find(messages, element) != null);
    }

    @Override
    public final boolean remove(Object element) {
        return ends.look(
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
        return ends.look(
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
     * Shows what is there now, in order.
     *
     * @return an iterator that nothing disturbs, and whose {@code remove} removes from this queue
     */
    @Override
    public final Iterator<E> iterator() {
        return ends.look(
                Integer.MAX_VALUE,
                messages -> {
                    List<Entry<E>> entries = new ArrayList<>(messages.size());
                    messages.forEach(entry -> entries.add(entry.shown()));
                    return new Snapshot(entries, ends.timesPutBack());
                });
    }

    /**
     * Shows what is there now, in order, as {@link #iterator} does. Streams are made of it.
     *
     * @return a spliterator that nothing disturbs; it does not promise a size
     */
    @Override
    public final Spliterator<E> spliterator() {
        int characteristics = Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.CONCURRENT;
        return Spliterators.spliteratorUnknownSize(iterator(), characteristics);
    }

    /**
     * Ends the stream, for good: nothing can be added, what is there can be taken. Closing twice
     * does nothing.
     */
    @Override
    public final void close() {
        ends.close();
    }

    private final class Snapshot implements Iterator<E> {
        private final List<Entry<E>> entries;
        private final int timesPutBack;
        private int next;
        private Entry<E> last;

        Snapshot(List<Entry<E>> entries, int timesPutBack) {
            this.entries = entries;
            this.timesPutBack = timesPutBack;
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
            ends.look(Integer.MAX_VALUE, messages -> remove(messages, gone));
        }

        /**
         * What has gone back to the mailbox since has another entry, and is found by what it is.
         */
        private boolean remove(ArrayDeque<Entry<E>> messages, Entry<E> gone) {
            if (messages.removeFirstOccurrence(gone)) {
                return true;
            }
            if (ends.timesPutBack() != timesPutBack) {
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
