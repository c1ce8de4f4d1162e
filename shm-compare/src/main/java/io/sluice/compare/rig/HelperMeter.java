package io.sluice.compare.rig;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * CPU time of what works for the ends beside their own threads: processes, and threads of a library
 * in the process of an end.
 */
final class HelperMeter {
    private HelperMeter() {}

    /** A few threads may start between counting and listing them. */
    private static final int SPARE = 16;

    /**
     * Returns what all other threads of this process have used that code has started. The JVM's own
     * are not in the thread group of the main thread: its compiler, its collector, its cleaner.
     *
     * @return nanoseconds
     */
    static long threadsCpuNs() {
        Thread[] threads = new Thread[Thread.activeCount() + SPARE];
        int count = Thread.enumerate(threads);
        ThreadMXBean times = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads, 0, count)
                .filter(thread -> thread != Thread.currentThread())
                .mapToLong(thread -> Math.max(0, times.getThreadCpuTime(thread.threadId())))
                .sum();
    }

    /**
     * Returns what all threads of processes have used since they were started, as the kernel counts
     * it.
     *
     * @param processes their ids
     * @return nanoseconds; nothing if one of them cannot be read
     */
    static OptionalLong cpuNs(List<Long> processes) {
        long all = 0;
        for (long process : processes) {
            String[] threads = new File("/proc/" + process + "/task").list();
            if (threads == null) {
                return OptionalLong.empty();
            }
            for (String thread : threads) {
                // The first number is time on a CPU, exact, in nanoseconds. Threads come and go.
                String times = Proc.read("/proc/" + process + "/task/" + thread + "/schedstat");
                all += Proc.number(times, 0).orElse(0);
            }
        }
        return OptionalLong.of(all);
    }
}
