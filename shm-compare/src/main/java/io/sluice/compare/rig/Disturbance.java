package io.sluice.compare.rig;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.SystemCounters;
import java.util.Locale;
import java.util.Optional;

/**
 * Tells whether others disturbed a fork, by the CPU time that they used and by how long an end
 * waited for a CPU. It does not look at the result, so repeating a disturbed fork selects no
 * results.
 *
 * <p>What others take away from an end changes its rate by the same part, and its median by less.
 * So a part below {@link #OTHERS} cannot be what makes a measurement unstable (V06: forks that
 * differ by twice as much), and every machine has some: its kernel's own threads.
 */
final class Disturbance {
    private static final double OTHERS = 0.05;

    /** The kernel counts CPU time here by ticks, at either end of a block: no evidence. */
    private static final long UNCERTAIN_NS = 2 * SystemMeter.TICK_NS;

    /**
     * A wake-up's own time in the run queues of the kernel and of a host: how a blocking mechanism
     * works, no disturbance.
     */
    private static final long WAKE_UP_NS = 50_000;

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
            double stolen = stolenNs(fork);
            if (stolen >= Math.max(OTHERS * capacity, UNCERTAIN_NS)) {
                return text("the host took %.1f %% of the CPUs", stolen, capacity);
            }
            if (others > Math.max(OTHERS * capacity, UNCERTAIN_NS)) {
                return text("others used %.1f %% of the CPUs", others, capacity);
            }
        }
        return hasCpusForAll(factors) ? waited(fork) : Optional.empty();
    }

    private static double stolenNs(Fork fork) {
        return fork.system().stealNs() == null
                ? 0
                : fork.system().stealNs() - fork.sum(Disturbance::wakeUpsNs);
    }

    private static double wakeUpsNs(EndCounters end) {
        return (double) WAKE_UP_NS * end.voluntarySwitches();
    }

    /** Returns the CPU time of other processes, and not of the ends' own compilers. */
    static double othersNs(Fork fork) {
        return fork.system() == null || fork.system().otherCpuNs() == null
                ? 0
                : Math.max(0, fork.system().otherCpuNs() - ownThreadsNs(fork));
    }

    /** Returns the CPU time of all threads of the ends' JVMs but the ends themselves. */
    private static long ownThreadsNs(Fork fork) {
        return fork.ends().values().stream()
                .filter(end -> end.processCpuNs() != null)
                .mapToLong(end -> Math.max(0, end.processCpuNs() - end.cpuNs()))
                .sum();
    }

    /**
     * An end that waited while its JVM's own compiler ran, or a helper of the mechanism, was not
     * disturbed by others: see V13 and V15.
     */
    private static Optional<String> waited(Fork fork) {
        double own = ownThreadsNs(fork) + fork.number(Numbers.HELPER_CPU_NS, 0);
        double longest =
                fork.ends().values().stream()
                        .filter(end -> end.runDelayNs() != null)
                        .mapToDouble(end -> end.runDelayNs() - wakeUpsNs(end) - own)
                        .max()
                        .orElse(0);
        return fork.durationNs() > 0 && longest > OTHERS * fork.durationNs()
                ? text(
                        "an end waited for its CPU for %.1f %% of the time",
                        longest, fork.durationNs())
                : Optional.empty();
    }

    /** Tests whether there is a CPU for each thread that needs one at the same time. */
    static boolean hasCpusForAll(Factors factors) {
        return factors.pattern().threads(factors.producers(), factors.consumers())
                <= factors.cpus().stream().distinct().count();
    }

    private static Optional<String> text(String format, double part, double all) {
        return Optional.of(String.format(Locale.ROOT, format, 100 * (part / all)));
    }
}
