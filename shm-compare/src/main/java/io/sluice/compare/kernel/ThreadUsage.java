package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * The resources that the current thread has used so far, by name. CPU time is exact; its split into
 * user and system is sampled by the kernel's tick, and only good over seconds.
 */
public final class ThreadUsage {
    /** Elapsed time, in nanoseconds since an arbitrary origin. */
    public static final String WALL = "wall";

    /** CPU time, in nanoseconds. */
    public static final String CPU = "cpu";

    /** The part in user mode, by samples. */
    public static final String USER = "user";

    /** The part in the kernel, by samples. */
    public static final String SYSTEM = "system";

    /** How often it went to sleep. */
    public static final String VOLUNTARY_SWITCHES = "voluntary switches";

    /** How often it was preempted. */
    public static final String INVOLUNTARY_SWITCHES = "involuntary switches";

    /** Page faults without a read from disk. */
    public static final String MINOR_FAULTS = "minor faults";

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

    private ThreadUsage() {}

    /** Returns what the current thread has used so far, as a map that the caller may change. */
    public static Map<String, Long> now() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment usage = arena.allocate(RUSAGE_SIZE, 8);
            if (GETRUSAGE.call(RUSAGE_THREAD, usage, 0, 0, 0) != 0) {
                throw new IllegalStateException("the kernel does not say what a thread has used");
            }
            return new HashMap<>(
                    Map.of(
                            WALL, System.nanoTime(),
                            CPU, clockNs(CLOCK_THREAD_CPUTIME_ID),
                            USER, timevalNs(usage, UTIME),
                            SYSTEM, timevalNs(usage, STIME),
                            VOLUNTARY_SWITCHES, usage.get(JAVA_LONG, NVCSW),
                            INVOLUNTARY_SWITCHES, usage.get(JAVA_LONG, NIVCSW),
                            MINOR_FAULTS, usage.get(JAVA_LONG, MINFLT)));
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
}
