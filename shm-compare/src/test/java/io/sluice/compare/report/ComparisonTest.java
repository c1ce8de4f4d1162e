package io.sluice.compare.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.report.Comparison.Finding;
import io.sluice.compare.result.Results;
import io.sluice.compare.stats.Estimate;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    @Test
    void onlyAWholeIntervalBeyondTheThresholdIsADifference() {
        assertEquals(Finding.WORSE, finding(1.2, 1.04, 1.3));
        assertEquals(Finding.NONE_SHOWN, finding(1.2, 1.02, 1.3));
        assertEquals(Finding.NONE_SHOWN, finding(1.2, 0.9, 1.3));
        assertEquals(Finding.BETTER, finding(0.8, 0.7, 0.96));
        assertEquals(Finding.NONE_SHOWN, finding(0.8, 0.7, 0.98));
        assertEquals(Finding.NO_INTERVAL, finding(2, Double.NaN, Double.NaN));
    }

    @Test
    void messagesAtARateAreComparedByTheirOwnTimes() {
        Results before = CompleteResults.build();
        String cell = "pipe/block/oneway/64/1000.0";
        List<String> numbers =
                new Comparison(before, before, 0.03)
                        .rows().stream()
                                .filter(comparisonRow -> comparisonRow.measurement().equals(cell))
                                .map(Comparison.ComparisonRow::number)
                                .toList();
        assertTrue(
                numbers.containsAll(
                        List.of("service p50", "response p50", "service p99", "response p99")),
                numbers.toString());
    }

    private static Finding finding(double value, double lo, double hi) {
        return Comparison.finding(new Estimate(value, lo, hi), 0.03);
    }
}
