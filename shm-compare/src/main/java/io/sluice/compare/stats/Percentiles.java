package io.sluice.compare.stats;

import org.HdrHistogram.Histogram;

/** The rule for printing a percentile: only if at least {@value #BEYOND} samples lie beyond it. */
public final class Percentiles {
    /** How many samples must lie beyond a percentile. */
    public static final int BEYOND = 100;

    private Percentiles() {}

    /**
     * Tests whether n samples support a percentile (0 to 100): n(1 - q) is at least {@value
     * #BEYOND}.
     */
    public static boolean supported(long n, double percentile) {
        // 100 - 99.9 is not exactly 0.1: a tolerance far below one sample's worth of it.
        return n * (100 - percentile) / 100 >= BEYOND * (1 - 1e-9);
    }

    /** Returns a percentile in the histogram's unit, or NaN if too few samples support it. */
    public static double at(Histogram histogram, double percentile) {
        return supported(histogram.getTotalCount(), percentile)
                ? histogram.getValueAtPercentile(percentile)
                : Double.NaN;
    }
}
