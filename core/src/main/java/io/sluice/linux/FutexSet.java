package io.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * A set of futex words on which one thread waits at once: {@code futex_waitv(2)}, of Linux 5.16 and
 * later. A {@link Futex#wake} at any of them ends the wait.
 *
 * <p>One thread at a time. Blocking: {@link #await}. Allocates when it is created, and on an error.
 */
public final class FutexSet {
    /** The maximum number of words. */
    public static final int CAPACITY = 128;

    private static final long SYS_FUTEX_WAITV = 449; // On every architecture.
    private static final int FUTEX_32 = 2;

    // struct futex_waitv
    private static final long ENTRY_SIZE = 24;
    private static final long VAL = 0;
    private static final long UADDR = 8;
    private static final long FLAGS = 16;

    private static final SystemCall FUTEX_WAITV = SystemCall.byNumber("futex_waitv");
    private static final boolean AVAILABLE = probe();

    private final MemorySegment entries =
            Arena.ofAuto().allocate(CAPACITY * ENTRY_SIZE, Long.BYTES);
    private int count;

    /** Creates an empty set. */
    public FutexSet() {}

    // A kernel that has the call rejects an empty set with EINVAL; one without it, or a filter that
    // forbids it, returns another error.
    private static boolean probe() {
        return Futex.isAvailable()
                && call(0, 0, 0) < 0
                && Libc.errno() == SystemCallException.EINVAL;
    }

    /**
     * Tests whether this kernel has the call, and this process may use it.
     *
     * @return whether it may; if not, {@link #await} fails
     */
    public static boolean isAvailable() {
        return AVAILABLE;
    }

    /** Removes all words. */
    public void clear() {
        count = 0;
    }

    /**
     * Returns the number of words in the set.
     *
     * @return 0 to {@link #CAPACITY}
     */
    public int size() {
        return count;
    }

    /**
     * Adds a word. The caller keeps its segment reachable for as long as it is in the set.
     *
     * @param segment memory off the heap
     * @param offset the word's offset in it; the word's address is aligned to 4 bytes
     * @param expected the value that the word must have for {@link #await} to block
     * @throws IllegalStateException if the set is full
     */
    public void add(MemorySegment segment, long offset, int expected) {
        if (count == CAPACITY) {
            throw new IllegalStateException("it holds " + CAPACITY + " words, and has no room");
        }
        long entry = count * ENTRY_SIZE;
        entries.set(JAVA_LONG, entry + VAL, expected & 0xFFFF_FFFFL);
        entries.set(JAVA_LONG, entry + UADDR, Futex.address(segment, offset));
        entries.set(JAVA_LONG, entry + FLAGS, FUTEX_32); // The upper half is reserved: zero.
        count++;
    }

    /**
     * Blocks until woken at any of the words, if all have their expected values.
     *
     * @param nanos the timeout, in nanoseconds; zero or less only compares
     * @return the outcome; it does not identify the word
     * @throws SystemCallException if the set is empty ({@code EINVAL}), a word is not in mapped
     *     memory or beyond the end of the mapped file ({@code EFAULT}), or there is no such call
     */
    public Futex.WaitResult await(long nanos) throws SystemCallException {
        long timespec = Timespec.fromNow(nanos).address();
        long result = call(entries.address(), count, timespec);
        Reference.reachabilityFence(this);
        return result >= 0 ? Futex.WaitResult.WOKEN : Futex.waitResult("futex_waitv");
    }

    private static long call(long entries, int count, long timespec) {
        return FUTEX_WAITV.call(
                SYS_FUTEX_WAITV, entries, count, 0, timespec, Timespec.CLOCK_MONOTONIC);
    }
}
