package io.sluice.compare.stats;

import io.sluice.compare.result.Results;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Medians over forks, and what is computed from several of them. With {@value
 * Estimate#FOR_INTERVAL} forks or more they have 95 % intervals: that of a median by order
 * statistics, that of what several medians give by the percentile bootstrap: forks are drawn again
 * with replacement, each measurement by itself, {@value #RESAMPLES} times. The same seed gives the
 * same interval, independent of earlier calls. With fewer forks no interval reaches 95 %, and what
 * is given is the range of the forks.
 *
 * <p>Immutable: any thread may call.
 */
public final class Bootstrap {
    private static final int RESAMPLES = 2000;

    /** With more forks than this the binomial distribution is as good as normal. */
    private static final int LARGE = 500;

    private final long seed;

    /** Makes one that draws with this seed. */
    public Bootstrap(long seed) {
        this.seed = seed;
    }

    /** Returns one that draws with the seed of a run. */
    public static Bootstrap of(Results results) {
        return new Bootstrap(results.run() == null ? 0 : results.run().seed());
    }

    /** Returns the median of one number a fork. */
    public Estimate median(double[] forks) {
        return of(medians -> medians[0], forks);
    }

    /** Returns how many times the median of the second the median of the first is. */
    public Estimate ratio(double[] numerator, double[] denominator) {
        return of(medians -> medians[0] / medians[1], numerator, denominator);
    }

    /**
     * Returns a function of the medians of several measurements.
     *
     * @param statistic receives one median for each sample, in their order
     * @param samples one number a fork; {@link Estimate#NONE} is returned if one is empty or has a
     *     NaN
     */
    public Estimate of(ToDoubleFunction<double[]> statistic, double[]... samples) {
        if (!Stream.of(samples).allMatch(Bootstrap::isKnown)) {
            return Estimate.NONE;
        }
        double value = statistic.applyAsDouble(medians(samples, double[]::clone));
        if (!Double.isFinite(value)) {
            return Estimate.NONE;
        }
        var forks = Stream.of(samples).mapToInt(sample -> sample.length).summaryStatistics();
        if (forks.getMax() <= 1) {
            return new Estimate(value, Double.NaN, Double.NaN);
        }
        if (samples.length == 1 || forks.getMin() < Estimate.FOR_INTERVAL) {
            return corners(value, statistic, samples);
        }
        double[] drawn = resampled(statistic, samples);
        return new Estimate(value, quantile(drawn, 0.025), quantile(drawn, 0.975));
    }

    private static boolean isKnown(double[] sample) {
        return sample.length > 0 && Arrays.stream(sample).allMatch(Double::isFinite);
    }

    /**
     * Takes the extremes where each median is at an end of its own interval, or of its range: all
     * statistics rise or fall with each. Wider than needed.
     */
    private static Estimate corners(
            double value, ToDoubleFunction<double[]> statistic, double[][] samples) {
        double[][] ends = Stream.of(samples).map(Bootstrap::ends).toArray(double[][]::new);
        double lo = value;
        double hi = value;
        double[] corner = new double[samples.length];
        for (int choice = 0; choice < 1 << samples.length; choice++) {
            int chosen = choice;
            Arrays.setAll(corner, i -> ends[i][chosen >> i & 1]);
            double there = statistic.applyAsDouble(corner);
            lo = Math.min(lo, there);
            hi = Math.max(hi, there);
        }
        return new Estimate(value, lo, hi);
    }

    private static double[] ends(double[] sample) {
        double[] sorted = sample.clone();
        Arrays.sort(sorted);
        int rank = sorted.length < Estimate.FOR_INTERVAL ? 0 : rank(sorted.length);
        return new double[] {sorted[rank], sorted[sorted.length - 1 - rank]};
    }

    /**
     * Returns the largest rank, from 0, below which the median lies with a probability of at most
     * 2.5 %. The number of forks below the median is binomial, whatever their distribution.
     */
    private static int rank(int n) {
        if (n > LARGE) {
            return (int) (n / 2.0 - 0.98 * Math.sqrt(n)) - 1;
        }
        double term = Math.pow(0.5, n);
        double below = term;
        int rank = 0;
        while (below + term * (n - rank) / (rank + 1) <= 0.025) {
            term *= (n - rank) / (rank + 1.0);
            below += term;
            rank++;
        }
        return rank;
    }

    private double[] resampled(ToDoubleFunction<double[]> statistic, double[][] samples) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] results = new double[RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            results[r] = statistic.applyAsDouble(medians(samples, each -> drawn(each, random)));
        }
        Arrays.sort(results);
        return results;
    }

    private static double[] drawn(double[] sample, SplittableRandom random) {
        double[] drawn = new double[sample.length];
        Arrays.setAll(drawn, k -> sample[random.nextInt(sample.length)]);
        return drawn;
    }

    private static double[] medians(double[][] samples, UnaryOperator<double[]> copy) {
        return Stream.of(samples).map(copy).mapToDouble(Bootstrap::medianOf).toArray();
    }

    /** Sorts its argument. */
    private static double medianOf(double[] values) {
        Arrays.sort(values);
        int middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }

    private static double quantile(double[] sorted, double q) {
        return sorted[(int) Math.round(q * (sorted.length - 1))];
    }
}
