package io.sluice.bench;

import io.sluice.bench.TrialResult.Exclusion;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What has been used so far, from {@code /proc}: two of them, before and after a trial, show
 * whether the contender was warm and whether anything else ran.
 *
 * @param cpuMillis the time that the benchmark's CPUs were not idle, with what the hypervisor stole
 * @param ownMillis the CPU time of the contender's processes
 * @param pageFaults the minor page faults of the contender's processes
 * @param compileMillis the time that the contender's JIT compilers have worked
 */
record ResourceUse(long cpuMillis, long ownMillis, long pageFaults, long compileMillis) {
    /** The kernel counts in hundredths of a second, on every architecture that Java runs on. */
    private static final int MILLIS_PER_TICK = 10;

    private static final Path CPUS = Path.of("/proc/stat");

    /** What a JVM that does nothing but the benchmark may fault in a tenth of a second. */
    private static final int FAULTS_PER_WINDOW = 64;

    /**
     * A share of the time: the compilers' time is elapsed time, and they wait for the CPUs that the
     * benchmark's threads keep busy.
     */
    private static final double COMPILE_SHARE = 0.05;

    /** A share of the CPU time of a trial; the ticks allow none below 0.05. */
    private static final double FOREIGN_SHARE =
            Integer.getInteger("sluice.foreign.percent", 10) / 100.0;

    /** Returns that of the contender: of this process, and of its other one if there is one. */
    static ResourceUse now() {
        return PeerProcess.plusUse(ofThis());
    }

    /** Returns this as if nothing had been faulted in. */
    ResourceUse withoutFaults() {
        return new ResourceUse(cpuMillis, ownMillis, 0, compileMillis);
    }

    private static ResourceUse ofThis() {
        try {
            ResourceUse own = of(ProcessHandle.current().pid());
            long compiled = ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
            return new ResourceUse(busy(), own.ownMillis, own.pageFaults, compiled);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns this with what another process of the same contender has used. */
    ResourceUse plus(long pid, long compiled) {
        try {
            ResourceUse its = of(pid);
            return new ResourceUse(
                    cpuMillis,
                    ownMillis + its.ownMillis,
                    pageFaults + its.pageFaults,
                    compileMillis + compiled);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ResourceUse of(long pid) throws IOException {
        return parse(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
    }

    /** Parses a process's {@code stat}, see proc_pid_stat(5). */
    static ResourceUse parse(String stat) {
        // The second field, the name in parentheses, may contain spaces and parentheses.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[14 - 3]) + Long.parseLong(fields[15 - 3]);
        return new ResourceUse(0, ticks * MILLIS_PER_TICK, Long.parseLong(fields[10 - 3]), 0);
    }

    private static long busy() throws IOException {
        long ticks = 0;
        try (BufferedReader reader = Files.newBufferedReader(CPUS)) {
            String line;
            while ((line = reader.readLine()) != null && line.startsWith("cpu")) {
                ticks += busyTicks(line);
            }
        }
        return ticks * MILLIS_PER_TICK;
    }

    /** Parses a line of {@code /proc/stat}: 0 unless it is one of the benchmark's CPUs. */
    static long busyTicks(String line) {
        String[] fields = line.split(" +");
        if (!fields[0].matches("cpu\\d+")
                || !Cpus.contains(Integer.parseInt(fields[0].substring(3)))) {
            return 0;
        }
        long ticks = 0;
        for (int i : new int[] {1, 2, 3, 6, 7, 8}) { // user nice system irq softirq steal
            ticks += Long.parseLong(fields[i]);
        }
        return ticks;
    }

    /**
     * Returns whether a trial from then to now counts, and reports the reason if not.
     *
     * @param written whether the contender has written its memory often enough
     */
    Exclusion exclusion(ResourceUse then, long nanos, boolean written) {
        Exclusion exclusion =
                isDisturbedSince(then, nanos)
                        ? Exclusion.DISTURBED
                        : written && isWarmSince(then, nanos) ? Exclusion.NONE : Exclusion.COLD;
        if (exclusion != Exclusion.NONE) {
            System.err.printf(
                    "  left out: %s; others' CPU time %d ms, page faults %d, compiled %d ms%s%n",
                    exclusion.label(),
                    foreignMillis(then),
                    pageFaults - then.pageFaults,
                    compileMillis - then.compileMillis,
                    written ? "" : ", memory not written three times");
        }
        return exclusion;
    }

    private long foreignMillis(ResourceUse then) {
        return cpuMillis - then.cpuMillis - (ownMillis - then.ownMillis);
    }

    /**
     * Tests that nothing was compiled nor faulted in from then to now, in that many nanoseconds.
     */
    boolean isWarmSince(ResourceUse then, long nanos) {
        long allowed = FAULTS_PER_WINDOW * Math.max(1, nanos / 100_000_000);
        return pageFaults - then.pageFaults <= allowed
                && compileMillis - then.compileMillis <= nanos / 1e6 * COMPILE_SHARE;
    }

    /** Tests whether something else used the CPUs from then to now, in that many nanoseconds. */
    boolean isDisturbedSince(ResourceUse then, long nanos) {
        return foreignMillis(then) > Cpus.count() * nanos / 1e6 * FOREIGN_SHARE;
    }
}
