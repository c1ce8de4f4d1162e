package io.sluice.views;

import io.sluice.Mailbox;
import java.util.Collection;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

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
 * {@link #iterator}, {@link #stream}, {@link #toArray}, {@link #toString} and {@link #drainTo} take
 * messages out, keep what is left, and have it received first. The answer is exact, nothing changes
 * its order and the capacity holds; but such a call takes a lock, and so do all others until what
 * was taken out is received ({@code peek} takes out one). It waits for receivers that are about to
 * take what is there. It is meant for the rare case, as when an executor is shut down. Threads that
 * wait for room when such a call begins may add their messages beyond the capacity, once.
 *
 * <p><b>Iterators and streams</b> show what was there when they were made, whatever others do
 * meanwhile. An iterator's {@code remove} removes that very element if it is still there, and no
 * other, though it may be equal or the same object; except where the mailbox drops: if it has been
 * full meanwhile, the first that is the same object is removed.
 *
 * <p>Interrupts: a method that waits throws {@link InterruptedException} if the thread is
 * interrupted and there is no room, or no element; it has then added, or taken, nothing.
 *
 * @param <E> the elements' type; null is not allowed
 */
public final class MailboxBlockingQueue<E> extends MailboxQueue<E> implements BlockingQueue<E> {
    /**
     * A queue over a mailbox, of which it opens a sender and a receiver at once.
     *
     * @param mailbox holds the elements
     * @throws IllegalStateException if the mailbox refuses the ends
     */
    public MailboxBlockingQueue(Mailbox<E> mailbox) {
        super(mailbox);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if this queue is closed
     */
    @Override
    public void put(E element) throws InterruptedException {
        ends().send(element, SharedEnds.NO_LIMIT);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if this queue is closed
     */
    @Override
    public boolean offer(E element, long timeout, TimeUnit unit) throws InterruptedException {
        return ends().send(element, unit.toNanos(timeout));
    }

    /**
     * {@inheritDoc}
     *
     * @throws NoSuchElementException if the stream has ended
     */
    @Override
    public E take() throws InterruptedException {
        E element = ends().receive(SharedEnds.NO_LIMIT);
        if (element == null) {
            throw new NoSuchElementException("the stream has ended: this queue was closed");
        }
        return element;
    }

    @Override
    public E poll(long timeout, TimeUnit unit) throws InterruptedException {
        return ends().receive(unit.toNanos(timeout));
    }

    /**
     * {@inheritDoc} If the target refuses an element, by an exception, it stays: it is the next one
     * that is taken.
     */
    @Override
    public int drainTo(Collection<? super E> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    /**
     * {@inheritDoc} If the target refuses an element, by an exception, it stays: it is the next one
     * that is taken.
     */
    @Override
    public int drainTo(Collection<? super E> target, int limit) {
        Objects.requireNonNull(target, "target");
        if (target == this) {
            throw new IllegalArgumentException("a queue cannot be drained to itself");
        }
        return ends().moveTo(target::add, limit);
    }

    @Override
    public int remainingCapacity() {
        return ends().room();
    }
}
