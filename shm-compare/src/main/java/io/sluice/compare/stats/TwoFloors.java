package io.sluice.compare.stats;

import io.sluice.compare.result.Launch;
import io.sluice.compare.result.Results;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Two hardware speeds within a run. A host that moves a guest's CPUs changes a cache line's latency
 * from one launch to the next, and with it everything that two CPUs do together. Detected by the
 * widest gap between the floors that the launches of one placement measured: two placements
 * legitimately have two floors.
 *
 * @param placement where these launches ran
 * @param nearNs median round trip of the launches with the shorter latency
 * @param nearLaunches how many these are
 * @param farNs median round trip of the others
 * @param farLaunches how many those are
 */
public record TwoFloors(
        String placement, double nearNs, int nearLaunches, double farNs, int farLaunches) {
    /** A wider gap than noise causes. */
    private static final double APART = 1.5;

    /** Fewer than one in this many launches count as disturbed. */
    private static final int RARE = 20;

    /**
     * Finds them.
     *
     * @param results a run
     * @return one for each placement whose launches did not all have about the same floor, but for
     *     single ones
     */
    public static List<TwoFloors> of(Results results) {
        return results.cells().stream()
                .map(cell -> cell.factors().placement())
                .distinct()
                .flatMap(placement -> of(results, placement).stream())
                .toList();
    }

    private static Optional<TwoFloors> of(Results results, String placement) {
        double[] floors =
                results.cells().stream()
                        .filter(cell -> Objects.equals(cell.factors().placement(), placement))
                        .flatMap(cell -> cell.launches().stream())
                        .mapToDouble(Launch::lineRoundTripNs)
                        .filter(ns -> ns > 0)
                        .sorted()
                        .toArray();
        int split = 0;
        double widest = APART;
        for (int i = 1; i < floors.length; i++) {
            if (floors[i] / floors[i - 1] > widest) {
                widest = floors[i] / floors[i - 1];
                split = i;
            }
        }
        int smaller = Math.min(split, floors.length - split);
        if (smaller == 0 || smaller * RARE < floors.length) {
            return Optional.empty();
        }
        return Optional.of(
                new TwoFloors(
                        placement,
                        floors[split / 2],
                        split,
                        floors[split + (floors.length - split) / 2],
                        floors.length - split));
    }
}
