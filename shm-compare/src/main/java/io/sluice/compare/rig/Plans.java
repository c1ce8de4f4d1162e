package io.sluice.compare.rig;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Schedule;
import io.sluice.compare.transport.Transport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The measurements of a suite. */
public final class Plans {
    /** Patterns that need no more than the two ends of a link, and leave it as it was. */
    private static final Set<Pattern> SHARING =
            Set.of(Pattern.RTT, Pattern.STREAM, Pattern.ONEWAY, Pattern.GAP, Pattern.BURST);

    private Plans() {}

    /**
     * Returns all measurements of a suite.
     *
     * @param suite what to vary
     * @param transports the mechanisms to choose from
     * @param placements where the ends run; empty for the pair of the run and the placements that
     *     parts of the suite name
     * @param pair the CPUs of the run
     * @return a measurement for each combination that makes sense, whether it is possible here or
     *     not
     */
    public static List<MeasurementPlan> of(
            Suite suite,
            List<Transport> transports,
            List<Placement> placements,
            List<Integer> pair) {
        Set<MeasurementPlan> plans = new LinkedHashSet<>();
        for (Selection part : suite.parts()) {
            List<Placement> named =
                    part.placements().stream().map(name -> Placement.of(name, pair)).toList();
            List<Placement> chosen = placements.isEmpty() ? named : placements;
            List<Placement> places = chosen.isEmpty() ? Collections.singletonList(null) : chosen;
            List<Transport> included = transports.stream().filter(part::includes).toList();
            for (Pattern pattern : part.patterns()) {
                for (Workload workload : workloads(part, pattern).toList()) {
                    for (Transport each : included) {
                        places.forEach(at -> plans.add(new MeasurementPlan(each, workload, at)));
                    }
                }
            }
        }
        return List.copyOf(plans);
    }

    /**
     * Returns the plans of a suite that this machine can measure.
     *
     * @param suite what to vary
     * @param transports the mechanisms to choose from
     * @param pair the CPUs of the run
     * @return those that are possible
     */
    public static List<MeasurementPlan> possible(
            Suite suite, List<Transport> transports, List<Integer> pair) {
        List<Transport> available =
                transports.stream().filter(each -> each.unavailable().isEmpty()).toList();
        return of(suite, available, List.of(), pair).stream()
                .filter(plan -> plan.unfit().isEmpty())
                .toList();
    }

    /**
     * Returns what shares its forks: measurements of one mechanism with messages of one size, which
     * follow one another over the same link. To start two virtual machines takes longer than a
     * block.
     *
     * @param plans what is to be measured
     * @param alone whether each gets forks of its own
     * @return the groups, in the order of their first plans
     */
    public static List<List<MeasurementPlan>> groups(
            Collection<MeasurementPlan> plans, boolean alone) {
        var groups =
                plans.stream()
                        .collect(
                                Collectors.groupingBy(
                                        plan -> shared(plan, alone),
                                        LinkedHashMap::new,
                                        Collectors.toList()));
        return List.copyOf(groups.values());
    }

    private static List<Object> shared(MeasurementPlan plan, boolean alone) {
        return Arrays.asList(
                plan.transport().name(),
                plan.size(),
                plan.workload().touchedBytes(),
                plan.placement(),
                alone || !SHARING.contains(plan.pattern()) ? plan : null);
    }

    /**
     * Orders every group once in each round, each round in an order of its own, and each group too.
     */
    static <T> List<List<List<T>>> order(List<List<T>> groups, long seed, int rounds) {
        Random random = new Random(seed);
        return Stream.generate(() -> groups.stream().map(each -> shuffled(each, random)).toList())
                .map(round -> shuffled(round, random))
                .limit(rounds)
                .toList();
    }

    private static <T> List<T> shuffled(List<T> list, Random random) {
        List<T> copy = new ArrayList<>(list);
        Collections.shuffle(copy, random);
        return copy;
    }

    private static Stream<Workload> workloads(Selection part, Pattern pattern) {
        // Patterns that hardly depend on the size are measured with one size.
        int usual = part.sizes().contains(64) ? 64 : part.sizes().get(0);
        List<Integer> sizes = pattern.variesWithSize() ? part.sizes() : List.of(usual);
        return sizes.stream().flatMap(size -> varied(part, Workload.of(pattern, size)));
    }

    private static Stream<Workload> varied(Selection part, Workload plain) {
        return switch (plain.pattern()) {
            case RTT ->
                    part.touches().stream()
                            .map(plain::withTouch)
                            .flatMap(
                                    touching ->
                                            part.rttRates().stream()
                                                    .map(touching::withRatePerSecond));
            case STREAM ->
                    part.batches().stream()
                            .map(plain::withBatch)
                            .flatMap(batched -> part.touches().stream().map(batched::withTouch));
            case ONEWAY -> {
                Workload random = plain.withSchedule(Schedule.EXPONENTIAL);
                yield Stream.concat(
                        part.rates().stream()
                                .map(plain::withRatePerSecond)
                                .flatMap(w -> part.schedules().stream().map(w::withSchedule)),
                        part.loads().stream().map(random::withLoad));
            }
            case GAP -> part.gapsNs().stream().map(plain::withGapNs);
            default -> Stream.of(plain);
        };
    }
}
