package io.sluice.waiting;

import io.sluice.os.Membarrier;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether a thread waits in a call of an end, for a close by another thread: that one must not take
 * away what the call still uses. So the end leaves its channel on the thread that waits, when its
 * call ends, and else on the one that closes; exactly one of them is told to do it.
 *
 * <p>A call that does not wait is not counted, and costs nothing. One that does pays a fence when
 * it begins to wait, where there is nothing to be late for, and no more than two plain accesses
 * when it ends.
 *
 * <p>Why one of them does it. The one that closes writes <em>closing</em> and reads
 * <em>inside</em>, the one that begins to wait writes <em>inside</em> and reads <em>closing</em>,
 * both with a full fence between: so nobody is inside who has not seen that it is closing. The one
 * that ends its call writes <em>inside</em> and reads <em>closing</em> without a fence; so who
 * finds somebody inside makes all threads pass a fence, and looks again. What is inside still is
 * before its last write, and reads <em>closing</em> later. Where there is no such fence a
 * millisecond stands for it: no store stays in a processor for so long.
 *
 * <p>Waiting: the end's thread. Closing: any thread.
 */
public final class Occupancy {
    private static final long PATIENCE_NANOS = 1_000_000;
    private static final VarHandle INSIDE;
    private static final VarHandle CLOSING;
    private static final VarHandle LEFT;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            INSIDE = lookup.findVarHandle(Occupancy.class, "inside", long.class);
            CLOSING = lookup.findVarHandle(Occupancy.class, "closing", boolean.class);
            LEFT = lookup.findVarHandle(Occupancy.class, "left", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through INSIDE
    private long inside; // The thread that waits, by its number; 0 if none does.

    private volatile boolean closing;

    @SuppressWarnings("unused") // through LEFT
    private boolean left;

    /** An end that is open, and in which nobody waits. */
    public Occupancy() {}

    /**
     * Whether the end is closed, or will be as soon as the call that waits has ended.
     *
     * @return whether {@link #close} was called
     */
    public boolean isClosing() {
        return closing;
    }

    /**
     * Begins to wait. If {@link #isClosing} afterwards, nothing of the end may be touched. Must be
     * followed by {@link #exit}.
     */
    public void enter() {
        INSIDE.setRelease(this, Thread.currentThread().threadId());
        VarHandle.fullFence(); // edge INSIDE, to Occupancy.isOutside
    }

    /**
     * Ends the waiting, as the last thing that the call does with the end.
     *
     * @return whether this thread has to leave the channel for good
     */
    public boolean exit() {
        INSIDE.setRelease(this, 0L); // edge OUTSIDE, to Occupancy.isOutside
        VarHandle.acquireFence(); // For the compiler alone: close fences for both.
        return closing && leave();
    }

    /**
     * Closes the end.
     *
     * @return whether this thread has to leave the channel; if not, another one will or did, and if
     *     that waits it is to be woken
     */
    public boolean close() {
        if (!CLOSING.compareAndSet(this, false, true)) {
            return false;
        }
        VarHandle.fullFence();
        return (isOutside() || isOutsideAfterFence()) && leave();
    }

    private boolean isOutside() {
        // edge INSIDE, from Occupancy.enter
        // edge OUTSIDE, from Occupancy.exit
        return (long) INSIDE.getAcquire(this) == 0;
    }

    private boolean isOutsideAfterFence() {
        if ((long) INSIDE.getAcquire(this) != Thread.currentThread().threadId()
                && !Membarrier.fenceAllThreads()) {
            LockSupport.parkNanos(this, PATIENCE_NANOS);
        }
        return isOutside();
    }

    private boolean leave() {
        return LEFT.compareAndSet(this, false, true);
    }
}
