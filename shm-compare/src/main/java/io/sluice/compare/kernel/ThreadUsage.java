package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;

/**
 * The resources that the current thread has used so far. CPU time is exact; its split into user and
 * system is sampled by the kernel's tick, and only good over seconds.
 *
 * @param wallNs elapsed time, in nanoseconds since an arbitrary origin
 * @param cpuNs CPU time, in nanoseconds
 * @param userNs the part in user mode, by samples
 * @param systemNs the part in the kernel, by samples
 * @param voluntarySwitches how often it went to sleep
 * @param involuntarySwitches how often it was preempted
 * @param minorFaults page faults without a read from disk
 * @param systemCalls calls through Sluice's system-call layer, by name, of the whole process
 */
public record ThreadUsage(
        long wallNs,
        long cpuNs,
        long userNs,
        long systemNs,
        long voluntarySwitches,
        long involuntarySwitches,
        long minorFaults,
        Map<String, Long> systemCalls) {
    private static final int RUSAGE_THREAD = 1;
    private static final int CLOCK_PROCESS_CPUTIME_ID = 2;
    private static final int CLOCK_THREAD_CPUTIME_ID = 3;

    // struct rusage of 64-bit Linux: two timevals, then fourteen longs.
    private static final long RUSAGE_SIZE = 144;
    private static final long UTIME = 0;
    private static final long STIME = 16;
    private static final long MINFLT = 64;
    private static final long NVCSW = 128;
    private static final long NIVCSW = 136;

    private static final Downcall GETRUSAGE = Downcall.uncounted("getrusage");
    private static final Downcall CLOCK_GETTIME = Downcall.uncounted("clock_gettime");

    /**
     * Returns what the current thread has used so far.
     *
     * @return the usage
     */
    public static ThreadUsage now() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment usage = arena.allocate(RUSAGE_SIZE, 8);
            if (GETRUSAGE.call(RUSAGE_THREAD, usage, 0, 0, 0) != 0) {
                throw new IllegalStateException("the kernel does not say what a thread has used");
            }
            return new ThreadUsage(
                    System.nanoTime(),
                    clockNs(CLOCK_THREAD_CPUTIME_ID),
                    timevalNs(usage, UTIME),
                    timevalNs(usage, STIME),
                    usage.get(JAVA_LONG, NVCSW),
                    usage.get(JAVA_LONG, NIVCSW),
                    usage.get(JAVA_LONG, MINFLT),
                    Libc.callCounts());
        }
    }

    /**
     * Returns the CPU time that all threads of this process have used so far: exact, where the JVM
     * counts ticks of 10 ms.
     *
     * @return nanoseconds
     */
    public static long ofProcessNs() {
        return clockNs(CLOCK_PROCESS_CPUTIME_ID);
    }

    private static long clockNs(int clock) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            if (CLOCK_GETTIME.call(clock, time, 0, 0, 0) != 0) {
                throw new IllegalStateException("the kernel has no clock " + clock);
            }
            return time.get(JAVA_LONG, 0) * 1_000_000_000 + time.get(JAVA_LONG, 8);
        }
    }

    private static long timevalNs(MemorySegment usage, long offset) {
        return usage.get(JAVA_LONG, offset) * 1_000_000_000
                + usage.get(JAVA_LONG, offset + 8) * 1_000;
    }

    /**
     * Returns what was used since an earlier reading.
     *
     * @param before an earlier usage of the same thread
     * @return the difference
     */
    public ThreadUsage since(ThreadUsage before) {
        Map<String, Long> calls = new TreeMap<>(systemCalls);
        before.systemCalls.forEach((name, count) -> calls.merge(name, -count, Long::sum));
        calls.values().removeIf(count -> count <= 0);
        return new ThreadUsage(
                wallNs - before.wallNs,
                cpuNs - before.cpuNs,
                userNs - before.userNs,
                systemNs - before.systemNs,
                voluntarySwitches - before.voluntarySwitches,
                involuntarySwitches - before.involuntarySwitches,
                minorFaults - before.minorFaults,
                calls);
    }
}
