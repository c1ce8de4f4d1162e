package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.transport.Transport;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The cells of a suite. */
public final class Plans {
    private static final int BURST = 100;
    private static final long BURST_PERIOD_NS = 1_000_000;
    private static final int OVERSUBSCRIBED_PAIRS = 3;
    private static final int MANY = 2;

    private Plans() {}

    /**
     * Returns all cells of a suite, for a run on the first two CPUs.
     *
     * @param suite what to vary
     * @param transports the mechanisms to choose from
     * @return a cell for each combination that makes sense, whether it is possible here or not
     */
    public static List<MeasurementPlan> of(Suite suite, List<Transport> transports) {
        return of(suite, transports, List.of(), List.of(0, 1));
    }

    /**
     * Returns all cells of a suite, in several places.
     *
     * @param suite what to vary
     * @param transports the mechanisms to choose from
     * @param placements where the ends run; empty for the pair of the run and the placements that
     *     parts of the suite name
     * @param pair the CPUs of the run
     * @return a cell for each combination that makes sense, whether it is possible here or not
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
                    Workload touched = plain.withTouch(touch);
                    if (part.rttRates().isEmpty()) {
                        workloads.add(touched);
                    }
                    part.rttRates().forEach(r -> workloads.add(touched.withRate(r, Factors.FIXED)));
                }
                break;
            case STREAM:
                for (int batch : part.batches()) {
                    part.touches().forEach(t -> workloads.add(plain.withBatch(batch).withTouch(t)));
                }
                break;
            case ONEWAY:
                for (double rate : part.rates()) {
                    part.schedules().forEach(times -> workloads.add(plain.withRate(rate, times)));
                }
                part.loads().forEach(l -> workloads.add(plain.withLoad(l, Factors.EXPONENTIAL)));
                break;
            case GAP:
                part.gapsNs().forEach(gap -> workloads.add(plain.withGap(gap, 1)));
                break;
            case BURST:
                workloads.add(
                        plain.withBatch(Workload.DEFAULT_BATCH).withGap(BURST_PERIOD_NS, BURST));
                break;
            case OVERSUB:
                workloads.add(plain.withEnds(OVERSUBSCRIBED_PAIRS, OVERSUBSCRIBED_PAIRS));
                break;
            case FANIN:
                workloads.add(plain.withEnds(MANY, 1));
                break;
            case FANOUT:
                workloads.add(plain.withEnds(1, MANY));
                break;
            default:
                workloads.add(plain);
        }
        return workloads;
    }
}
