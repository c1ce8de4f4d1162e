package io.sluice.waiting;

import io.sluice.memory.Memory;
import io.sluice.os.Futex;
import io.sluice.os.Platform;
import io.sluice.os.SystemCallException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A word of shared memory on which one end sleeps, and which others ring to wake it: a futex, as in
 * Drepper's "Futexes Are Tricky", with the fence on the sleeper's side as in {@link Sleepers}.
 *
 * <p>The word is 0, disarmed: nobody sleeps, or 1, armed: its end sleeps or is about to. Any other
 * value is a peer's mistake: it counts as disarmed, and {@link #arm} overwrites it. Only the
 * sleeper makes it 1, and whoever makes it 0 by compare-and-set, the sleeper or one waker, has
 * disarmed it.
 *
 * <p>In mapped memory the futex is the low 32 bits of the word: they come first, since the machines
 * of {@link io.sluice.os.Platform} are little-endian. On the heap, or where there are no futexes,
 * there is nobody to wake: a sleep is a nap of a millisecond at most.
 *
 * <p>Why no wake-up is lost. {@link #ring} is the waker's half of a pair, which a store before it
 * belongs to; {@link #arm}, a fence for all peers and one more look are the sleeper's, as {@link
 * BellWaiter} does it. From arming on, the kernel compares the word before it lies the thread down.
 *
 * <p>Sleeper: one thread at a time; blocking. Wakers: any thread; lock-free, one plain read when
 * nobody sleeps.
 */
public final class Bell {
    private static final long DISARMED = 0;
    private static final long ARMED = 1;
    private static final long LONGEST_NAP_NANOS = 1_000_000;

    /** A locked instruction orders all before it and all after it. */
    private static final boolean SWAP_IS_FENCE = Platform.isX86();

    private final Memory memory;
    private final long offset;
    private final boolean futex;

    /**
     * A bell.
     *
     * @param memory where its word is; if mapped, it stays so for as long as the memory is
     *     reachable
     * @param offset where in it the word is, a multiple of 8
     */
    public Bell(Memory memory, long offset) {
        this.memory = memory;
        this.offset = offset & -Long.BYTES;
        this.futex = memory.bytes().isNative() && Futex.isAvailable();
    }

    /** Sleeper: from now on wakers ring, once they see it; until then see the class comment. */
    public void arm() {
        memory.setLongRelease(offset, ARMED); // edge ARMED, to Bell.isArmed: needs a fence
    }

    /**
     * Sleeper: whether nobody has rung since {@link #arm}.
     *
     * @return whether it is armed; if not, the sleeper sees what the waker did before it rang
     */
    public boolean isArmed() {
        // edge RUNG, from Bell.ringArmed, Bell.ringAnyway
        return memory.getLongAcquire(offset) == ARMED;
    }

    /**
     * Sleeper: sleeps while it is armed, by one futex call. May return for no reason.
     *
     * @param nanos for how long at most, in nanoseconds
     * @return whether it is still armed: nobody has rung
     * @throws InternalError if a peer has cut the word off the file
     */
    public boolean sleep(long nanos) {
        if (futex) {
            try {
                Futex.wait(segment(), index(), (int) ARMED, nanos);
                return isArmed();
            } catch (SystemCallException e) {
                // A futex that does not work is none. If its page is gone, the look below says so.
            }
        }
        LockSupport.parkNanos(memory, Math.min(nanos, LONGEST_NAP_NANOS));
        return isArmed();
    }

    /**
     * Sleeper: gets up by itself.
     *
     * @return whether it was armed until now: nobody had rung
     */
    public boolean disarm() {
        // Looking first is for a page that was cut off: a read there is an InternalError, while a
        // swap, where the JVM interprets it, ends the process. So it is in ring.
        // edge RUNG, from Bell.ringArmed, Bell.ringAnyway
        return isArmed() && memory.compareAndSetLong(offset, ARMED, DISARMED);
    }

    /**
     * Waker: wakes the sleeper, if there is one. To be called after a store, in whatever memory,
     * that the sleeper looks for.
     *
     * @return whether it woke somebody; on the heap, whether somebody naps. If not, nobody slept,
     *     or the sleeper had not lain down yet and will look once more, or it is dead: the caller
     *     may try another one
     */
    public boolean ring() {
        return isArmed(memory, offset) && ringArmed();
    }

    /**
     * Waker: {@link #ring} after a compare-and-set that the sleeper looks for: there is a full
     * fence between the two, so a sleeper need not fence for this waker.
     */
    public void ringAfterSwap() {
        if (!SWAP_IS_FENCE) {
            VarHandle.fullFence();
        }
        ring();
    }

    /**
     * Waker: whether a bell is armed, for who keeps no object for each of its peers' bells. To be
     * called after a store that the sleeper looks for, as {@link #ring}.
     *
     * @param memory where its word is
     * @param offset where in it the word is, a multiple of 8
     * @return whether ringing is worth it
     */
    public static boolean isArmed(Memory memory, long offset) {
        // Keeps the compiler from moving the read up, over the stores before it: HotSpot moves no
        // access across this fence, in either direction. It is no instruction on x86-64. The
        // processor may still do the read first; that is what the sleeper's fence is for.
        VarHandle.acquireFence();
        return memory.getLong(offset) == ARMED; // edge ARMED, from Bell.arm
    }

    private boolean ringArmed() {
        // One waker gets it, so that a sleeper costs one call, however many wake it.
        // edge RUNG, to Bell.isArmed, Bell.disarm
        if (!memory.compareAndSetLong(offset, ARMED, DISARMED)) {
            return false;
        }
        if (!futex) {
            return true;
        }
        try {
            // All: a doorkeeper may still be there for an end that has left, beside the one to
            // wake.
            return Futex.wake(segment(), index(), Integer.MAX_VALUE) > 0;
        } catch (SystemCallException e) {
            return false; // The page was cut off meanwhile: nobody can sleep there.
        }
    }

    /**
     * Wakes whoever sleeps here, armed or not: for after the death of a waker, who may have
     * disarmed the bell and not have woken its end.
     */
    public void ringAnyway() {
        // edge RUNG, to Bell.isArmed, Bell.disarm
        memory.setLongRelease(offset, DISARMED);
        if (futex) {
            try {
                Futex.wake(segment(), index(), Integer.MAX_VALUE);
            } catch (SystemCallException e) {
                // The page was cut off: nobody can sleep there.
            }
        }
    }

    /** Whether who sleeps here is woken by the kernel, not by the end of its nap. */
    boolean hasFutex() {
        return futex;
    }

    MemorySegment segment() {
        return memory.bytes();
    }

    /** Where in the segment the futex is. */
    long index() {
        return memory.index(offset);
    }
}
