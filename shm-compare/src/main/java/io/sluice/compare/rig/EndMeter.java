package io.sluice.compare.rig;

import io.sluice.compare.kernel.ThreadUsage;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.transport.Payload;
import java.lang.management.CompilationMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts what the current thread, the virtual machine around it, and what helps it use from now
 * until stopped.
 */
final class EndMeter {
    /** The suffix that the system-call layer adds to the name of a call that did nothing. */
    private static final String FAILED = "/failed";

    /** The suffix for a call that transferred only a part. */
    private static final String SHORT = "/short";

    private static final long COMPILER_IDLE_NS = 20_000_000;
    private static final long COMPILED_LIMIT_NS = 500_000_000;

    private final List<Long> helpers;
    private final ProcessUsage before;
    private final ThreadUsage startUsage;
    private ThreadUsage usage;
    private ProcessUsage after;

    EndMeter() {
        this(List.of());
    }

    /**
     * Begins to count.
     *
     * @param helpers ids of processes that work for both ends: one of the ends counts them
     */
    EndMeter(List<Long> helpers) {
        this.helpers = helpers;
        before = ProcessUsage.now(helpers);
        startUsage = ThreadUsage.now(); // last: all else is not measured
    }

    /** What is counted around the thread. */
    private record ProcessUsage(
            OptionalLong runDelay,
            OptionalLong migrations,
            OptionalLong majorFaults,
            long collections,
            long compilationMs,
            long processCpuNs,
            long threadsCpuNs,
            OptionalLong helpersCpuNs,
            OptionalLong safepoints) {
        static ProcessUsage now(List<Long> helpers) {
            return new ProcessUsage(
                    EndMeter.runDelay(),
                    EndMeter.migrations(),
                    EndMeter.majorFaults(),
                    EndMeter.collections(),
                    EndMeter.compilationMs(),
                    ThreadUsage.ofProcessNs(),
                    HelperMeter.threadsCpuNs(),
                    HelperMeter.cpuNs(helpers),
                    Safepoints.totalNs());
        }
    }

    /** Stops counting. Called before anything else is done. */
    void stop() {
        usage = ThreadUsage.now().since(startUsage);
        after = ProcessUsage.now(helpers);
    }

    /** Returns how long it counted, in nanoseconds. */
    long wallNs() {
        return usage.wallNs();
    }

    /** Returns the CPU time of all that helped, if anything did. */
    Map<String, Double> helped() {
        Long ofProcesses = since(after.helpersCpuNs, before.helpersCpuNs);
        double all = threadsCpuNs() + (ofProcesses == null ? 0 : ofProcesses);
        return all > 0 ? Map.of(Numbers.HELPER_CPU_NS, all) : Map.of();
    }

    private long threadsCpuNs() {
        return Math.max(0, after.threadsCpuNs - before.threadsCpuNs);
    }

    /**
     * Puts together what was counted until it was stopped.
     *
     * @param messages how many these counters cover
     * @param incoming what was wrong with what came
     */
    EndCounters counters(long messages, Payload incoming) {
        Map<String, Long> calls = new TreeMap<>();
        Map<String, Long> failed = new TreeMap<>();
        long partial = 0;
        for (Map.Entry<String, Long> call : usage.systemCalls().entrySet()) {
            String name = call.getKey();
            if (name.endsWith(FAILED)) {
                failed.put(name.substring(0, name.length() - FAILED.length()), call.getValue());
            } else if (name.endsWith(SHORT)) {
                partial += call.getValue();
            } else {
                calls.put(name, call.getValue());
            }
        }
        return new EndCounters(
                usage.cpuNs(),
                usage.userNs(),
                usage.systemNs(),
                usage.voluntarySwitches(),
                usage.involuntarySwitches(),
                usage.minorFaults(),
                messages,
                calls,
                incoming.lost(),
                incoming.duplicated(),
                incoming.corrupted(),
                failed,
                partial,
                since(after.runDelay, before.runDelay),
                since(after.migrations, before.migrations),
                after.majorFaults.orElse(0) - before.majorFaults.orElse(0),
                after.collections - before.collections,
                after.compilationMs - before.compilationMs,
                Math.max(usage.cpuNs(), after.processCpuNs - before.processCpuNs - threadsCpuNs()),
                since(after.safepoints, before.safepoints));
    }

    private static Long since(OptionalLong now, OptionalLong before) {
        return now.isPresent() && before.isPresent()
                ? Long.valueOf(Math.max(0, now.getAsLong() - before.getAsLong()))
                : null;
    }

    /** Returns the second number: time in a run queue, exact, in nanoseconds. */
    private static OptionalLong runDelay() {
        return Proc.number(Proc.read("/proc/thread-self/schedstat"), 1);
    }

    private static OptionalLong migrations() {
        String line = Proc.line(Proc.read("/proc/thread-self/sched"), "se.nr_migrations");
        return Proc.number(line.replaceFirst("^:\\s*", ""), 0);
    }

    /** Returns the tenth number after the name, which may itself contain blanks. */
    private static OptionalLong majorFaults() {
        String stat = Proc.read("/proc/thread-self/stat");
        return Proc.number(stat.substring(stat.lastIndexOf(')') + 1), 9);
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static long compilationMs() {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return compiler == null ? 0 : compiler.getTotalCompilationTime();
    }

    /**
     * Waits until the compiler has nothing to do, or has had a while. A method that takes long is
     * not counted until it is done, but the process uses CPU time for it, though nothing else in it
     * runs.
     */
    static void awaitCompiler() {
        long end = System.nanoTime() + COMPILED_LIMIT_NS;
        long compiled;
        long used;
        do {
            compiled = compilationMs();
            used = ThreadUsage.ofProcessNs();
            LockSupport.parkNanos(COMPILER_IDLE_NS);
        } while (System.nanoTime() - end < 0
                && (compilationMs() != compiled
                        || ThreadUsage.ofProcessNs() - used > COMPILER_IDLE_NS / 4));
    }

    /** Returns what the virtual machine's own threads have used: the compiler's, mostly. */
    static long machineCpuNs() {
        return ThreadUsage.ofProcessNs()
                - ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()
                - HelperMeter.threadsCpuNs();
    }
}
