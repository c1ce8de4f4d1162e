package io.sluice.compare.stats;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Medians over launches, and what is computed from several of them, with 95 % intervals by the
 * percentile bootstrap: launches are drawn again with replacement, each cell by itself, {@value
 * #RESAMPLES} times. The same seed gives the same interval, independent of earlier calls. With few
 * launches the interval is about the range of the launches.
 *
 * <p>Immutable: any thread may call.
 */
public final class Bootstrap {
    private static final int RESAMPLES = 2000;

    private final long seed;

    /** Makes one that draws with this seed. */
    public Bootstrap(long seed) {
        this.seed = seed;
    }

    /** Returns the median of one number a launch. */
    public Estimate median(double[] launches) {
        return of(medians -> medians[0], launches);
    }

    /** Returns how many times the median of the second the median of the first is. */
    public Estimate ratio(double[] numerator, double[] denominator) {
        return of(medians -> medians[0] / medians[1], numerator, denominator);
    }

    /**
     * Returns a function of the medians of several cells.
     *
     * @param statistic receives one median for each sample, in their order
     * @param samples one number a launch; {@link Estimate#NONE} is returned if one is empty or has
     *     a NaN
     */
    public Estimate of(ToDoubleFunction<double[]> statistic, double[]... samples) {
        boolean repeated = false;
        double[] medians = new double[samples.length];
        for (int i = 0; i < samples.length; i++) {
            if (samples[i].length == 0
                    || Arrays.stream(samples[i]).anyMatch(v -> !Double.isFinite(v))) {
                return Estimate.NONE;
            }
            repeated |= samples[i].length > 1;
            medians[i] = medianOf(samples[i].clone());
        }
        double value = statistic.applyAsDouble(medians);
        if (!Double.isFinite(value)) {
            return Estimate.NONE;
        }
        if (!repeated) {
            return new Estimate(value, Double.NaN, Double.NaN);
        }
        double[] drawn = resampled(statistic, samples);
        return new Estimate(value, quantile(drawn, 0.025), quantile(drawn, 0.975));
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
