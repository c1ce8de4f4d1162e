package io.sluice.compare.stats;

import io.sluice.compare.result.Results;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Two hardware speeds within a run. A host that moves a guest's CPUs changes a cache line's latency
 * from one block to the next, and with it everything that two CPUs do together. Detected by the
 * widest gap between the floors that the blocks of one placement measured: two placements
 * legitimately have two floors.
 *
 * @param placement where these blocks ran
 * @param lowNs median round trip of the blocks with the shorter latency
 * @param lowBlocks how many these are
 * @param highNs median round trip of the others
 * @param highBlocks how many those are
 */
public record BimodalFloor(
        String placement, double lowNs, int lowBlocks, double highNs, int highBlocks) {
    /** A wider gap than noise causes. */
    private static final double MIN_RATIO = 1.5;

    /** Fewer than one in this many blocks count as disturbed. */
    private static final int RARE = 20;

    private static final String WORDS =
            "the CPUs were near in %d blocks and far in %d: a cache line took %.0f or %.0f ns";

    /**
     * Finds them.
     *
     * @param results a run
     * @return one for each placement whose blocks did not all have about the same floor, but for
     *     single ones
     */
    public static List<BimodalFloor> of(Results results) {
        return results.measurements().stream()
                .map(measurement -> measurement.factors().placement())
                .distinct()
                .flatMap(placement -> of(results, placement).stream())
                .toList();
    }

    private static Optional<BimodalFloor> of(Results results, String placement) {
        double[] floors = Samples.lines(results, placement, measurement -> true);
        Arrays.sort(floors);
        int split = 0;
        double widest = MIN_RATIO;
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
                new BimodalFloor(
                        placement,
                        floors[split / 2],
                        split,
                        floors[split + (floors.length - split) / 2],
                        floors.length - split));
    }

    /** Returns it as a sentence without its point. */
    String words() {
        return String.format(Locale.ROOT, WORDS, lowBlocks, highBlocks, lowNs, highNs);
    }
}
