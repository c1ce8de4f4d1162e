package io.sluice.compare.report;

import io.sluice.compare.result.Audit;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsBuilder;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.SyntheticResults;
import java.util.List;
import java.util.Map;

/**
 * Round trips of a mechanism whose calls are made inside a library, which its ends do not count.
 */
public final class UncountedResults {
    private UncountedResults() {}

    public static Results results(Audit... audits) {
        // A mechanism that spins has no calls in these results, as if they had not been counted.
        Results r =
                new SyntheticResults()
                        .rttWithoutSleep("nio.uds", Waiting.BLOCK, 64, 14_000)
                        .rtt("pipe", Waiting.BLOCK, 64, 12_000)
                        .build();
        return ResultsBuilder.builder(r)
                .floorPairs(null)
                .attribution(null)
                .traits(
                        Map.of(
                                "nio.uds",
                                Map.of(
                                        "other calls",
                                        "One write, made inside the JDK and not counted.")))
                .audit(List.of(audits))
                .notMeasured(null)
                .flags(null)
                .build();
    }
}
