package io.sluice.compare.rig;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.ForkBuilder;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.SystemCounters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;

/**
 * The results of the ends of a fork.
 *
 * @param plan what was forked
 * @param initiators empty if it was killed
 * @param responders the others'
 */
record PairResult(PairPlan plan, List<EndpointResult> initiators, List<EndpointResult> responders) {
    /** What each end reports itself, and how that becomes one number. */
    private static final Map<String, BinaryOperator<Double>> OF_ALL_ENDS =
            Map.of(Numbers.INJECTED_PAUSE_NS, Math::max, Numbers.HELPER_CPU_NS, Double::sum);

    /** Returns the only one, or the first; null if it was killed. */
    EndpointResult initiator() {
        return initiators.isEmpty() ? null : initiators.get(0);
    }

    /** Returns the only one, or the first. */
    EndpointResult responder() {
        return responders.get(0);
    }

    /** Tests whether an end that was not killed ran on another CPU than it should. */
    boolean hasMoved() {
        return hasMoved(initiator(), 0) || hasMoved(responder(), 1);
    }

    private boolean hasMoved(EndpointResult end, int number) {
        int cpu = plan.placement().cpu(number);
        return end != null && cpu >= 0 && end.cpu != cpu;
    }

    /** Returns the fork: what the ends with a clock measured, and what each end used. */
    Fork fork(int n) {
        // The clock is the initiator's; the receiver's where many send, or where it survives.
        boolean isReceivers = initiators.size() != 1 && responders.size() == 1;
        EndpointResult measured = isReceivers ? responder() : EndpointResult.together(initiators);
        Map<String, EndCounters> ends = new LinkedHashMap<>();
        put(ends, Fork.INITIATOR, initiators);
        put(ends, Fork.RESPONDER, responders);
        Map<String, Double> numbers = new TreeMap<>(measured.numbers);
        if (plan.workload().pattern() == Pattern.OVERSUB) {
            numbers.put(Numbers.PAIRS, (double) initiators.size());
            numbers.put(Numbers.CPUS, (double) plan.placement().cpus().stream().distinct().count());
        }
        OF_ALL_ENDS.forEach(
                (name, both) ->
                        Stream.concat(initiators.stream(), responders.stream())
                                .map(end -> end.numbers.get(name))
                                .filter(Objects::nonNull)
                                .reduce(both)
                                .ifPresent(all -> numbers.put(name, all)));
        return ForkBuilder.builder()
                .n(n)
                .messages(measured.messages)
                .durationNs(measured.durationNs)
                .hdr(measured.hdr)
                .meanUntimedNs(measured.meanUntimedNs)
                .ends(ends)
                .lineRoundTripNs(measured.lineRoundTripNs)
                .service(measured.service)
                .response(measured.response)
                .system(others(measured.system, ends, numbers))
                .windows(measured.windows)
                .numbers(numbers)
                .build();
    }

    private static void put(
            Map<String, EndCounters> ends, String side, List<EndpointResult> results) {
        for (int i = 0; i < results.size(); i++) {
            ends.put(results.size() == 1 ? side : side + "." + (i + 1), results.get(i).counters);
        }
    }

    /** Subtracts the CPU time of the ends themselves and of their helpers. */
    private static SystemCounters others(
            SystemCounters system, Map<String, EndCounters> ends, Map<String, Double> numbers) {
        if (system == null || system.otherCpuNs() == null) {
            return system;
        }
        long own = ends.values().stream().mapToLong(EndCounters::cpuNs).sum();
        own += numbers.getOrDefault(Numbers.HELPER_CPU_NS, 0.0).longValue();
        return system.withOtherCpuNs(Math.max(0, system.otherCpuNs() - own));
    }
}
