package io.sluice.compare.stats;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * What a mechanism costs in CPU while it carries a given number of messages a second, which is what
 * most programs do: a saturated run says nothing about it. A receiver that spins uses a whole CPU
 * at any rate; one that sleeps pays for each wake-up.
 *
 * @param measurement one way at a fixed rate (open loop)
 * @param ratePerSecond the messages a second
 * @param receiver CPUs that the receiver and helpers of both ends used, 0 to 1 or more
 * @param both the same and the part of its time that the sender was in calls that send. The rest of
 *     the sender's CPU time keeps the schedule, and is no cost of the mechanism
 */
public record CpuAtRate(
        Measurement measurement, double ratePerSecond, Estimate receiver, Estimate both) {
    /**
     * Returns all that a run measured between its CPUs, with valid numbers.
     *
     * @return lowest rate first, then in the order of the results
     */
    public static List<CpuAtRate> of(Results results) {
        String placement = Measurements.mainPlacement(results);
        return results.measurements().stream()
                .filter(Measurement::usable)
                .filter(m -> isAtRate(m.factors()))
                .filter(m -> Objects.equals(m.factors().placement(), placement))
                .map(m -> of(m, Bootstrap.of(results)))
                .sorted(Comparator.comparingDouble(CpuAtRate::ratePerSecond))
                .toList();
    }

    private static CpuAtRate of(Measurement m, Bootstrap bootstrap) {
        double[] both =
                Samples.each(
                        m,
                        fork ->
                                (receiverNs(fork) + fork.number(Numbers.SENDING_NS, Double.NaN))
                                        / fork.durationNs());
        double rate = m.factors().ratePerSecond();
        return new CpuAtRate(m, rate, bootstrap.median(receiver(m)), bootstrap.median(both));
    }

    /** Tests whether factors are those of messages at a fixed rate, one way. */
    public static boolean isAtRate(Factors factors) {
        return factors.pattern() == Pattern.ONEWAY
                && factors.ratePerSecond() != null
                && Factors.FIXED.equals(factors.schedule());
    }

    /** Returns the CPUs that the receiver and helpers of both ends used in each fork. */
    public static double[] receiver(Measurement measurement) {
        return Samples.each(measurement, fork -> receiverNs(fork) / fork.durationNs());
    }

    private static double receiverNs(Fork fork) {
        return fork.number(Numbers.HELPER_CPU_NS, 0)
                + fork.ends(Fork.RESPONDER).stream().mapToDouble(EndCounters::cpuNs).sum();
    }
}
