package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.report.Comparison.Finding;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.SyntheticResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_OUT)
class ComparisonTest {
    @Test
    void runsOfTheSameProgramAreSeldomCalledWorse() {
        SplittableRandom random = new SplittableRandom(11);
        int alarms = 0;
        for (int i = 0; i < 200; i++) {
            Results before = streams(random, 1);
            alarms += new Comparison(before, streams(random, 1), 0).regressed() ? 1 : 0;
        }
        System.out.printf(
                "40 measurements, 5 forks: false alarm in %d of 200 comparisons%n", alarms);
        assertTrue(alarms <= 20, alarms + " of 200, at most 5 % are to be expected");
    }

    @Test
    void whatIsBeyondTheThresholdIsFoundAndWhatIsWithinItIsNot() {
        SplittableRandom random = new SplittableRandom(12);
        Results before = streams(random, 1);
        Comparison worse = new Comparison(before, streams(random, 1.5), 0.03);
        assertEquals(List.of("measurement-0 WORSE"), shown(worse));
        assertTrue(worse.regressed());
        Comparison better = new Comparison(streams(random, 1.5), before, 0.03);
        assertEquals(List.of("measurement-0 BETTER"), shown(better));
        assertFalse(better.regressed());
        assertEquals(List.of(), shown(new Comparison(before, streams(random, 1.5), 0.9)));
    }

    private static List<String> shown(Comparison comparison) {
        return comparison.rows().stream()
                .filter(row -> row.finding() != Finding.NONE_SHOWN)
                .map(row -> row.measurement() + " " + row.finding())
                .toList();
    }

    /**
     * Forty measurements of five forks that differ by 5 %; the first takes so many times as long.
     */
    private static Results streams(SplittableRandom random, double times) {
        SyntheticResults results = new SyntheticResults();
        for (int measurement = 0; measurement < 40; measurement++) {
            List<Fork> forks = new ArrayList<>();
            for (int n = 0; n < 5; n++) {
                double ns = 1e9 * Math.exp(0.05 * random.nextGaussian());
                long duration = (long) (measurement == 0 ? times * ns : ns);
                forks.add(Records.fork(n, 1_000_000, duration, null, 0, Map.of(), 0));
            }
            Factors factors =
                    Records.factors(
                            "pipe",
                            Waiting.BLOCK,
                            Pattern.STREAM,
                            64,
                            Touch.FULL,
                            SyntheticResults.PLACEMENT,
                            List.of(0, 1),
                            65536);
            results.measurement(
                    new Measurement(
                            "measurement-" + measurement,
                            factors,
                            Measurement.OK,
                            null,
                            List.of(),
                            forks));
        }
        return results.build();
    }

    @Test
    void messagesAtARateAreComparedByTheirOwnTimes() {
        Results before = CompleteResults.build();
        String measurement = "pipe/block/oneway/64/1000.0";
        List<String> numbers =
                new Comparison(before, before, 0.03)
                        .rows().stream()
                                .filter(
                                        comparisonRow ->
                                                comparisonRow.measurement().equals(measurement))
                                .map(Comparison.ComparisonRow::number)
                                .toList();
        assertTrue(
                numbers.containsAll(
                        List.of("service p50", "response p50", "service p99", "response p99")),
                numbers.toString());
    }
}
