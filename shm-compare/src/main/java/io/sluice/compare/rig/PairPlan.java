package io.sluice.compare.rig;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Role;
import java.util.List;

/**
 * What to fork.
 *
 * @param transport the mechanism's name
 * @param workloads what the ends do, one after the other over one link
 * @param placement where
 * @param durations how long
 * @param seed decides what is left to chance
 * @param fault the injected fault, or null
 */
record PairPlan(
        String transport,
        List<Workload> workloads,
        Placement placement,
        ForkDurations durations,
        long seed,
        Fault fault) {
    PairPlan {
        workloads = List.copyOf(workloads);
    }

    /** Returns the only workload, or the first, which has the size of all. */
    Workload workload() {
        return workloads.get(0);
    }

    /** Returns how many ends a side has. Each responder has a link of its own. */
    int ends(Role side) {
        return side == Role.INITIATOR ? workload().producers() : workload().consumers();
    }

    /** Tests whether the two ends have their CPUs to themselves, and so a floor between them. */
    boolean hasFloor() {
        Pattern pattern = workload().pattern();
        return placement.separateCpus() && !pattern.hasSeveralEnds() && pattern != Pattern.OVERSUB;
    }

    /** Tests whether the ends need a place for the times at which messages arrive. */
    boolean hasArrivals() {
        return workloads.stream().anyMatch(each -> each.pattern() == Pattern.ONEWAY);
    }

    /** Returns how long the measured blocks may take at the most. */
    long blockNs() {
        return workloads.stream()
                .map(each -> Pace.of(each).map(pace -> pace.blockNs(durations)).orElse(0L))
                .mapToLong(
                        paced ->
                                2 * Math.max(paced, durations.limitNs())
                                        + Initiator.longestWarmUpNs(durations))
                .sum();
    }
}
