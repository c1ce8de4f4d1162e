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
        String reschedules = Proc.line(interrupts, "RES:");
        String calls = Proc.line(interrupts, "CAL:");
        String[] ticks = Proc.line(stat, "cpu ").split("\\s+");
        boolean known = ticks.length >= 8; // user nice system idle iowait irq softirq steal
        return new SystemMeter(
                System.nanoTime(),
                (int) stat.lines().filter(line -> line.matches("cpu[0-9].*")).count(),
                known ? sum(ticks, 7) : null,
                known ? sum(ticks, 0, 1, 2, 5, 6) : null,
                known ? sum(ticks, 3, 4) : null,
                reschedules.isEmpty() ? null : Proc.sum(reschedules),
                calls.isEmpty() ? null : Proc.sum(calls));
    }

    private static Long sum(String[] ticks, int... columns) {
        return TICK_NS * Arrays.stream(columns).mapToLong(i -> Long.parseLong(ticks[i])).sum();
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

    private static Long difference(Long now, Long before) {
        return now == null || before == null ? null : Math.max(0, now - before);
    }
}
