package io.sluice.views;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A pooled end and its state. The thread that changes the state from free to taken uses the end.
 * The end is closed exactly once: by the thread that changes the state from free to closed, or by
 * the user that finds the state to be leaving when it gives the end back.
 *
 * <p>Any thread. Taking and giving back is wait-free: one compare-and-set. {@link #leave} repeats
 * while other threads take the end and give it back.
 *
 * @param <T> the type of the end
 */
final class Lease<T> {
    private static final int FREE = 0;
    private static final int TAKEN = 1;
    private static final int LEAVING = 2;
    private static final int CLOSED = 3;

    // The state is in the middle of its own array: the padding prevents false sharing.
    private static final int LENGTH = 64;
    private static final int AT = LENGTH / 2;
    private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(int[].class);

    private final int[] state = new int[LENGTH];
    private final T end;

    /** Creates a lease in the taken state: the caller uses the end. */
    Lease(T end) {
        this.end = end;
        this.state[AT] = TAKEN;
    }

    T end() {
        return end;
    }

    boolean tryTake() {
        return move(FREE, TAKEN); // edge LEASE, from Lease.giveBack
    }

    /** Gives the end back; returns whether the caller must close it now. */
    boolean giveBack() {
        return !move(TAKEN, FREE); // edge LEASE, to Lease.tryTake, Lease.leave, Lease.isUnused
    }

    /** Prevents the end from being taken again; returns whether the caller must close it. */
    boolean leave() {
        while (true) {
            if (move(FREE, CLOSED)) { // edge LEASE, from Lease.giveBack
                return true;
            }
            if (move(TAKEN, LEAVING) || state() >= LEAVING) {
                return false;
            }
        }
    }

    /** Tests whether no thread uses the end. */
    boolean isUnused() {
        int now = state(); // edge LEASE, from Lease.giveBack
        return now == FREE || now == CLOSED;
    }

    private int state() {
        return (int) STATE.getVolatile(state, AT);
    }

    private boolean move(int from, int to) {
        return STATE.compareAndSet(state, AT, from, to);
    }
}
