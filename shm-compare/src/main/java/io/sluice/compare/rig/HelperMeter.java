package io.sluice.compare.rig;

import java.io.File;
import java.util.List;
import java.util.OptionalLong;

/** CPU time of processes that work for both ends: of all their threads, as the kernel counts it. */
final class HelperMeter {
    private HelperMeter() {}

    /**
     * Returns what they have used since they were started.
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
