package io.sluice.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * A {@code struct timespec} of 64-bit Linux: one for each thread, so that a call allocates none.
 */
final class Timespec {
    /** The clock of timeouts: it never jumps. */
    static final int CLOCK_MONOTONIC = 1;

    private static final long SIZE = 16;
    private static final long TV_SEC = 0;
    private static final long TV_NSEC = 8;
    private static final long SECOND = 1_000_000_000;
    private static final long MAX_SECONDS = Long.MAX_VALUE / SECOND;

    // Automatic: the segment lives as long as its thread can reach it.
    private static final ThreadLocal<MemorySegment> OF_THREAD =
            new ThreadLocal<>() {
                @Override
                protected MemorySegment initialValue() {
                    return Arena.ofAuto().allocate(SIZE, Long.BYTES);
                }
            };

    private Timespec() {}

    // Linked on first use: other systems have no such C library.
    private static final class Clock {
        static final MethodHandle GETTIME = Libc.linkWords("clock_gettime");
    }

    /** Returns a duration in nanoseconds; a negative one counts as zero. */
    static MemorySegment relative(long nanos) {
        MemorySegment timespec = OF_THREAD.get();
        long limit = Math.max(0, nanos);
        timespec.set(JAVA_LONG, TV_SEC, limit / SECOND);
        timespec.set(JAVA_LONG, TV_NSEC, limit % SECOND);
        return timespec;
    }

    /** Returns the time this many nanoseconds from now, by {@link #CLOCK_MONOTONIC}. */
    static MemorySegment fromNow(long nanos) {
        MemorySegment timespec = OF_THREAD.get();
        Libc.call(Clock.GETTIME, CLOCK_MONOTONIC, timespec.address(), 0);
        long limit = Math.max(0, nanos);
        long part = timespec.get(JAVA_LONG, TV_NSEC) + limit % SECOND;
        long seconds = timespec.get(JAVA_LONG, TV_SEC) + limit / SECOND + part / SECOND;
        timespec.set(JAVA_LONG, TV_SEC, Math.min(seconds, MAX_SECONDS));
        timespec.set(JAVA_LONG, TV_NSEC, part % SECOND);
        return timespec;
    }
}
