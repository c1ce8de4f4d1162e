package io.sluice.compare.rig;

import com.sun.management.OperatingSystemMXBean;
import io.sluice.compare.kernel.ThreadUsage;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.transport.Payload;
import java.lang.management.CompilationMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** Counts what the current thread, and the virtual machine around it, use from now on. */
final class EndMeter {
    /** How the layer of system calls names a call that did nothing, behind the call's own name. */
    private static final String FAILED = "/failed";

    /** And one that moved a part of what it was asked to. */
    private static final String SHORT = "/short";

    private static final long COMPILER_IDLE_NS = 40_000_000;
    private static final long COMPILED_LIMIT_NS = 300_000_000;

    private final OptionalLong runDelay = runDelay();
    private final OptionalLong migrations = migrations();
    private final OptionalLong majorFaults = majorFaults();
    private final long collections = collections();
    private final long compilationMs = compilationMs();
    private final long processCpuNs = processCpuNs();
    private final ThreadUsage usage = ThreadUsage.now(); // last: all else is not measured

    /** What was used until now. */
    ThreadUsage used() {
        return ThreadUsage.now().since(usage);
    }

    /**
     * Puts it together.
     *
     * @param used what {@link #used} said, asked before anything else
     * @param messages how many these counters cover
     * @param incoming what was wrong with what came
     */
    EndCounters counters(ThreadUsage used, long messages, Payload incoming) {
        Map<String, Long> calls = new TreeMap<>();
        Map<String, Long> failed = new TreeMap<>();
        long partial = 0;
        for (Map.Entry<String, Long> call : used.systemCalls().entrySet()) {
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
                used.cpuNs(),
                used.userNs(),
                used.systemNs(),
                used.voluntarySwitches(),
                used.involuntarySwitches(),
                used.minorFaults(),
                messages,
                calls,
                incoming.lost(),
                incoming.duplicated(),
                incoming.corrupted(),
                failed,
                partial,
                since(runDelay(), runDelay),
                since(migrations(), migrations),
                majorFaults().orElse(0) - majorFaults.orElse(0),
                collections() - collections,
                compilationMs() - compilationMs,
                processCpuNs() - processCpuNs);
    }

    private static Long since(OptionalLong now, OptionalLong before) {
        return now.isPresent() && before.isPresent()
                ? Long.valueOf(Math.max(0, now.getAsLong() - before.getAsLong()))
                : null;
    }

    /** The second number: time in a run queue, exact, in nanoseconds. */
    private static OptionalLong runDelay() {
        return Proc.number(Proc.read("/proc/thread-self/schedstat"), 1);
    }

    private static OptionalLong migrations() {
        String line = Proc.line(Proc.read("/proc/thread-self/sched"), "se.nr_migrations");
        return Proc.number(line.replaceFirst("^:\\s*", ""), 0);
    }

    /** The tenth number behind the name, which may itself hold blanks. */
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

    /** Waits until the compiler has nothing to do, or has had a while. */
    static void untilCompiled() {
        long end = System.nanoTime() + COMPILED_LIMIT_NS;
        long last = -1;
        while (System.nanoTime() < end && last != compilationMs()) {
            last = compilationMs();
            LockSupport.parkNanos(COMPILER_IDLE_NS);
        }
    }

    private static long processCpuNs() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
