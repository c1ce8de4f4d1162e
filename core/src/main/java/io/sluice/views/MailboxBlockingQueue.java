package io.sluice.views;

import io.sluice.Mailbox;
import java.util.AbstractQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A mailbox as a {@link BlockingQueue}, for code that wants one. Any thread may call any method.
 *
 * <pre>{@code
 * MailboxBlockingQueue<Runnable> tasks = new MailboxBlockingQueue<>(Mailbox.bounded(1024));
 * ExecutorService executor = new ThreadPoolExecutor(4, 4, 0, SECONDS, tasks);
 * }</pre>
 *
 * <p><b>The mailbox.</b> This queue opens senders and receivers of the mailbox as its callers need
 * them: about as many as there are ever callers inside at the same time. Where the mailbox was made
 * for one of a kind, two calls that send (or receive) at the same time are refused by an {@link
 * IllegalStateException}. Others may send to the mailbox, but should not receive from it.
 *
 * <p><b>The end.</b> {@link #close} ends the stream: adding throws {@link IllegalStateException},
 * and when all was taken {@link #poll()} and {@link #poll(long, TimeUnit)} return {@code null} at
 * once and {@link #take} throws {@link NoSuchElementException}. A thread that waits for room when
 * the queue is closed goes on waiting for it, and the stream ends after its message. An executor is
 * to be shut down before its queue is closed.
 *
 * <p><b>Cost.</b> Beside what a mailbox's end costs, adding and taking pay two compare-and-sets of
 * a word that no other thread uses at that time, and allocate nothing. A call that waits allocates.
 *
 * <p><b>Looking.</b> A mailbox shows its messages to nobody but who takes them. So {@link #peek},
 * {@link #element}, {@link #contains}, {@link #remove(Object)}, {@link #removeIf} and its kin,
 * {@link #iterator}, {@link #toArray} and {@link #toString} take messages out, keep what is left,
 * and have it received first. The answer is exact, nothing changes its order and the capacity
 * holds; but such a call takes a lock, and so do all others until what was taken out is received
 * ({@code peek} takes out one). It waits for receivers that are about to take what is there. It is
 * meant for the rare case, as when an executor is shut down. Threads that wait for room when such a
 * call begins may add their messages beyond the capacity, once.
 *
 * <p><b>Iterators</b> show what was there when they were made; their {@code remove} removes that
 * very element if it is still there.
 *
 * <p>Interrupts: a method that waits throws {@link InterruptedException} if the thread is
 * interrupted and there is no room, or no element; it has then added, or taken, nothing.
 *
 * @param <E> the elements' type; null is not allowed
 */
public final class MailboxBlockingQueue<E> extends AbstractQueue<E>
        implements BlockingQueue<E>, AutoCloseable {
    private final SharedEnds<E> ends;

    /**
     * A queue over a mailbox, of which it opens a sender and a receiver at once.
     *
     * @param mailbox holds the elements
     * @throws IllegalStateException if the mailbox refuses the ends
     */
    public MailboxBlockingQueue(Mailbox<E> mailbox) {
        ends = new SharedEnds<>(mailbox);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if this queue is closed
     */
    @Override
    public boolean offer(E element) {
        return ends.trySend(element);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if this queue is closed
     */
    @Override
    public void put(E element) throws InterruptedException {
        ends.send(element, SharedEnds.NO_LIMIT);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if this queue is closed
     */
    @Override
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        return ends.send(element, unit.toNanos(timeout));
    }

    @Override
    public E poll() {
        return ends.tryReceive();
    }

    /**
     * {@inheritDoc}
     *
     * @throws NoSuchElementException if the stream has ended
     */
    @Override
    public E take() throws InterruptedException {
        E element = ends.receive(SharedEnds.NO_LIMIT);
        if (element == null) {
            throw new NoSuchElementException("the stream has ended: this queue was closed");
        }
        return element;
    }

    @Override
    public E poll(long timeout, TimeUnit unit) throws InterruptedException {
        return ends.receive(unit.toNanos(timeout));
    }

    @Override
    public int drainTo(Collection<? super E> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    @Override
    public int drainTo(Collection<? super E> target, int limit) {
        Objects.requireNonNull(target, "target");
        if (target == this) {
            throw new IllegalArgumentException("a queue cannot be drained to itself");
        }
        int count = 0;
        for (E element; count < limit && (element = poll()) != null; count++) {
            target.add(element);
        }
        return count;
    }

    @Override
    public int size() {
        return ends.size();
    }

    @Override
    public boolean isEmpty() {
        return ends.isEmpty();
    }

    @Override
    public int remainingCapacity() {
        return ends.room();
    }

    @Override
    public E peek() {
        return ends.look(1, ArrayDeque::peek);
    }

    @Override
    public boolean contains(Object element) {
        return ends.look(Integer.MAX_VALUE, messages -> messages.contains(element));
    }

    @Override
    public boolean remove(Object element) {
        return ends.look(Integer.MAX_VALUE, messages -> messages.removeFirstOccurrence(element));
    }

    @Override
    public boolean removeIf(Predicate<? super E> filter) {
        Objects.requireNonNull(filter, "filter");
        return ends.look(Integer.MAX_VALUE, messages -> messages.removeIf(filter));
    }

    @Override
    public boolean removeAll(Collection<?> elements) {
        Objects.requireNonNull(elements, "elements");
        return removeIf(elements::contains);
    }

    @Override
    public boolean retainAll(Collection<?> elements) {
        Objects.requireNonNull(elements, "elements");
        return removeIf(element -> !elements.contains(element));
    }

    @Override
    public Iterator<E> iterator() {
        return new Snapshot(ends.look(Integer.MAX_VALUE, ArrayList::new));
    }

    /**
     * Ends the stream, for good: nothing can be added, what is there can be taken. Closing twice
     * does nothing.
     */
    @Override
    public void close() {
        ends.close();
    }

    private final class Snapshot implements Iterator<E> {
        private final List<E> elements;
        private int next;
        private E last;

        Snapshot(List<E> elements) {
            this.elements = elements;
        }

        @Override
        public boolean hasNext() {
            return next < elements.size();
        }

        @Override
        public E next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no element after the last one");
            }
            last = elements.get(next++);
            return last;
        }

        @Override
        public void remove() {
            if (last == null) {
                throw new IllegalStateException("no element to remove: call next first");
            }
            E gone = last;
            last = null;
            ends.look(Integer.MAX_VALUE, messages -> removeOne(messages.iterator(), gone));
        }

        private boolean removeOne(Iterator<E> messages, E gone) {
            while (messages.hasNext()) {
                if (messages.next() == gone) {
                    messages.remove();
                    return true;
                }
            }
            return false;
        }
    }
}
