package io.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
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

    /**
     * A set of futex words on which one thread waits at once: {@code futex_waitv(2)}, of Linux 5.16
     * and later. A {@link Futex#wake} at any of them ends the wait.
     *
     * <p>The system property {@code io.sluice.futex_waitv=false} makes it unavailable in this
     * process, as an old kernel or a filter would: callers then fall back.
     *
     * <p>One thread at a time. Blocking: {@link #await}. Allocates when it is created, and on an
     * error.
     */
    public static final class FutexSet {
        /** The maximum number of words. */
        public static final int CAPACITY = 128;

        private static final String PROPERTY = "io.sluice.futex_waitv";
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
        private int woken;

        /** Creates an empty set. */
        public FutexSet() {}

        // A kernel that has the call rejects an empty set with EINVAL; one without it, or a filter
        // that forbids it, returns another error.
        private static boolean probe() {
            return Futex.isAvailable()
                    && !System.getProperty(PROPERTY, "true").equals("false")
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
         * @return the outcome; {@link #wokenWord} identifies the word
         * @throws SystemCallException if the set is empty ({@code EINVAL}), a word is not in mapped
         *     memory or beyond the end of the mapped file ({@code EFAULT}), or there is no such
         *     call
         */
        public Futex.WaitResult await(long nanos) throws SystemCallException {
            long timespec = Timespec.fromNow(nanos).address();
            long result = call(entries.address(), count, timespec);
            Reference.reachabilityFence(this);
            woken = (int) result;
            return result >= 0 ? Futex.WaitResult.WOKEN : Futex.waitResult("futex_waitv");
        }

        /**
         * Returns a word at which the last {@link #await} was woken; others may have been notified,
         * too.
         *
         * @return the word's index, in the order of {@link #add}; negative if it was not woken
         */
        public int wokenWord() {
            return woken;
        }

        private static long call(long entries, int count, long timespec) {
            return FUTEX_WAITV.call(
                    SYS_FUTEX_WAITV, entries, count, 0, timespec, Timespec.CLOCK_MONOTONIC);
        }
    }
}
