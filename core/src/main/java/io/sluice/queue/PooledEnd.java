package io.sluice.queue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A pooled end and its state. The thread that changes the state from free to taken uses the end.
 * The end is closed exactly once: by the thread that changes the state from free to closed, or by
 * the user that finds the state to be leaving when it gives the end back.
 *
 * <p>Any thread. Taking and giving back is wait-free: one compare-and-set. {@link #retire} repeats
 * while other threads take the end and give it back.
 *
 * @param <T> the type of the end
 */
final class PooledEnd<T> {
    private static final int FREE = 0;
    private static final int IN_USE = 1;
    private static final int CLOSING = 2;
    private static final int CLOSED = 3;

    // The state is in the middle of its own array: the padding prevents false sharing.
    private static final int LENGTH = 64;
    private static final int STATE_INDEX = LENGTH / 2;
    private static final VarHandle STATE = MethodHandles.arrayElementVarHandle(int[].class);

    private final int[] state = new int[LENGTH];
    private final T end;

    /** Creates a pooled end in the taken state: the caller uses the end. */
    PooledEnd(T end) {
        this.end = end;
        this.state[STATE_INDEX] = IN_USE;
    }

    T end() {
        return end;
    }

    boolean tryAcquire() {
        return transition(FREE, IN_USE); // edge POOLED_END, from PooledEnd.release
    }

    /** Gives the end back; returns whether the caller must close it now. */
    boolean release() {
        return !transition(
                IN_USE, FREE); // edge POOLED_END, to PooledEnd.tryAcquire, PooledEnd.retire,
        // PooledEnd.isIdle
    }

    /** Prevents the end from being taken again; returns whether the caller must close it. */
    boolean retire() {
        while (true) {
            if (transition(FREE, CLOSED)) { // edge POOLED_END, from PooledEnd.release
                return true;
            }
            if (transition(IN_USE, CLOSING) || state() >= CLOSING) {
                return false;
            }
        }
    }

    /** Tests whether no thread uses the end. */
    boolean isIdle() {
        int now = state(); // edge POOLED_END, from PooledEnd.release
        return now == FREE || now == CLOSED;
    }

    private int state() {
        return (int) STATE.getVolatile(state, STATE_INDEX);
    }

    private boolean transition(int from, int to) {
        return STATE.compareAndSet(state, STATE_INDEX, from, to);
    }
}
