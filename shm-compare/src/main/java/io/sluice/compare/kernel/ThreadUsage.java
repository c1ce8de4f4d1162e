package io.sluice.compare.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.sluice.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
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

    private static final MethodHandle GETRUSAGE =
            Libc.link("getrusage", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle CLOCK_GETTIME =
            Libc.link("clock_gettime", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

    /**
     * Returns what the current thread has used so far.
     *
     * @return the usage
     */
    public static ThreadUsage now() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment usage = arena.allocate(RUSAGE_SIZE, 8);
            int r = (int) GETRUSAGE.invokeExact(Libc.errnoState(), RUSAGE_THREAD, usage);
            if (r != 0) {
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
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    /**
     * Returns the CPU time that all threads of this process have used so far: exact, where the JVM
     * counts ticks of 10 ms.
     *
     * @return nanoseconds
     */
    public static long ofProcessNs() {
        try {
            return clockNs(CLOCK_PROCESS_CPUTIME_ID);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        }
    }

    private static long clockNs(int clock) throws Throwable {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            int r = (int) CLOCK_GETTIME.invokeExact(Libc.errnoState(), clock, time);
            if (r != 0) {
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
        Map<String, Long> calls = new TreeMap<>();
        systemCalls.forEach(
                (name, count) -> {
                    long n = count - before.systemCalls.getOrDefault(name, 0L);
                    if (n > 0) {
                        calls.put(name, n);
                    }
                });
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
