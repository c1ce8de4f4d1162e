package io.sluice.queue;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A pool of the ends of one side of a mailbox. A call takes a free end and returns it to the pool
 * before it returns. So each end belongs to one thread at a time, and no thread keeps an end longer
 * than a call: threads that exit, or a million virtual threads, leave no ends behind.
 *
 * <p>A thread searches the table from an index derived from its id, so that threads that call
 * repeatedly each find an end that no other thread uses: two compare-and-sets of a line that stays
 * in their cache. A thread that finds every end taken opens another, at its own index if that is
 * empty. So the pool grows to about the highest number of concurrent calls, waiting ones included.
 *
 * <p>Taking and returning an end is lock-free; opening one takes a lock. Any thread.
 *
 * @param <T> the type of the ends
 */
final class EndPool<T> {
    private final Supplier<T> opener;
    private final Consumer<T> closer;
    private volatile PooledEnd<T>[] table; // Copy-on-write; its length is a power of two.
    private boolean closed;

    /**
     * Creates a pool with one end.
     *
     * @param opener the function that opens an end
     * @param closer the function that closes an end
     */
    EndPool(Supplier<T> opener, Consumer<T> closer) {
        this.opener = opener;
        this.closer = closer;
        this.table = table(2 * Integer.highestOneBit(Runtime.getRuntime().availableProcessors()));
        release(open(0));
    }

    @SuppressWarnings("unchecked")
    private static <T> PooledEnd<T>[] table(int length) {
        return (PooledEnd<T>[]) new PooledEnd<?>[length];
    }

    /**
     * Takes a free end, or opens one if there is none.
     *
     * @return the end, which the caller must give back; null if this pool is closed
     */
    PooledEnd<T> acquire() {
        PooledEnd<T>[] all = table;
        int mask = all.length - 1;
        int home = (int) Thread.currentThread().threadId() & mask;
        for (int i = 0; i <= mask; i++) {
            PooledEnd<T> pooledEnd = all[(home + i) & mask];
            if (pooledEnd != null && pooledEnd.tryAcquire()) {
                return pooledEnd;
            }
        }
        return open(home);
    }

    void release(PooledEnd<T> pooledEnd) {
        if (pooledEnd.release()) {
            closer.accept(pooledEnd.end());
        }
    }

    private synchronized PooledEnd<T> open(int home) {
        if (closed) {
            return null;
        }
        PooledEnd<T> pooledEnd = new PooledEnd<>(opener.get());
        PooledEnd<T>[] all = table;
        int place = emptyFrom(home, all);
        boolean full = place < 0;
        PooledEnd<T>[] next = table(full ? 2 * all.length : all.length);
        System.arraycopy(all, 0, next, 0, all.length);
        next[full ? all.length : place] = pooledEnd;
        table = next;
        return pooledEnd;
    }

    private static int emptyFrom(int home, PooledEnd<?>[] all) {
        for (int i = 0; i < all.length; i++) {
            int place = (home + i) & (all.length - 1);
            if (all[place] == null) {
                return place;
            }
        }
        return -1;
    }

    /**
     * Waits until this thread has seen each end of the pool unused once. What the caller did before
     * is visible to a thread that takes an end afterwards.
     *
     * @param enough the condition that ends the wait early
     * @return whether each end was seen unused; {@code false} if {@code enough} ended the wait
     */
    boolean awaitEachIdle(BooleanSupplier enough) {
        for (PooledEnd<T> pooledEnd : table) {
            while (pooledEnd != null && !pooledEnd.isIdle()) {
                if (enough.getAsBoolean()) {
                    return false;
                }
                Thread.yield();
            }
        }
        return true;
    }

    /**
     * Closes every end: a free one now, a taken one when its user gives it back. A second call does
     * nothing.
     */
    void close() {
        synchronized (this) {
            closed = true;
        }
        for (PooledEnd<T> pooledEnd : table) {
            if (pooledEnd != null && pooledEnd.retire()) {
                closer.accept(pooledEnd.end());
            }
        }
    }
}
