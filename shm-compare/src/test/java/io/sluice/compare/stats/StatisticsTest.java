package io.sluice.compare.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.export.Metric;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Records;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Waiting;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatisticsTest {
    private static final double[] TEN = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

    @ParameterizedTest
    @CsvSource({
        "199, 50, false",
        "200, 50, true",
        "9999, 99, false",
        "10000, 99, true",
        "99999, 99.9, false",
        "100000, 99.9, true",
        "999999, 99.99, false",
        "1000000, 99.99, true",
        "1000000000, 100, false"
    })
    void aPercentileNeedsAHundredSamplesBeyondIt(long n, double percentile, boolean supported) {
        assertEquals(supported, Percentiles.supported(n, percentile));
    }

    @Test
    void anUnsupportedPercentileIsADash() {
        Histogram histogram = new Histogram(3);
        histogram.recordValueWithCount(1000, 5000);
        assertEquals(1000, Percentiles.at(histogram, 90), 1);
        assertTrue(Double.isNaN(Percentiles.at(histogram, 99)));
    }

    @Test
    void theBootstrapIsDeterminedByItsSeed() {
        double[] uneven = new SplittableRandom(3).doubles(11, 1, 2).toArray();
        assertEquals(new Bootstrap(7).ratio(uneven, TEN), new Bootstrap(7).ratio(uneven, TEN));
        assertNotEquals(new Bootstrap(7).ratio(uneven, TEN), new Bootstrap(8).ratio(uneven, TEN));
        Bootstrap bootstrap = new Bootstrap(7);
        Estimate first = bootstrap.median(TEN);
        bootstrap.ratio(TEN, TEN);
        assertEquals(first, bootstrap.median(TEN));
    }

    @Test
    void theIntervalOfAKnownCase() {
        Estimate median = new Bootstrap(1).median(TEN);
        assertEquals(5.5, median.value());
        // The exact interval of the bootstrapped median of 1..10 is about 2.5 to 8.5.
        assertTrue(median.lo() >= 2 && median.lo() <= 3.5, median.toString());
        assertTrue(median.hi() >= 7.5 && median.hi() <= 9, median.toString());
        Estimate constant = new Bootstrap(1).ratio(new double[] {6, 6, 6}, new double[] {2, 2, 2});
        assertEquals(new Estimate(3, 3, 3), constant);
    }

    @Test
    void theIntervalCoversTheTruthMostOfTheTime() {
        SplittableRandom random = new SplittableRandom(5);
        int covered = 0;
        for (int i = 0; i < 200; i++) {
            double[] forks = random.doubles(10, 90, 110).toArray();
            Estimate median = new Bootstrap(i).median(forks);
            covered += median.lo() <= 100 && median.hi() >= 100 ? 1 : 0;
        }
        assertTrue(covered >= 174, covered + " of 200");
    }

    @Test
    void oneForkHasNoInterval() {
        Estimate one = new Bootstrap(1).median(new double[] {5});
        assertEquals(5, one.value());
        assertFalse(one.hasInterval());
        assertFalse(one.above(0));
    }

    @Test
    void aMissingNumberIsNotComputedWith() {
        assertEquals(Estimate.NONE, new Bootstrap(1).median(new double[0]));
        assertEquals(Estimate.NONE, new Bootstrap(1).ratio(TEN, new double[] {1, Double.NaN}));
        assertEquals(Estimate.NONE, new Bootstrap(1).ratio(TEN, new double[] {0, 0}));
    }

    @Test
    void aRoundTripIsTwoMessages() {
        Results results = SyntheticResults.typical();
        Measurement measurement = find(results, "pipe", Waiting.BLOCK, Pattern.RTT);
        Map<Metric, Estimate> pipe = Metric.all(measurement);
        assertEquals(2.0, pipe.get(Metric.SYSTEM_CALLS_PER_MESSAGE).value(), 1e-9);
        assertEquals(1.0, CallCounts.byName(measurement).get("read"), 1e-9);
        assertEquals(1.0, pipe.get(Metric.VOLUNTARY_SWITCHES_PER_MESSAGE).value(), 1e-9);
        assertEquals(2e9 / (12_000 * 1.06), pipe.get(Metric.MESSAGES_PER_S).value(), 100);
        assertEquals(0.84, pipe.get(Metric.CPUS_BUSY).value(), 1e-3);
        assertEquals(12_000 * 1.06 * 0.84 / 2, pipe.get(Metric.CPU_NS_PER_MESSAGE).value(), 10);
        Estimate floorRatio =
                new Bootstrap(42)
                        .ratio(
                                Samples.percentile(measurement, 50),
                                floor(results, SyntheticResults.PLACEMENT));
        assertEquals(12_000 / 383.8, floorRatio.value(), 0.5);
        assertTrue(
                pipe.get(Metric.P999_NS).isKnown()
                        && pipe.get(Metric.P999_NS).value() > pipe.get(Metric.P99_NS).value());
    }

    @Test
    void aStreamedMessageIsOneMessage() {
        Results results = SyntheticResults.typical();
        Map<Metric, Estimate> pipe =
                Metric.all(find(results, "pipe", Waiting.BLOCK, Pattern.STREAM));
        assertEquals(2.0, pipe.get(Metric.SYSTEM_CALLS_PER_MESSAGE).value(), 1e-9);
        assertEquals(1_150_000, pipe.get(Metric.MESSAGES_PER_S).value(), 10);
        assertEquals(1_150_000 * 64.0, pipe.get(Metric.BYTES_PER_S).value(), 1000);
        assertFalse(pipe.get(Metric.P50_NS).isKnown());
        Measurement shared = find(results, "sluice", Waiting.SPIN, Pattern.STREAM);
        assertEquals(1.0, Metric.all(shared).get(Metric.CPUS_BUSY).value() / 2, 1e-6);
    }

    @Test
    void theForksSpanABandAroundTheirSum() {
        Measurement measurement = SyntheticResults.typical().measurements().get(0);
        MergedHistogram merged = new MergedHistogram(measurement);
        Estimate p50 = merged.at(50);
        assertTrue(p50.lo() < p50.value() && p50.value() < p50.hi(), p50.toString());
        assertEquals(
                Arrays.stream(Samples.percentile(measurement, 50)).min().getAsDouble(), p50.lo());
        assertTrue(merged.at(99.99).isKnown(), "a million samples support it");
        assertFalse(merged.at(99.999).isKnown());
    }

    @Test
    void theSharesAddUp() {
        Attribution attribution = Attribution.of(SyntheticResults.typical()).get(0);
        assertEquals(64, attribution.size());
        double sum =
                attribution.waitingShare().value()
                        + attribution.kernelShare().value()
                        + attribution.sharedShare().value();
        assertEquals(1, sum, 1e-9);
        assertEquals(0.8, attribution.waitingShare().value(), 0.01);
    }

    private static Measurement find(
            Results results, String mechanism, Waiting wait, Pattern pattern) {
        return Measurements.find(results, mechanism, wait, pattern, 64, SyntheticResults.PLACEMENT)
                .orElseThrow();
    }

    @Test
    void theFloorIsThatOfSharedMemorysOwnForks() {
        Results typical = SyntheticResults.typical();
        assertEquals(
                2,
                floor(typical, SyntheticResults.PLACEMENT).length,
                "before and after, as a fallback");
        List<Measurement> measurements =
                typical.measurements().stream().map(StatisticsTest::withFloor).toList();
        Results beside =
                Records.results(
                        typical.schema(),
                        typical.tool(),
                        typical.run(),
                        typical.environment(),
                        typical.floorBefore(),
                        typical.floorAfter(),
                        measurements);
        double[] floor = floor(beside, SyntheticResults.PLACEMENT);
        assertTrue(floor.length > 2, "one for each fork");
        assertEquals(400, floor[0]);
        assertEquals(401, floor[1]);
    }

    @Test
    void eachPlacementHasItsOwnFloor() {
        SyntheticResults both = new SyntheticResults();
        Measurement near = withFloor(spinning());
        both.measurement(near).measurement(SyntheticResults.in("one-cpu", near));
        both.measurement(SyntheticResults.in("cross-socket", withFloor(pipe())));
        both.measurement(SyntheticResults.in("cross-llc", pipe()));
        Results results = both.build();
        assertEquals(400, floor(results, SyntheticResults.PLACEMENT)[0]);
        assertEquals(9000, floor(results, "cross-socket")[0], "its own forks, spinning or not");
        assertEquals(0, floor(results, "one-cpu").length, "a line moves nowhere");
        assertEquals(0, floor(results, "cross-llc").length, "that of another pair does not count");
        assertEquals(SyntheticResults.PLACEMENT, Measurements.mainPlacement(results));
    }

    @Test
    void theMainPlacementIsThatOfTheRunsPair() {
        SyntheticResults first = new SyntheticResults();
        first.measurement(SyntheticResults.in("one-cpu", pipe())).measurement(pipe());
        assertEquals(SyntheticResults.PLACEMENT, Measurements.mainPlacement(first.build()));
        Results alone =
                new SyntheticResults().measurement(first.build().measurements().get(0)).build();
        assertEquals("one-cpu", Measurements.mainPlacement(alone));
        assertEquals(0, floor(alone, "one-cpu").length);
    }

    private static Measurement pipe() {
        return SyntheticResults.typical().measurements().get(0);
    }

    private static Measurement spinning() {
        return new SyntheticResults()
                .rtt("sluice", Waiting.SPIN, 64, 450)
                .build()
                .measurements()
                .get(0);
    }

    private static double[] floor(Results results, String placement) {
        return Samples.lineRoundTrip(results, placement);
    }

    /** Only round trips through shared memory count: the other forks' floors are far off. */
    private static Measurement withFloor(Measurement measurement) {
        boolean counts =
                measurement.factors().waiting().equals(Waiting.SPIN)
                        && measurement.factors().pattern() == Pattern.RTT;
        List<Fork> forks =
                measurement.forks().stream()
                        .map(
                                fork ->
                                        Records.fork(
                                                fork.n(),
                                                fork.messages(),
                                                fork.durationNs(),
                                                fork.hdr(),
                                                fork.meanUntimedNs(),
                                                fork.ends(),
                                                fork.n() + (counts ? 400 : 9000)))
                        .toList();
        return new Measurement(
                measurement.id(),
                measurement.factors(),
                measurement.status(),
                measurement.reason(),
                measurement.flags(),
                forks);
    }
}
