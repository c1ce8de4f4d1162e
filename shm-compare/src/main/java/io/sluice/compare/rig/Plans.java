package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Transport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The measurements of a suite. */
public final class Plans {
    private static final int BURST = 100;

    /** Patterns that need no more than the two ends of a link, and leave it as it was. */
    private static final List<Pattern> SHARING =
            List.of(Pattern.RTT, Pattern.STREAM, Pattern.ONEWAY, Pattern.GAP, Pattern.BURST);

    private static final long BURST_PERIOD_NS = 1_000_000;
    private static final int OVERSUBSCRIBED_PAIRS = 3;
    private static final int MANY = 2;

    private Plans() {}

    /**
     * Returns all measurements of a suite, for a run on the first two CPUs.
     *
     * @param suite what to vary
     * @param transports the mechanisms to choose from
     * @return a measurement for each combination that makes sense, whether it is possible here or
     *     not
     */
    public static List<MeasurementPlan> of(Suite suite, List<Transport> transports) {
        return of(suite, transports, List.of(), List.of(0, 1));
    }

    /**
     * Returns all measurements of a suite, in several places.
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
            List<Placement> places =
                    placements.isEmpty()
                            ? part.placements().stream()
                                    .map(name -> Placement.of(name, pair))
                                    .toList()
                            : placements;
            for (Pattern pattern : part.patterns()) {
                for (Workload workload : workloads(part, pattern)) {
                    transports.stream()
                            .filter(part::includes)
                            .forEach(each -> add(plans, each, workload, places));
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
        Map<List<Object>, List<MeasurementPlan>> groups = new LinkedHashMap<>();
        for (MeasurementPlan plan : plans) {
            List<Object> shared =
                    Arrays.asList(
                            plan.transport().name(),
                            plan.size(),
                            plan.workload().touchedBytes(),
                            plan.placement(),
                            alone || !SHARING.contains(plan.pattern()) ? plan : null);
            groups.computeIfAbsent(shared, key -> new ArrayList<>()).add(plan);
        }
        return List.copyOf(groups.values());
    }

    private static void add(
            Set<MeasurementPlan> plans,
            Transport transport,
            Workload workload,
            List<Placement> placements) {
        if (placements.isEmpty()) {
            plans.add(new MeasurementPlan(transport, workload, null));
        }
        placements.forEach(place -> plans.add(new MeasurementPlan(transport, workload, place)));
    }

    private static List<Workload> workloads(Selection part, Pattern pattern) {
        List<Workload> workloads = new ArrayList<>();
        // Patterns that hardly depend on the size are measured with one size.
        int usual = part.sizes().contains(64) ? 64 : part.sizes().get(0);
        for (int size : pattern.variesWithSize() ? part.sizes() : List.of(usual)) {
            workloads.addAll(ofSize(part, pattern, size));
        }
        return workloads;
    }

    private static List<Workload> ofSize(Selection part, Pattern pattern, int size) {
        List<Workload> workloads = new ArrayList<>();
        Workload plain = Workload.of(pattern, size);
        switch (pattern) {
            case RTT:
                for (String touch : part.touches()) {
                    Workload touched = plain.with(w -> w.touch = touch);
                    if (part.rttRates().isEmpty()) {
                        workloads.add(touched);
                    }
                    part.rttRates()
                            .forEach(r -> workloads.add(touched.with(w -> w.ratePerSecond = r)));
                }
                break;
            case STREAM:
                for (int batch : part.batches()) {
                    Workload streamed = plain.with(w -> w.batch = batch);
                    part.touches().forEach(t -> workloads.add(streamed.with(w -> w.touch = t)));
                }
                break;
            case ONEWAY:
                for (double rate : part.rates()) {
                    Workload paced = plain.with(w -> w.ratePerSecond = rate);
                    part.schedules().forEach(s -> workloads.add(paced.with(w -> w.schedule = s)));
                }
                Workload random = plain.with(w -> w.schedule = Factors.EXPONENTIAL);
                part.loads().forEach(l -> workloads.add(random.with(w -> w.load = l)));
                break;
            case GAP:
                part.gapsNs().forEach(gap -> workloads.add(plain.with(w -> w.gapNs = gap)));
                break;
            case BURST:
                workloads.add(
                        plain.with(
                                w -> {
                                    w.batch = Workload.DEFAULT_BATCH;
                                    w.gapNs = BURST_PERIOD_NS;
                                    w.burst = BURST;
                                }));
                break;
            case OVERSUB:
                workloads.add(plain.with(w -> w.producers = w.consumers = OVERSUBSCRIBED_PAIRS));
                break;
            case FANIN:
                workloads.add(plain.with(w -> w.producers = MANY));
                break;
            case FANOUT:
                workloads.add(plain.with(w -> w.consumers = MANY));
                break;
            default:
                workloads.add(plain);
        }
        return workloads;
    }
}
