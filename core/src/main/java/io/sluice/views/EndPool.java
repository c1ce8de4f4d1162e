package io.sluice.views;

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
    private volatile Lease<T>[] table; // Copy-on-write; its length is a power of two.
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
        giveBack(open(0));
    }

    @SuppressWarnings("unchecked")
    private static <T> Lease<T>[] table(int length) {
        return (Lease<T>[]) new Lease<?>[length];
    }

    /**
     * Takes a free end, or opens one if there is none.
     *
     * @return the end, which the caller must give back; null if this pool is closed
     */
    Lease<T> take() {
        Lease<T>[] all = table;
        int mask = all.length - 1;
        int home = (int) Thread.currentThread().threadId() & mask;
        for (int i = 0; i <= mask; i++) {
            Lease<T> lease = all[(home + i) & mask];
            if (lease != null && lease.tryTake()) {
                return lease;
            }
        }
        return open(home);
    }

    void giveBack(Lease<T> lease) {
        if (lease.giveBack()) {
            closer.accept(lease.end());
        }
    }

    private synchronized Lease<T> open(int home) {
        if (closed) {
            return null;
        }
        Lease<T> lease = new Lease<>(opener.get());
        Lease<T>[] all = table;
        int place = emptyFrom(home, all);
        boolean full = place < 0;
        Lease<T>[] next = table(full ? 2 * all.length : all.length);
        System.arraycopy(all, 0, next, 0, all.length);
        next[full ? all.length : place] = lease;
        table = next;
        return lease;
    }

    private static int emptyFrom(int home, Lease<?>[] all) {
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
    boolean awaitEachUnused(BooleanSupplier enough) {
        for (Lease<T> lease : table) {
            while (lease != null && !lease.isUnused()) {
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
        for (Lease<T> lease : table) {
            if (lease != null && lease.leave()) {
                closer.accept(lease.end());
            }
        }
    }

    /** Returns how many ends were opened. */
    int size() {
        int size = 0;
        for (Lease<T> lease : table) {
            size += lease != null ? 1 : 0;
        }
        return size;
    }
}
