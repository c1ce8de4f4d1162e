package io.sluice.compare.rig;

import io.sluice.compare.result.SystemCounters;

/** The kernel's counters of the whole machine since boot. */
record SystemMeter(long nanoTime, Long stealNs, Long busyNs, Long reschedules, Long functionCalls) {
    /** USER_HZ, which is 100 on every Linux that Java runs on. */
    private static final long TICK_NS = 10_000_000;

    static SystemMeter now() {
        String cpu = Proc.line(Proc.read("/proc/stat"), "cpu ");
        String interrupts = Proc.read("/proc/interrupts");
        String reschedules = Proc.line(interrupts, "RES:");
        String calls = Proc.line(interrupts, "CAL:");
        Long busy = null;
        Long steal = null;
        String[] ticks = cpu.split("\\s+");
        if (ticks.length >= 8) {
            // user nice system idle iowait irq softirq steal
            busy =
                    TICK_NS
                            * (at(ticks, 0)
                                    + at(ticks, 1)
                                    + at(ticks, 2)
                                    + at(ticks, 5)
                                    + at(ticks, 6));
            steal = TICK_NS * at(ticks, 7);
        }
        return new SystemMeter(
                System.nanoTime(),
                steal,
                busy,
                reschedules.isEmpty() ? null : Proc.sum(reschedules),
                calls.isEmpty() ? null : Proc.sum(calls));
    }

    private static long at(String[] ticks, int i) {
        return Long.parseLong(ticks[i]);
    }

    /** Returns the difference since then; the time of all busy CPUs counts as others'. */
    SystemCounters since(SystemMeter before) {
        return new SystemCounters(
                nanoTime - before.nanoTime,
                difference(stealNs, before.stealNs),
                difference(busyNs, before.busyNs),
                difference(reschedules, before.reschedules),
                difference(functionCalls, before.functionCalls));
    }

    private static Long difference(Long now, Long before) {
        return now == null || before == null ? null : Math.max(0, now - before);
    }
}
