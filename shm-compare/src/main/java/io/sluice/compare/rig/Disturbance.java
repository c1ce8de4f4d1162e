package io.sluice.compare.rig;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.SystemCounters;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells whether others disturbed a fork, by the CPU time that they used and by how long an end
 * waited for a CPU. It does not look at the result, so repeating a disturbed fork selects no
 * results.
 */
final class Disturbance {
    private static final double STEAL = 0.005;
    private static final double OTHERS = 0.05;
    private static final double WAITED = 0.02;

    /** The kernel counts CPU time here by ticks: fewer than this are no evidence. */
    private static final long TICK_NS = 10_000_000;

    /** A wake-up's own time in the run queue: how a blocking mechanism works, no disturbance. */
    private static final long WAKE_UP_NS = 20_000;

    private Disturbance() {}

    /**
     * Returns what disturbed a fork.
     *
     * @param factors of its measurement
     * @param fork what was observed
     * @param cpus how many CPUs the machine has
     * @return a text, or nothing
     */
    static Optional<String> of(Factors factors, Fork fork, int cpus) {
        SystemCounters system = fork.system();
        if (system != null && system.wallNs() > 0) {
            double capacity = (double) system.wallNs() * Math.max(1, cpus);
            double others = othersNs(fork);
            if (system.stealNs() != null
                    && system.stealNs() > Math.max(STEAL * capacity, TICK_NS)) {
                return text("the host took %.1f %% of the CPUs", system.stealNs() / capacity);
            }
            if (others > Math.max(OTHERS * capacity, TICK_NS)) {
                return text("others used %.1f %% of the CPUs", others / capacity);
            }
        }
        return hasCpusForAll(factors) ? waited(fork) : Optional.empty();
    }

    /** Returns the CPU time of other processes, and not of the ends' own compilers. */
    static double othersNs(Fork fork) {
        if (fork.system() == null || fork.system().otherCpuNs() == null) {
            return 0;
        }
        long own = 0;
        for (EndCounters end : fork.ends().values()) {
            own += end.processCpuNs() == null ? 0 : Math.max(0, end.processCpuNs() - end.cpuNs());
        }
        return Math.max(0, fork.system().otherCpuNs() - own);
    }

    private static Optional<String> waited(Fork fork) {
        for (EndCounters end : fork.ends().values()) {
            double waited =
                    end.runDelayNs() == null
                            ? 0
                            : end.runDelayNs() - (double) WAKE_UP_NS * end.voluntarySwitches();
            if (fork.durationNs() > 0 && waited > WAITED * fork.durationNs()) {
                return text(
                        "an end waited for its CPU for %.1f %% of the time",
                        waited / fork.durationNs());
            }
        }
        return Optional.empty();
    }

    private static boolean hasCpusForAll(Factors factors) {
        return Validity.ends(factors) <= factors.cpus().stream().distinct().count();
    }

    private static Optional<String> text(String format, double part) {
        return Optional.of(String.format(Locale.ROOT, format, 100 * part));
    }
}
