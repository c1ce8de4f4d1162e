package io.sluice.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A counter of the calls of one system call that this process made through this package. Exact, for
 * any number of threads; a count costs one atomic addition, negligible beside the call.
 */
public final class SyscallCounter {
    private static final ConcurrentHashMap<String, SyscallCounter> ALL = new ConcurrentHashMap<>();
    private static final VarHandle COUNT;

    static {
        try {
            COUNT = MethodHandles.lookup().findVarHandle(SyscallCounter.class, "count", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // through COUNT
    private volatile long count;

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
        COUNT.getAndAdd(this, 1L);
    }

    /**
     * Returns all counts so far.
     *
     * @return the number of calls by name, without those that were never made
     */
    public static Map<String, Long> snapshot() {
        Map<String, Long> counts = new TreeMap<>();
        ALL.forEach(
                (name, counter) -> {
                    long n = counter.count;
                    if (n > 0) {
                        counts.put(name, n);
                    }
                });
        return counts;
    }

    /**
     * Returns the total number of calls.
     *
     * @return the sum over {@link #snapshot()}
     */
    public static long total() {
        return ALL.values().stream().mapToLong(counter -> counter.count).sum();
    }
}
