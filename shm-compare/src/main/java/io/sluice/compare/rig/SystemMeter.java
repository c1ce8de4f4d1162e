package io.sluice.compare.rig;

import io.sluice.compare.result.SystemCounters;
import java.util.Arrays;

/**
 * The kernel's counters of the whole machine since boot. What was used is the smaller of two
 * counts: of what runs at a tick, which errs where programs wake up by a clock, and of what is not
 * idle time, which errs by what going to sleep and waking up takes.
 */
record SystemMeter(
        long nanoTime,
        int cpus,
        Long stealNs,
        Long busyNs,
        Long idleNs,
        Long reschedules,
        Long functionCalls) {
    /** USER_HZ, which is 100 on every Linux that Java runs on: how exact the times are. */
    static final long TICK_NS = 10_000_000;

    static SystemMeter now() {
        String stat = Proc.read("/proc/stat");
        String interrupts = Proc.read("/proc/interrupts");
        String ticks = Proc.line(stat, "cpu "); // user nice system idle iowait irq softirq steal
        return new SystemMeter(
                System.nanoTime(),
                (int) stat.lines().filter(line -> line.matches("cpu[0-9].*")).count(),
                nanos(ticks, 7),
                nanos(ticks, 0, 1, 2, 5, 6),
                nanos(ticks, 3, 4),
                interrupts(Proc.line(interrupts, "RES:")),
                interrupts(Proc.line(interrupts, "CAL:")));
    }

    private static Long nanos(String line, int... columns) {
        String[] ticks = line.split("\\s+");
        return ticks.length < 8
                ? null
                : TICK_NS * Arrays.stream(columns).mapToLong(i -> Long.parseLong(ticks[i])).sum();
    }

    private static Long interrupts(String line) {
        return line.isEmpty() ? null : Proc.sum(line);
    }

    /** Returns the difference since then; the time of all busy CPUs counts as others'. */
    SystemCounters since(SystemMeter before) {
        long wall = nanoTime - before.nanoTime;
        Long stolen = difference(stealNs, before.stealNs);
        Long busy = difference(busyNs, before.busyNs);
        Long idle = difference(idleNs, before.idleNs);
        return new SystemCounters(
                wall,
                stolen,
                busy == null ? null : Math.max(0, Math.min(busy, wall * cpus - idle - stolen)),
                difference(reschedules, before.reschedules),
                difference(functionCalls, before.functionCalls));
    }

    /** Returns by how much a counter grew; null if it could not be read. */
    static Long difference(Long now, Long before) {
        return now == null || before == null ? null : Math.max(0, now - before);
    }
}
