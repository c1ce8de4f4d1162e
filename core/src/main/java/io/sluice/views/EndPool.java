package io.sluice.views;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The ends of one side of a mailbox, for any thread: one that calls takes a free end, and gives it
 * back before it returns. So an end still belongs to one thread at a time, and none belongs to a
 * thread for longer than a call: one that dies, or a million virtual ones, leave nothing behind.
 *
 * <p>A thread begins to look at its own place in the table, so that threads that come again and
 * again each find an end that nobody else uses: two compare-and-sets of a line that stays in their
 * cache. Who finds every end taken opens one more, in its own place if that is empty. So there are
 * about as many as there were ever threads inside at the same time, those that wait included.
 *
 * <p>Taking an end and giving it back are lock-free; opening one takes a lock. Any thread.
 *
 * @param <T> the ends' type
 */
final class EndPool<T> {
    private final Supplier<T> opener;
    private final Consumer<T> closer;
    private volatile Lease<T>[] table; // As long as a power of two, and replaced, never changed.
    private boolean closed;

    /**
     * A pool with one end.
     *
     * @param opener opens an end
     * @param closer closes one
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
     * Takes an end that nobody uses, and opens one if there is none.
     *
     * @return the end, to be given back; null if this pool is closed
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
     * Waits until each end that is here was seen unused once. What the caller did before is seen by
     * whoever takes one afterwards.
     *
     * @param enough what makes waiting needless
     * @return whether each was seen unused; {@code false} says that it was enough
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

    /** Closes every end: now, or when whoever uses it gives it back. A second call does nothing. */
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

    /** How many ends were opened. */
    int size() {
        int size = 0;
        for (Lease<T> lease : table) {
            size += lease != null ? 1 : 0;
        }
        return size;
    }
}
