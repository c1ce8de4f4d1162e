package io.sluice.compare.stats;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Schedule;

/**
 * What a mechanism costs in CPU while it carries a given number of messages a second, which is what
 * most programs do: a saturated run says nothing about it. A receiver that spins uses a whole CPU
 * at any rate; one that sleeps pays for each wake-up.
 */
public final class CpuAtRate {
    private CpuAtRate() {}

    /** Tests whether factors are those of messages at a fixed rate, one way. */
    public static boolean isAtRate(Factors factors) {
        return factors.pattern() == Pattern.ONEWAY
                && factors.ratePerSecond() != null
                && factors.schedule() == Schedule.FIXED;
    }

    /**
     * Returns the CPUs that the receiver and helpers of both ends used, 0 to 1 or more; NaN where
     * the receiver did not count.
     */
    public static double receiver(Fork fork) {
        return Samples.cpusBusy(fork, fork.ends(Fork.RESPONDER));
    }

    /**
     * Returns the same and the part of its time that the sender was in calls that send; NaN in
     * older results. The rest of the sender's CPU time keeps the schedule, and is no cost of the
     * mechanism.
     */
    public static double bothEnds(Fork fork) {
        return receiver(fork) + fork.number(Numbers.SENDING_NS, Double.NaN) / fork.durationNs();
    }
}
