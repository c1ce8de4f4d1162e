package io.sluice.queue;

import io.sluice.Mailbox;
import java.util.Collection;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A {@link BlockingQueue} view of a mailbox. Any thread may call any method.
 *
 * <pre>{@code
 * MailboxSpec spec = MailboxSpec.bounded(1024).receivers(Ends.MANY);
 * MailboxBlockingQueue<Runnable> tasks = new MailboxBlockingQueue<>(Mailbox.create(spec));
 * ExecutorService executor = new ThreadPoolExecutor(4, 4, 0, SECONDS, tasks);
 * }</pre>
 *
 * <p><b>Mailbox.</b> This queue opens senders and receivers of the mailbox on demand: about as many
 * as the highest number of concurrent calls. If the mailbox was created for a single sender (or
 * receiver), two concurrent calls that send (or receive) throw {@link IllegalStateException}. Other
 * code may send to the mailbox, but should not receive from it.
 *
 * <p><b>End of the stream.</b> {@link #close} ends the stream: adding throws {@link
 * IllegalStateException}, and after the last element has been taken {@link #poll()} and {@link
 * #poll(long, TimeUnit)} return {@code null} at once and {@link #take} throws {@link
 * NoSuchElementException}. A thread that waits for room when the queue is closed continues to wait,
 * and the stream ends after its message. Shut an executor down before closing its queue.
 *
 * <p><b>Cost.</b> In addition to the cost of a mailbox's end, adding and taking cost two
 * compare-and-sets of a word that no other thread uses at that time, and allocate nothing. A call
 * that waits allocates.
 *
 * <p><b>Inspection.</b> A mailbox cannot be read without receiving from it. So {@link #peek},
 * {@link #element}, {@link #contains}, {@link #remove(Object)}, {@link #removeIf} and the other
 * bulk removals, {@link #iterator}, {@link #stream}, {@link #toArray}, {@link #toString} and {@link
 * #drainTo} receive messages, keep the remaining ones, and deliver those before any others. The
 * result is exact, the order is preserved and the capacity holds; but such a call takes a lock, and
 * so do all other calls until the messages that were kept have been received ({@code peek} keeps
 * one). It waits for receivers that are about to take a message that is there. It is meant for rare
 * cases, such as the shutdown of an executor. Threads that wait for room when such a call begins
 * may add their messages beyond the capacity, once.
 *
 * <p><b>Iterators and streams</b> are snapshots of the elements at their creation. An iterator's
 * {@code remove} removes exactly that element if it is still in the queue, and no other one that is
 * equal or the same object. There is one exception, for mailboxes that drop messages: if the
 * mailbox has been full in the meantime, {@code remove} removes the first element that is the same
 * object.
 *
 * <p><b>Interrupts.</b> A blocking method throws {@link InterruptedException} if the thread is
 * interrupted and there is no room, or no element; it has then added, or taken, nothing.
 *
 * @param <E> the type of the elements, which cannot be null
 */
public final class MailboxBlockingQueue<E> extends MailboxQueue<E> implements BlockingQueue<E> {
    /**
     * Creates a queue over a mailbox, and opens a sender and a receiver of it.
     *
     * @param mailbox the mailbox that holds the elements
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
        ends().send(element, PooledEnds.NO_TIMEOUT);
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
        E element = ends().receive(PooledEnds.NO_TIMEOUT);
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
     * {@inheritDoc} If the target throws for an element, the element stays in this queue as the
     * next one to be taken.
     */
    @Override
    public int drainTo(Collection<? super E> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    /**
     * {@inheritDoc} If the target throws for an element, the element stays in this queue as the
     * next one to be taken.
     */
    @Override
    public int drainTo(Collection<? super E> target, int limit) {
        Objects.requireNonNull(target, "target");
        if (target == this) {
            throw new IllegalArgumentException("a queue cannot be drained to itself");
        }
        return ends().drainTo(target::add, limit);
    }

    @Override
    public int remainingCapacity() {
        return ends().remainingCapacity();
    }
}
