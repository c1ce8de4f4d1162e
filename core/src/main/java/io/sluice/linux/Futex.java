package io.sluice.linux;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;

/**
 * Waiting on a word of memory, and waking its waiters: {@code futex(2)}, between processes. The
 * kernel compares the word and blocks the thread atomically: a waker that changes the word first
 * and then wakes is never missed.
 *
 * <p>A word is 32 bits, aligned to 4 bytes, off the heap. A thread that waits at an address of a
 * mapped file is woken through any other address of the same place, in any process.
 *
 * <p>Blocking: {@link #wait}, which blocks its platform thread, and the carrier of a virtual
 * thread. Allocates nothing, except on an error. Any thread may call any method. The segment must
 * not be closed meanwhile; unmapped memory causes an error, never a crash.
 */
public final class Futex {
    /** The outcome of a wait. */
    public enum WaitResult {
        /** A waker woke this thread; or, rarely, the wake-up is spurious: check the word. */
        WOKEN,
        /** It did not block: the word did not have the expected value. */
        VALUE_CHANGED,
        /** The timeout expired. */
        TIMED_OUT,
        /** A signal interrupted it; that is independent of {@link Thread#interrupt}. */
        INTERRUPTED
    }

    private static final long SYS_FUTEX = Platform.isX86() ? 202 : 98;
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final long NULL = 0;

    private static final SystemCall FUTEX = SystemCall.byNumber("futex");
    private static final boolean AVAILABLE = probe();

    private Futex() {}

    // Where the call exists, it wakes no thread at a word without waiters; where it is missing, or
    // a filter forbids it, it fails.
    private static boolean probe() {
        return FUTEX != null && call(Timespec.relative(0).address(), FUTEX_WAKE, 1, NULL) >= 0;
    }

    /**
     * Tests whether this system has futexes, and this process may use them.
     *
     * @return whether it may; if not, the other methods throw {@link UnsupportedOperationException}
     */
    public static boolean isAvailable() {
        return AVAILABLE;
    }

    /**
     * Blocks until woken, if the word has the expected value.
     *
     * @param segment memory off the heap
     * @param offset the word's offset in it; the word's address is aligned to 4 bytes
     * @param expected the expected value
     * @param nanos the timeout, in nanoseconds; zero or less only compares
     * @return the outcome
     * @throws SystemCallException if the word is not in mapped memory, or beyond the end of the
     *     mapped file ({@code EFAULT})
     */
    public static WaitResult wait(MemorySegment segment, long offset, int expected, long nanos)
            throws SystemCallException {
        long address = address(segment, offset);
        long timespec = Timespec.relative(nanos).address();
        long result = call(address, FUTEX_WAIT, expected, timespec);
        Reference.reachabilityFence(segment);
        return result == 0 ? WaitResult.WOKEN : waitResult("futex(wait)");
    }

    /**
     * Wakes threads that wait at a word.
     *
     * @param segment memory off the heap
     * @param offset the word's offset in it; the word's address is aligned to 4 bytes
     * @param count the maximum number of threads to wake, 1 or more
     * @return the number of threads woken
     * @throws SystemCallException if the word is not in mapped memory, or beyond the end of the
     *     mapped file ({@code EFAULT})
     */
    public static int wake(MemorySegment segment, long offset, int count)
            throws SystemCallException {
        long woken = call(address(segment, offset), FUTEX_WAKE, count, NULL);
        Reference.reachabilityFence(segment);
        return SystemCall.check(woken, "futex(wake)", "a word of shared memory");
    }

    /** Returns the address of a word, checked for use as a futex. */
    static long address(MemorySegment segment, long offset) {
        if (!AVAILABLE) {
            throw new UnsupportedOperationException(
                    "this system has no futexes: see Futex.isAvailable()");
        }
        Objects.checkFromIndexSize(offset, Integer.BYTES, segment.byteSize());
        long address = segment.address() + offset;
        if (!segment.isNative() || (address & (Integer.BYTES - 1)) != 0) {
            throw new IllegalArgumentException(
                    "offset=" + offset + " of " + segment + " is not an aligned word off the heap");
        }
        return address;
    }

    /** Returns the outcome of a wait that the kernel reports as an error. */
    static WaitResult waitResult(String call) throws SystemCallException {
        switch (Libc.errno()) {
            case SystemCallException.EAGAIN:
                return WaitResult.VALUE_CHANGED;
            case SystemCallException.ETIMEDOUT:
                return WaitResult.TIMED_OUT;
            case SystemCallException.EINTR:
                return WaitResult.INTERRUPTED;
            default:
                throw new SystemCallException(call, "a word of shared memory");
        }
    }

    private static long call(long address, int operation, int value, long timespec) {
        return FUTEX.call(SYS_FUTEX, address, operation, value, timespec, 0);
    }
}
