package io.sluice.waiting;

import io.sluice.os.Membarrier;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether a thread is inside a blocking call of an end, for a close by another thread: that one
 * must not take away what the call still uses. So the end leaves its channel on the thread that is
 * inside, when its call ends, and else on the one that closes; exactly one of them is told to do
 * it.
 *
 * <p>A blocking call is inside from its beginning to its end, whether it waits or not. It pays two
 * plain stores and three plain loads. A call that does not block is not counted, and pays nothing.
 *
 * <p>Why exactly one does it. The one that closes writes <em>closing</em>, makes all threads pass a
 * fence, and reads <em>inside</em>. The other one writes <em>inside</em> and reads
 * <em>closing</em>, both when it enters and when it exits, without a fence of its own: its last
 * write before the fence is seen, and what it reads after the fence is <em>closing</em>. So if
 * nobody is seen inside, whoever enters later sees that the end is closing, and touches nothing;
 * and a thread that is seen inside sees that at its exit, and leaves. Where there is no such fence
 * a millisecond stands for it: no store stays in a processor for so long.
 *
 * <p>Entering and exiting: the end's thread. Closing: any thread.
 */
public final class Occupancy extends OccupancyWords {
    private static final long PATIENCE_NANOS = 1_000_000;
    private static final VarHandle INSIDE;
    private static final VarHandle CLOSING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            INSIDE = lookup.findVarHandle(OccupancyWords.class, "inside", long.class);
            CLOSING = lookup.findVarHandle(OccupancyWords.class, "closing", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // Each keeps what is behind it off the words' cache lines.
    long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15;

    /** An end that is open, and in which nobody is. */
    public Occupancy() {}

    /**
     * Whether the end is closed, or will be as soon as the call that is inside has ended.
     *
     * @return whether {@link #close} was called
     */
    public boolean isClosing() {
        return closing != OPEN;
    }

    /**
     * Enters, at the beginning of a blocking call. If {@link #isClosing} afterwards, nothing of the
     * end may be touched. A call within another one does not enter again.
     *
     * @return whether it did enter, and {@link #exit} must follow
     */
    public boolean enter() {
        if ((long) INSIDE.getOpaque(this) != 0) {
            return false; // Mine; or another thread's, against the rules: that one stays safe.
        }
        INSIDE.setRelease(
                this, Thread.currentThread().threadId()); // edge INSIDE, to Occupancy.close
        VarHandle.acquireFence(); // For the compiler alone: close fences for both.
        return true;
    }

    /**
     * Exits, as the last thing that the call does with the end.
     *
     * @return whether this thread has to leave the channel for good
     */
    public boolean exit() {
        INSIDE.setRelease(this, 0L); // edge OUTSIDE, to Occupancy.close
        VarHandle.acquireFence(); // As in enter.
        return isClosing() && leave();
    }

    /**
     * Closes the end.
     *
     * @return whether this thread has to leave the channel; if not, another one will or did, and if
     *     that waits it is to be woken
     */
    public boolean close() {
        if (!CLOSING.compareAndSet(this, OPEN, CLOSED)) {
            return false;
        }
        if ((long) INSIDE.getAcquire(this) != Thread.currentThread().threadId()) {
            fenceAllThreads();
        }
        // edge INSIDE, from Occupancy.enter
        // edge OUTSIDE, from Occupancy.exit
        return (long) INSIDE.getAcquire(this) == 0 && leave();
    }

    private void fenceAllThreads() {
        if (Membarrier.fenceAllThreads()) {
            return;
        }
        long start = System.nanoTime();
        for (long left = PATIENCE_NANOS;
                left > 0;
                left = PATIENCE_NANOS - (System.nanoTime() - start)) {
            if (Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait(); // It could not park.
            } else {
                LockSupport.parkNanos(this, left);
            }
        }
    }

    private boolean leave() {
        return CLOSING.compareAndSet(this, CLOSED, LEFT);
    }
}
