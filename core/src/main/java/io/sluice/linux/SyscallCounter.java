package io.sluice.linux;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The counters of the system calls that this process made through this package, one for each call.
 * Exact, for any number of threads; a count costs one atomic addition, negligible beside the call.
 */
public final class SyscallCounter {
    private static final ConcurrentHashMap<String, AtomicLong> ALL = new ConcurrentHashMap<>();

    private SyscallCounter() {}

    /** Returns the counter of a system call, named as in section 2 of the manual. */
    static AtomicLong of(String call) {
        AtomicLong made = new AtomicLong();
        AtomicLong before = ALL.putIfAbsent(call, made);
        return before != null ? before : made;
    }

    /**
     * Returns all counts so far.
     *
     * @return the number of calls by name, without those that were never made
     */
    public static Map<String, Long> snapshot() {
        Map<String, Long> counts = new TreeMap<>();
        ALL.forEach((name, counter) -> counts.put(name, counter.get()));
        counts.values().removeIf(count -> count == 0);
        return counts;
    }
}
