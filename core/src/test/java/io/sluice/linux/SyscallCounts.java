package io.sluice.linux;

import java.util.Map;

/** System calls that tests count. */
public final class SyscallCounts {
    private SyscallCounts() {}

    /**
     * Returns the number of calls made so far, by name. The calls with which the collector releases
     * what an earlier test left are not included: they occur at any time, and one for each message
     * would need an {@code open} or an {@code mmap} for each message, which are counted.
     *
     * @return a snapshot of the counts
     */
    public static Map<String, Long> snapshot() {
        Map<String, Long> calls = Libc.callCounts();
        calls.keySet().removeIf(name -> name.equals("close") || name.equals("munmap"));
        return calls;
    }
}
