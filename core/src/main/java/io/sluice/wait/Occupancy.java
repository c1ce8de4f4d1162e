package io.sluice.wait;

import io.sluice.linux.Membarrier;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The record of whether a thread is inside a blocking call of an end, for a close by another
 * thread, which must not release what the call still uses. The end leaves its channel on the thread
 * that is inside, when its call ends, or else on the closing thread; exactly one of them is
 * selected.
 *
 * <p>A blocking call is inside from its beginning to its end, whether it waits or not. It costs two
 * plain stores and three plain loads. A call that does not block is not counted, and costs nothing.
 *
 * <p>Why exactly one thread leaves. The closing thread writes <em>closing</em>, makes all threads
 * execute a fence, and reads <em>inside</em>. The other thread writes <em>inside</em> and reads
 * <em>closing</em>, both when it enters and when it exits, without a fence of its own: the closing
 * thread sees its last write before the fence, and its reads after the fence see <em>closing</em>.
 * So if the closing thread sees no thread inside, a thread that enters later sees that the end is
 * closing, and touches nothing; and a thread that is seen inside sees that at its exit, and leaves.
 * Where there is no such fence a wait of one millisecond replaces it: no store stays in a
 * processor's store buffer for so long.
 *
 * <p>Entering and exiting: the end's thread; wait-free. Closing: any thread.
 */
public final class Occupancy {
    private static final long FENCE_SUBSTITUTE_NANOS = 1_000_000;
    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    /** The index of the id of the thread inside; 0 if there is none. */
    private static final int INSIDE = 16;

    /** The index of the state of closing. */
    private static final int CLOSING = INSIDE + 1;

    private static final long OPEN = 0;
    private static final long CLOSED = 1;
    private static final long DETACHED = 2;

    // Each blocking call writes a word: 128 bytes on both sides keep others off its cache lines.
    private final long[] words = new long[CLOSING + 17];

    private final Runnable leave;
    private final Supplier<? extends RuntimeException> closed;

    /**
     * Creates the record of an open end that no thread is inside.
     *
     * @param leave makes the end leave its channel; runs once, on the thread that is selected
     * @param closed returns the exception for a call of an end that is closed
     */
    public Occupancy(Runnable leave, Supplier<? extends RuntimeException> closed) {
        this.leave = leave;
        this.closed = closed;
    }

    /**
     * Tests whether the end is closed, or will be as soon as the call inside has ended.
     *
     * @return whether {@link #close} was called
     */
    public boolean isClosing() {
        return (long) WORD.getVolatile(words, CLOSING) != OPEN;
    }

    /**
     * Enters, at the beginning of a blocking call. Throws if the end is closed; else {@link #exit}
     * must follow. A nested call does not enter again.
     *
     * @return the argument for {@link #exit}
     */
    public boolean enter() {
        // If it is not 0: this thread's, or by misuse another's, which stays safe.
        boolean entered = (long) WORD.getOpaque(words, INSIDE) == 0;
        if (entered) {
            // edge INSIDE, to Occupancy.close
            WORD.setRelease(words, INSIDE, Thread.currentThread().threadId());
            VarHandle.acquireFence(); // For the compiler only: close fences for both.
        }
        if (isClosing()) {
            exit(entered);
            throw closed.get();
        }
        return entered;
    }

    /**
     * Exits, as the last access of the call to the end, which leaves its channel now if it was
     * closed during the call.
     *
     * @param entered the result of {@link #enter}
     */
    public void exit(boolean entered) {
        if (entered) {
            WORD.setRelease(words, INSIDE, 0L); // edge OUTSIDE, to Occupancy.close
            VarHandle.acquireFence(); // As in enter.
            if (isClosing()) {
                tryLeave();
            }
        }
    }

    /**
     * Returns the exception for a call of a receiver while it passes messages to a handler.
     *
     * @param caller the id of the thread that the handler runs on
     * @param what what the call tried: to receive, or to close the receiver
     * @return the exception, for a handler or for another thread
     */
    public static IllegalStateException inUse(long caller, String what) {
        return new IllegalStateException(
                caller == Thread.currentThread().threadId()
                        ? "the handler of a receiver cannot " + what + ": return from it first"
                        : "another thread receives from this receiver: it belongs to one at a time");
    }

    /**
     * Closes the end, which leaves its channel at once unless a thread is inside. A second call has
     * no effect.
     *
     * @return whether a thread is inside, and must be woken if it waits
     */
    public boolean close() {
        if (!WORD.compareAndSet(words, CLOSING, OPEN, CLOSED)) {
            return false;
        }
        if ((long) WORD.getAcquire(words, INSIDE) != Thread.currentThread().threadId()) {
            fenceAllThreads();
        }
        // edge INSIDE, from Occupancy.enter
        // edge OUTSIDE, from Occupancy.exit
        if ((long) WORD.getAcquire(words, INSIDE) != 0) {
            return true;
        }
        tryLeave();
        return false;
    }

    private void fenceAllThreads() {
        if (Membarrier.fenceAllThreads()) {
            return;
        }
        long start = System.nanoTime();
        for (long left = FENCE_SUBSTITUTE_NANOS;
                left > 0;
                left = FENCE_SUBSTITUTE_NANOS - (System.nanoTime() - start)) {
            if (Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait(); // Parking would return at once.
            } else {
                LockSupport.parkNanos(this, left);
            }
        }
    }

    /** Leaves the channel, unless another thread does. */
    private void tryLeave() {
        if (WORD.compareAndSet(words, CLOSING, CLOSED, DETACHED)) {
            leave.run();
        }
    }
}
