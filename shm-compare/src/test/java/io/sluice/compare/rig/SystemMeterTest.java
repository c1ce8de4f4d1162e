package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.result.SystemCounters;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("alone")
class SystemMeterTest {
    private static final long MS = 1_000_000;

    private static SystemMeter meter(long ms, long steal, long busy, long idle) {
        return new SystemMeter(ms * MS, 2, steal * MS, busy * MS, idle * MS, ms, 2 * ms);
    }

    /** Either count may be too large: that at ticks, or that of what was not idle. */
    @Test
    void whatWasUsedIsTheSmallerOfTwoCounts() {
        SystemMeter before = meter(0, 10, 300, 500);
        SystemCounters passed = meter(100, 40, 380, 600).since(before);
        assertEquals(100 * MS, passed.wallNs());
        assertEquals(30 * MS, passed.stealNs());
        assertEquals(70 * MS, passed.otherCpuNs(), "200 less 100 idle and 30 stolen");
        assertEquals(100, passed.rescheduleInterrupts());
        assertEquals(200, passed.functionCallInterrupts());
        assertEquals(60 * MS, meter(100, 40, 360, 600).since(before).otherCpuNs());
        assertEquals(0, meter(100, 10, 310, 710).since(before).otherCpuNs(), "more idle than was");
        SystemMeter none = new SystemMeter(0, 0, null, null, null, null, null);
        assertNull(none.since(none).otherCpuNs());
    }

    @Test
    void thisMachineHasThoseCounters() {
        SystemMeter now = SystemMeter.now();
        assertEquals(
                Proc.read("/proc/stat").lines().filter(l -> l.startsWith("cpu")).count() - 1,
                now.cpus());
        assertTrue(now.idleNs() > 0 && now.stealNs() >= 0, now.toString());
        SystemCounters passed = SystemMeter.now().since(now);
        assertTrue(passed.otherCpuNs() <= passed.wallNs() * now.cpus(), passed.toString());
    }
}
