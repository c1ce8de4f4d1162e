package io.sluice.linux;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A counter of the calls of one system call that this process made through this package. Exact, for
 * any number of threads; a count costs one atomic addition, negligible beside the call.
 */
public final class SyscallCounter {
    private static final ConcurrentHashMap<String, SyscallCounter> ALL = new ConcurrentHashMap<>();

    private final AtomicLong count = new AtomicLong();

    private SyscallCounter() {}

    /**
     * Returns the counter of a system call.
     *
     * @param call the call's name, as in section 2 of the manual
     * @return the same counter for the same name
     */
    public static SyscallCounter of(String call) {
        SyscallCounter made = new SyscallCounter();
        SyscallCounter before = ALL.putIfAbsent(call, made);
        return before != null ? before : made;
    }

    /** Counts one call. */
    public void count() {
        count.getAndIncrement();
    }

    /**
     * Returns all counts so far.
     *
     * @return the number of calls by name, without those that were never made
     */
    public static Map<String, Long> snapshot() {
        Map<String, Long> counts = new TreeMap<>();
        ALL.forEach((name, counter) -> counts.put(name, counter.count.get()));
        counts.values().removeIf(count -> count == 0);
        return counts;
    }
}
