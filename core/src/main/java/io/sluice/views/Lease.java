package io.sluice.views;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * An end that threads use in turn, and whose turn it is. Whoever moves the state from free to taken
 * uses the end. It is closed once: by whoever moves the state from free to closed, or by its
 * holder, who finds it leaving when it gives it back.
 *
 * <p>Every method is one or two compare-and-sets, wait-free.
 *
 * @param <T> the end's type
 */
final class Lease<T> {
    private static final int FREE = 0;
    private static final int TAKEN = 1;
    private static final int LEAVING = 2;
    private static final int CLOSED = 3;

    // The state stands in the midst of an array of its own: nothing that others write is near.
    private static final int LENGTH = 64;
    private static final int AT = LENGTH / 2;
    private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(int[].class);

    private final int[] state = new int[LENGTH];
    private final T end;

    /** A lease of an end that the caller uses. */
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

    /** Gives the end back, and says whether the caller must close it now. */
    boolean giveBack() {
        return !move(TAKEN, FREE); // edge LEASE, to Lease.tryTake, Lease.leave, Lease.isUnused
    }

    /** Sees to it that nobody takes the end again, and says whether the caller must close it. */
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

    /** Whether nobody uses the end. */
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
