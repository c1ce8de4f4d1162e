package io.sluice.compare.stats;

import io.sluice.compare.result.Results;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

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
        int fewest = Integer.MAX_VALUE;
        boolean repeated = false;
        double[] medians = new double[samples.length];
        for (int i = 0; i < samples.length; i++) {
            if (samples[i].length == 0
                    || Arrays.stream(samples[i]).anyMatch(v -> !Double.isFinite(v))) {
                return Estimate.NONE;
            }
            repeated |= samples[i].length > 1;
            fewest = Math.min(fewest, samples[i].length);
            medians[i] = medianOf(samples[i].clone());
        }
        double value = statistic.applyAsDouble(medians);
        if (!Double.isFinite(value)) {
            return Estimate.NONE;
        }
        if (!repeated) {
            return new Estimate(value, Double.NaN, Double.NaN);
        }
        if (samples.length == 1 || fewest < Estimate.FOR_INTERVAL) {
            return corners(value, statistic, samples);
        }
        double[] drawn = resampled(statistic, samples);
        return new Estimate(value, quantile(drawn, 0.025), quantile(drawn, 0.975));
    }

    /**
     * Takes the extremes where each median is at an end of its own interval, or of its range: all
     * statistics rise or fall with each. Wider than needed.
     */
    private static Estimate corners(
            double value, ToDoubleFunction<double[]> statistic, double[][] samples) {
        double[][] ends = Arrays.stream(samples).map(Bootstrap::ends).toArray(double[][]::new);
        double lo = value;
        double hi = value;
        double[] corner = new double[samples.length];
        for (int choice = 0; choice < 1 << samples.length; choice++) {
            for (int i = 0; i < samples.length; i++) {
                corner[i] = ends[i][choice >> i & 1];
            }
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
        double[] medians = new double[samples.length];
        for (int r = 0; r < RESAMPLES; r++) {
            for (int i = 0; i < samples.length; i++) {
                double[] sample = samples[i];
                double[] drawn = new double[sample.length];
                for (int k = 0; k < drawn.length; k++) {
                    drawn[k] = sample[random.nextInt(sample.length)];
                }
                medians[i] = medianOf(drawn);
            }
            results[r] = statistic.applyAsDouble(medians);
        }
        Arrays.sort(results);
        return results;
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
