package io.sluice.compare.rig;

import io.sluice.compare.kernel.HugePages;
import io.sluice.compare.kernel.ThreadUsage;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.EndCountersBuilder;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.SystemCounters;
import io.sluice.compare.transport.Payload;
import io.sluice.linux.Libc;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Counts what the current thread, the virtual machine around it, and what helps it use from now
 * until stopped.
 */
final class EndMeter {
    private static final long COMPILER_IDLE_NS = 20_000_000;
    private static final long COMPILED_LIMIT_NS = 500_000_000;

    private final SystemMeter machineBefore;
    private final List<Long> helpers;
    private final Map<String, Long> before;
    private final Map<String, Long> callsBefore;
    private Map<String, Long> after;
    private Map<String, Long> calls;
    private SystemCounters machine;

    private EndMeter(SystemMeter machineBefore, List<Long> helpers) {
        this.machineBefore = machineBefore;
        this.helpers = helpers;
        before = aroundThread();
        before.putAll(ThreadUsage.now()); // last: all else is not measured
        callsBefore = Libc.callCounts();
    }

    /** Begins to count for one end. */
    static EndMeter ofThisEnd() {
        return new EndMeter(null, List.of());
    }

    /**
     * Begins to count for an end, and what both have in common: the machine, and helpers.
     *
     * @param helpers ids of processes that work for both ends
     */
    static EndMeter ofBothEnds(List<Long> helpers) {
        return new EndMeter(SystemMeter.now(), helpers);
    }

    /** Returns the counters around the thread; without those that cannot be read. */
    private Map<String, Long> aroundThread() {
        Map<String, Long> counters = new HashMap<>();
        // The second number is time in a run queue, exact, in nanoseconds.
        put(counters, "run delay", Proc.number(Proc.read("/proc/thread-self/schedstat"), 1));
        String sched = Proc.line(Proc.read("/proc/thread-self/sched"), "se.nr_migrations");
        put(counters, "migrations", Proc.number(sched, 1));
        // The tenth number after the name, which may itself contain blanks.
        String stat = Proc.read("/proc/thread-self/stat");
        String fields = stat.substring(stat.lastIndexOf(')') + 1);
        put(counters, "major faults", Proc.number(fields, 9));
        var collectors = ManagementFactory.getGarbageCollectorMXBeans();
        counters.put(
                "collections", collectors.stream().mapToLong(c -> c.getCollectionCount()).sum());
        counters.put("compilation", compilationMs());
        counters.put("process", ThreadUsage.ofProcessNs());
        counters.put("threads", HelperMeter.threadsCpuNs());
        put(counters, "helpers", HelperMeter.cpuNs(helpers));
        put(counters, "safepoints", Safepoints.totalNs());
        return counters;
    }

    private static void put(Map<String, Long> counters, String name, OptionalLong counter) {
        counter.ifPresent(n -> counters.put(name, n));
    }

    /** Returns by how much a counter grew; null if it cannot be read. */
    private Long grown(String counter) {
        return SystemMeter.difference(after.get(counter), before.get(counter));
    }

    private long grownOrZero(String counter) {
        return Objects.requireNonNullElse(grown(counter), 0L);
    }

    /** Stops counting. Called before anything else is done. */
    void stop() {
        after = ThreadUsage.now();
        calls = increase(callsBefore, Libc.callCounts());
        after.putAll(aroundThread());
        machine = machineBefore == null ? null : SystemMeter.now().since(machineBefore);
    }

    /** Returns by how much each count grew; those that did are in it. */
    static Map<String, Long> increase(Map<String, Long> before, Map<String, Long> after) {
        Map<String, Long> more = new TreeMap<>(after);
        before.forEach((name, count) -> more.merge(name, -count, Long::sum));
        more.values().removeIf(count -> count <= 0);
        return more;
    }

    /** Returns the CPU time of all that helped, in nanoseconds. */
    long helpedNs() {
        return grown("threads") + grownOrZero("helpers");
    }

    /**
     * Adds to a result what was counted until it was stopped.
     *
     * @param result that of the messages that these counters cover
     * @param talk where they were exchanged
     */
    EndpointResult addTo(EndpointResult result, Conversation talk) throws IOException {
        result.counters = counters(result.messages, talk.incoming);
        result.system = machine;
        if (helpedNs() > 0) {
            result.number(Numbers.HELPER_CPU_NS, helpedNs());
        }
        result.cpu = Platform.currentCpu();
        result.capacityBytes = talk.link.capacity();
        return result;
    }

    /** Returns what was counted until it was stopped, for so many messages. */
    EndCounters counters(long messages, Payload incoming) {
        Map<String, Long> made = new TreeMap<>(calls);
        Map<String, Long> failed = new TreeMap<>();
        long partial = 0;
        for (String name : calls.keySet()) {
            // A call that did nothing, or transferred only a part, counts under a second name, too.
            if (name.endsWith("/failed")) {
                failed.put(name.replace("/failed", ""), made.remove(name));
            } else if (name.endsWith("/short")) {
                partial += made.remove(name);
            }
        }
        Optional<HugePages.Mapped> huge = hugePages();
        return EndCountersBuilder.builder()
                .cpuNs(grown(ThreadUsage.CPU))
                .userNs(grown(ThreadUsage.USER))
                .systemNs(grown(ThreadUsage.SYSTEM))
                .voluntarySwitches(grown(ThreadUsage.VOLUNTARY_SWITCHES))
                .involuntarySwitches(grown(ThreadUsage.INVOLUNTARY_SWITCHES))
                .minorFaults(grown(ThreadUsage.MINOR_FAULTS))
                .messages(messages)
                .systemCalls(made)
                .lost(incoming.lost())
                .duplicated(incoming.duplicated())
                .corrupted(incoming.corrupted())
                .failedCalls(failed)
                .shortTransfers(partial)
                .runDelayNs(grown("run delay"))
                .migrations(grown("migrations"))
                .majorFaults(grownOrZero("major faults"))
                .collections(grown("collections"))
                .compilationMs(grown("compilation"))
                .processCpuNs(Math.max(grown(ThreadUsage.CPU), grown("process") - grown("threads")))
                .safepointNs(grown("safepoints"))
                .wallNs(grown(ThreadUsage.WALL))
                .sharedHugeBytes(huge.map(HugePages.Mapped::shared).orElse(null))
                .ownHugeBytes(huge.map(HugePages.Mapped::own).orElse(null))
                .build();
    }

    private static Optional<HugePages.Mapped> hugePages() {
        try {
            return Optional.of(HugePages.mapped());
        } catch (IOException e) {
            return Optional.empty();
        }
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
