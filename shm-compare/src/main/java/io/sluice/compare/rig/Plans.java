package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import io.sluice.compare.transport.Transport;
import java.util.ArrayList;
import java.util.List;

/** The cells of a suite. */
public final class Plans {
    private static final int BURST = 100;
    private static final long BURST_PERIOD_NS = 1_000_000;
    private static final int OVERSUBSCRIBED_PAIRS = 3;
    private static final int MANY = 2;

    private Plans() {}

    /**
     * All cells of a suite.
     *
     * @param suite what to vary
     * @param transports the mechanisms to choose from
     * @return a cell for each combination that makes sense, whether it is possible here or not
     */
    public static List<CellPlan> of(Suite suite, List<Transport> transports) {
        return of(suite, transports, List.of());
    }

    /**
     * All cells of a suite, in several places.
     *
     * @param suite what to vary
     * @param transports the mechanisms to choose from
     * @param placements where the ends run; empty for the pair of the run only
     * @return a cell for each combination that makes sense, whether it is possible here or not
     */
    public static List<CellPlan> of(
            Suite suite, List<Transport> transports, List<Placement> placements) {
        List<CellPlan> plans = new ArrayList<>();
        for (String pattern : suite.patterns()) {
            for (Workload workload : workloads(suite, pattern)) {
                for (Transport transport : transports) {
                    if (suite.includes(transport.id(), transport.waiting())) {
                        if (placements.isEmpty()) {
                            plans.add(new CellPlan(transport, workload, null));
                        }
                        placements.forEach(
                                place -> plans.add(new CellPlan(transport, workload, place)));
                    }
                }
            }
        }
        return plans;
    }

    private static List<Workload> workloads(Suite suite, String pattern) {
        List<Workload> workloads = new ArrayList<>();
        boolean varied = pattern.equals(Factors.RTT) || pattern.equals(Factors.STREAM);
        int smallest = Math.min(64, suite.sizes().get(suite.sizes().size() - 1));
        for (int size : suite.sizes()) {
            // What does not depend much on the size is measured with one.
            if (varied || size == smallest || suite.sizes().size() == 1) {
                workloads.addAll(ofSize(suite, pattern, size));
            }
        }
        return workloads;
    }

    private static List<Workload> ofSize(Suite suite, String pattern, int size) {
        List<Workload> workloads = new ArrayList<>();
        Workload plain = Workload.of(pattern, size);
        switch (pattern) {
            case Factors.RTT:
                suite.touches().forEach(touch -> workloads.add(plain.touching(touch)));
                break;
            case Factors.STREAM:
                for (int batch : suite.batches()) {
                    suite.touches()
                            .forEach(t -> workloads.add(plain.inBatchesOf(batch).touching(t)));
                }
                break;
            case Factors.ONEWAY:
                for (double rate : suite.rates()) {
                    workloads.add(plain.at(rate, Factors.FIXED));
                    workloads.add(plain.at(rate, Factors.EXPONENTIAL));
                }
                suite.loads().forEach(l -> workloads.add(plain.atLoad(l, Factors.EXPONENTIAL)));
                break;
            case Factors.GAP:
                suite.gapsNs().forEach(gap -> workloads.add(plain.every(gap, 1)));
                break;
            case Factors.BURST:
                workloads.add(
                        plain.inBatchesOf(Workload.USUAL_BATCH).every(BURST_PERIOD_NS, BURST));
                break;
            case Factors.OVERSUB:
                workloads.add(plain.ends(OVERSUBSCRIBED_PAIRS, OVERSUBSCRIBED_PAIRS));
                break;
            case Factors.FANIN:
                workloads.add(plain.ends(MANY, 1));
                break;
            case Factors.FANOUT:
                workloads.add(plain.ends(1, MANY));
                break;
            default:
                workloads.add(plain);
        }
        return workloads;
    }
}
