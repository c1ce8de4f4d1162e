package io.sluice.os;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.Objects;

/**
 * Sleeping on a word of memory, and waking who sleeps there: {@code futex(2)}, between processes.
 * The kernel compares the word and lies the thread down in one step: a waker that changes the word
 * first and then wakes is never overlooked.
 *
 * <p>A word is 32 bits, aligned to 4 bytes, off the heap. Who sleeps at an address of a mapped file
 * is woken through any other address of the same place, in any process.
 *
 * <p>Blocking: {@link #wait}, which holds its platform thread, and the carrier of a virtual one.
 * Nothing is allocated, except by an error. Any thread may call any method. The segment must not be
 * closed meanwhile; what is unmapped is an error, never a crash.
 */
public final class Futex {
    /** How a sleep ended. */
    public enum Outcome {
        /** Somebody woke this thread; or, rarely, nobody did: look at the word. */
        WOKEN,
        /** It did not sleep: the word was not what was expected. */
        CHANGED,
        /** The time was over. */
        TIMED_OUT,
        /** A signal came; it says nothing about {@link Thread#interrupt}. */
        SIGNALLED
    }

    private static final long SYS_FUTEX = Platform.isX86() ? 202 : 98;
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final long NULL = 0;

    private static final CallCounter CALLS = CallCounter.of("futex");
    private static final MethodHandle SYSCALL = Syscall.link();
    private static final boolean AVAILABLE = probe();

    private Futex() {}

    // Whoever has the call wakes nobody at a word where nobody sleeps; where it is missing, or
    // forbidden by a filter, it fails.
    private static boolean probe() {
        return SYSCALL != null && call(Timespec.relative(0).address(), FUTEX_WAKE, 1, NULL) >= 0;
    }

    /**
     * Whether this system has futexes, and this process may use them.
     *
     * @return if not, the other methods throw {@link UnsupportedOperationException}
     */
    public static boolean isAvailable() {
        return AVAILABLE;
    }

    /**
     * Sleeps until woken, if the word is as expected.
     *
     * @param segment memory off the heap
     * @param offset where in it the word is, aligned to 4 bytes
     * @param expected what the word must be
     * @param nanos for how long at most, in nanoseconds; zero or less only compares
     * @return how it ended
     * @throws SystemCallException if the word is not in memory that is mapped, or that a file is
     *     behind ({@code EFAULT})
     */
    public static Outcome wait(MemorySegment segment, long offset, int expected, long nanos)
            throws SystemCallException {
        long address = address(segment, offset);
        long timespec = Timespec.relative(nanos).address();
        long result = call(address, FUTEX_WAIT, expected, timespec);
        Reference.reachabilityFence(segment);
        return result == 0 ? Outcome.WOKEN : outcome("futex(wait)");
    }

    /**
     * Wakes threads that sleep at a word.
     *
     * @param segment memory off the heap
     * @param offset where in it the word is, aligned to 4 bytes
     * @param count how many to wake at most, 1 or more
     * @return how many were woken
     * @throws SystemCallException if the word is not in memory that is mapped, or that a file is
     *     behind ({@code EFAULT})
     */
    public static int wake(MemorySegment segment, long offset, int count)
            throws SystemCallException {
        long woken = call(address(segment, offset), FUTEX_WAKE, count, NULL);
        Reference.reachabilityFence(segment);
        if (woken < 0) {
            throw new SystemCallException("futex(wake)", "a word of shared memory");
        }
        return (int) woken;
    }

    /** The address of a word that may be slept on. */
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

    /** How a sleep ended that the kernel calls an error. */
    static Outcome outcome(String call) throws SystemCallException {
        switch (Libc.errno()) {
            case SystemCallException.EAGAIN:
                return Outcome.CHANGED;
            case SystemCallException.ETIMEDOUT:
                return Outcome.TIMED_OUT;
            case SystemCallException.EINTR:
                return Outcome.SIGNALLED;
            default:
                throw new SystemCallException(call, "a word of shared memory");
        }
    }

    private static long call(long address, int operation, int value, long timespec) {
        CALLS.count();
        try {
            return (long)
                    SYSCALL.invokeExact(
                            Libc.errnoState(),
                            SYS_FUTEX,
                            address,
                            (long) operation,
                            (long) value,
                            timespec,
                            0L);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }
}
