package io.sluice.compare.rig;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.SystemCounters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/** Combines the results of the ends of a fork. */
final class Forks {
    private Forks() {}

    /** Returns the fork of one pair. */
    static Fork of(int n, PairLauncher.PairResult pairResult) {
        // The clock is at the only end of its side; that is the receiver's where many send.
        boolean many = pairResult.initiators().size() > 1 || pairResult.initiators().isEmpty();
        EndpointResult first = many ? pairResult.responder() : pairResult.initiator();
        Map<String, EndCounters> ends = new LinkedHashMap<>();
        put(ends, Fork.INITIATOR, pairResult.initiators());
        put(ends, Fork.RESPONDER, pairResult.responders());
        BlockResult measured = first.block();
        Map<String, Double> numbers = new TreeMap<>(measured.numbers());
        numbers.remove(PeerDeath.NOTICED_AT);
        numbers.remove(Numbers.HELPER_CPU_NS);
        numbers.putAll(pairResult.numbers());
        ofAllEnds(pairResult, numbers);
        return new Fork(
                n,
                measured.messages(),
                measured.durationNs(),
                measured.hdr(),
                measured.meanUntimedNs(),
                ends,
                first.lineRoundTripNs(),
                measured.service(),
                measured.response(),
                others(first.system(), ends, numbers),
                measured.windows(),
                numbers);
    }

    /** Combines what each end reports itself. */
    private static void ofAllEnds(PairLauncher.PairResult pairResult, Map<String, Double> numbers) {
        Stream.of(pairResult.initiators(), pairResult.responders())
                .flatMap(List::stream)
                .map(end -> end.block().numbers())
                .forEach(
                        of -> {
                            merge(numbers, of, Numbers.INJECTED_PAUSE_NS, Math::max);
                            merge(numbers, of, Numbers.HELPER_CPU_NS, Double::sum);
                        });
    }

    private static void merge(
            Map<String, Double> all,
            Map<String, Double> one,
            String name,
            BinaryOperator<Double> both) {
        if (one.containsKey(name)) {
            all.merge(name, one.get(name), both);
        }
    }

    private static void put(
            Map<String, EndCounters> ends, String side, List<EndpointResult> results) {
        for (int i = 0; i < results.size(); i++) {
            ends.put(results.size() == 1 ? side : side + "." + (i + 1), results.get(i).counters());
        }
    }

    /** Returns the fork of several pairs that ran together: all their messages in one. */
    static Fork together(int n, List<PairLauncher.PairResult> pairResults, Placement place) {
        Histogram all = Conversation.histogram();
        long messages = 0;
        long duration = 0;
        Map<String, EndCounters> ends = new LinkedHashMap<>();
        SystemCounters system = null;
        Map<String, Double> numbers = new TreeMap<>();
        numbers.put(Numbers.PAIRS, (double) pairResults.size());
        numbers.put(Numbers.CPUS, (double) place.cpus().stream().distinct().count());
        pairResults.forEach(pairResult -> ofAllEnds(pairResult, numbers));
        for (int i = 0; i < pairResults.size(); i++) {
            EndpointResult initiator = pairResults.get(i).initiator();
            all.add(Hdr.decode(initiator.block().hdr()));
            messages += initiator.block().messages();
            duration = Math.max(duration, initiator.block().durationNs());
            ends.put(Fork.INITIATOR + "." + (i + 1), initiator.counters());
            ends.put(Fork.RESPONDER + "." + (i + 1), pairResults.get(i).responder().counters());
            system = initiator.system();
        }
        return new Fork(
                n,
                messages,
                duration,
                Hdr.encode(all),
                0,
                ends,
                0,
                null,
                null,
                others(system, ends, numbers),
                List.of(),
                numbers);
    }

    /** Subtracts the CPU time of the ends themselves and of their helpers. */
    private static SystemCounters others(
            SystemCounters system, Map<String, EndCounters> ends, Map<String, Double> numbers) {
        if (system == null || system.otherCpuNs() == null) {
            return system;
        }
        long own = ends.values().stream().mapToLong(EndCounters::cpuNs).sum();
        own += numbers.getOrDefault(Numbers.HELPER_CPU_NS, 0.0).longValue();
        return new SystemCounters(
                system.wallNs(),
                system.stealNs(),
                Math.max(0, system.otherCpuNs() - own),
                system.rescheduleInterrupts(),
                system.functionCallInterrupts());
    }
}
