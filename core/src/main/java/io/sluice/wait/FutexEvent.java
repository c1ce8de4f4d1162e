package io.sluice.wait;

import io.sluice.linux.Futex;
import io.sluice.linux.Platform;
import io.sluice.linux.SystemCallException;
import io.sluice.memory.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A futex word in shared memory on which the thread of one end waits, and which other threads
 * notify: a futex as in Drepper's "Futexes Are Tricky", with the full fence on the waiter's side as
 * in {@link WaitQueue}.
 *
 * <p>The word is 0, disarmed: no thread waits; or 1, armed: the thread of its end waits or is about
 * to. Any other value was written by a faulty peer: it counts as disarmed, and {@link #prepareWait}
 * overwrites it. Only the waiter sets it to 1. The thread that resets it to 0 by compare-and-set,
 * the waiter or one waker, has disarmed it.
 *
 * <p>In mapped memory the futex is the low 32 bits of the word: they come first, since the machines
 * of {@link io.sluice.linux.Platform} are little-endian. On the heap, or where there are no
 * futexes, no thread can be woken: {@link #await} then parks for a millisecond at most.
 *
 * <p>Why no wake-up is lost. {@link #notifyOne} preceded by a store is the waker's half of a
 * store-load pair; {@link #prepareWait}, a fence for all peers and one more check are the waiter's
 * half, see {@link FutexWaiter}. Once the word is armed, the kernel compares it before it blocks
 * the thread.
 *
 * <p>Waiter: one thread at a time; blocking. Wakers: any thread; lock-free, one plain read if no
 * thread waits.
 */
public final class FutexEvent {
    private static final long DISARMED = 0;
    private static final long ARMED = 1;
    private static final long MAX_PARK_NANOS = 1_000_000;

    /** Whether a compare-and-set is a full fence, as a locked instruction is on x86-64. */
    private static final boolean CAS_IS_FENCE = Platform.isX86();

    private final Memory memory;
    private final long offset;
    private final boolean futex;

    /**
     * Creates an event on a word of memory, which it leaves unchanged.
     *
     * @param memory the memory of the word; if mapped, it stays mapped for as long as the memory is
     *     reachable
     * @param offset the word's offset, a multiple of 8
     */
    public FutexEvent(Memory memory, long offset) {
        this.memory = memory;
        this.offset = offset & -Long.BYTES;
        this.futex = memory.bytes().isNative() && Futex.isAvailable();
    }

    /**
     * Arms the word. Called by the waiter. Wakers notify from the time at which they see it; for
     * the time until then see the class comment.
     */
    public void prepareWait() {
        memory.setLongRelease(offset, ARMED); // edge ARMED, to FutexEvent.isArmed: needs a fence
    }

    /**
     * Tests whether no waker has disarmed the word since {@link #prepareWait}. Called by the
     * waiter.
     *
     * @return whether the word is armed; if not, the waiter sees what the waker did before it
     *     disarmed the word
     */
    public boolean isArmed() {
        // edge NOTIFIED, from FutexEvent.notifyArmed, FutexEvent.forceNotify
        return memory.getLongAcquire(offset) == ARMED;
    }

    /**
     * Waits while the word is armed, by one futex call. Called by the waiter. May return
     * spuriously.
     *
     * @param nanos the timeout, in nanoseconds
     * @return whether the word is still armed, so that no waker has notified
     * @throws InternalError if a peer has truncated the file before the word
     */
    public boolean await(long nanos) {
        if (futex) {
            try {
                Futex.wait(segment(), index(), (int) ARMED, nanos);
                return isArmed();
            } catch (SystemCallException e) {
                // A futex call that fails is treated as a missing futex. If the word's page is
                // gone, the read in isArmed throws.
            }
        }
        LockSupport.parkNanos(memory, Math.min(nanos, MAX_PARK_NANOS));
        return isArmed();
    }

    /**
     * Disarms the word. Called by the waiter when it stops waiting.
     *
     * @return whether the word was armed until now, so that no waker had notified
     */
    public boolean cancelWait() {
        // The read comes first because of truncated pages: there a read throws InternalError, while
        // a compare-and-set that the JVM interprets ends the process. The same holds in ring.
        // edge NOTIFIED, from FutexEvent.notifyArmed, FutexEvent.forceNotify
        return isArmed() && memory.compareAndSetLong(offset, ARMED, DISARMED);
    }

    /**
     * Wakes the waiter, if there is one. Called by a waker after a store, to any memory, that the
     * waiter checks.
     *
     * @return whether a thread was woken; on the heap, whether the word was armed. If not, no
     *     thread waited, or the waiter had not blocked yet and checks once more, or it is dead: the
     *     caller may try another end
     */
    public boolean notifyOne() {
        return isArmed(memory, offset) && notifyArmed();
    }

    /**
     * Wakes the waiter as {@link #notifyOne} does, after a compare-and-set that the waiter checks:
     * a full fence separates the two, so a waiter need not fence for this waker.
     */
    public void notifyOneAfterCas() {
        if (!CAS_IS_FENCE) {
            VarHandle.fullFence();
        }
        notifyOne();
    }

    /**
     * Tests whether a word is armed, for wakers that keep no object for each of their peers' words.
     * Called by a waker after a store that the waiter checks, as for {@link #notifyOne}.
     *
     * @param memory the memory of the word
     * @param offset the word's offset, a multiple of 8
     * @return whether the caller must notify
     */
    public static boolean isArmed(Memory memory, long offset) {
        // Keeps the compiler from moving the read before the stores that precede it: HotSpot moves
        // no access across this fence, in either direction. It emits no instruction on x86-64. The
        // processor may still execute the read first; the waiter's fence covers that.
        VarHandle.acquireFence();
        return memory.getLong(offset) == ARMED; // edge ARMED, from FutexEvent.prepareWait
    }

    private boolean notifyArmed() {
        // Only one waker succeeds, so a wait costs one wake call, however many wakers notify.
        // edge NOTIFIED, to FutexEvent.isArmed, FutexEvent.cancelWait
        return memory.compareAndSetLong(offset, ARMED, DISARMED) && (!futex || wakeAll());
    }

    /**
     * Wakes all waiters: the futex poller may still wait on this word for an end that has left,
     * beside the thread to wake. Returns whether there was one.
     */
    private boolean wakeAll() {
        try {
            return Futex.wake(segment(), index(), Integer.MAX_VALUE) > 0;
        } catch (SystemCallException e) {
            return false; // The page was truncated meanwhile: no thread can wait there.
        }
    }

    /**
     * Disarms the word and wakes every thread that waits here, whether it was armed or not. Called
     * after the death of a waker, which may have disarmed the word without waking its end.
     */
    public void forceNotify() {
        // edge NOTIFIED, to FutexEvent.isArmed, FutexEvent.cancelWait
        memory.setLongRelease(offset, DISARMED);
        if (futex) {
            wakeAll();
        }
    }

    /**
     * Tests whether the kernel wakes a waiter; if not, only the timeout of its park ends its wait.
     */
    boolean hasFutex() {
        return futex;
    }

    MemorySegment segment() {
        return memory.bytes();
    }

    /** Returns the futex's offset in the segment. */
    long index() {
        return memory.index(offset);
    }
}
