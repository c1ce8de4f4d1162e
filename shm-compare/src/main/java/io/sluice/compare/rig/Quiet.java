package io.sluice.compare.rig;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;

/**
 * What others use of the CPUs right now. A run waits until that is little: what has just been built
 * is often still being written, indexed or scanned.
 *
 * @param othersPart the part of all CPUs, 0 to 1, that other processes used when it was looked at
 *     last
 * @param waitedNs how long was waited
 */
record Quiet(double othersPart, long waitedNs) {
    /** A part below which others are quiet. */
    static final double ENOUGH = 0.10;

    private static final long INTERVAL_NS = 400_000_000;

    /**
     * Waits until others are quiet twice in a row, until the limit, or until a stop.
     *
     * @param limitNs how long at most
     * @param stopped tells whether to stop
     * @param look returns what others use of the CPUs
     */
    static Quiet await(long limitNs, BooleanSupplier stopped, DoubleSupplier look) {
        long begun = System.nanoTime();
        int quiet = 0;
        double part;
        do {
            part = look.getAsDouble();
            quiet = part < ENOUGH ? quiet + 1 : 0;
        } while (quiet < 2 && !stopped.getAsBoolean() && System.nanoTime() - begun < limitNs);
        return new Quiet(part, System.nanoTime() - begun);
    }

    /** Returns what others use of the CPUs, after a while of looking. */
    static double look() {
        SystemMeter before = SystemMeter.now();
        long own = ownNs();
        long end = System.nanoTime() + INTERVAL_NS;
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(INTERVAL_NS);
        }
        var passed = SystemMeter.now().since(before);
        if (passed.otherCpuNs() == null) {
            return 0;
        }
        double others = Math.max(0, passed.otherCpuNs() - (ownNs() - own));
        double all = passed.wallNs() * (double) Runtime.getRuntime().availableProcessors();
        return Math.min(1, others / all);
    }

    private static long ownNs() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    /** Returns a part as the results have it. */
    static String percent(double part) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * part);
    }
}
