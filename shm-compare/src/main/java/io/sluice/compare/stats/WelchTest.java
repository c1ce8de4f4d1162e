package io.sluice.compare.stats;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Tests whether the forks of one run show larger numbers than those of another: Welch's t-test of
 * the logarithms, one-sided, with Holm's correction for all the numbers that are compared. It
 * assumes that the forks of a run are independent and their logarithms about normal; a rank test
 * assumes less, but with 5 forks a side it cannot reach 5 % over more than 12 comparisons. What
 * changed between the runs and not within them, the machine for instance, looks like a difference.
 */
public final class WelchTest {
    private static final int STEPS = 200;

    private WelchTest() {}

    /**
     * Returns how likely at the most such forks are if the second run's numbers are not larger than
     * so many times the first's.
     *
     * @param first one number a fork, above 0
     * @param second likewise
     * @param times how many times larger the second may be
     * @return from 0 to 1; NaN if a side has fewer than two forks, or a number that is not above 0
     */
    public static double pValue(double[] first, double[] second, double times) {
        if (!isTestable(first) || !isTestable(second)) {
            return Double.NaN;
        }
        double[] a = Arrays.stream(first).map(Math::log).toArray();
        double[] b = Arrays.stream(second).map(Math::log).toArray();
        double beyond = mean(b) - mean(a) - Math.log(times);
        double errorA = variance(a) / a.length;
        double errorB = variance(b) / b.length;
        double error = errorA + errorB;
        if (error == 0) {
            return beyond > 0 ? 0 : 1;
        }
        double degrees =
                error
                        * error
                        / (errorA * errorA / (a.length - 1) + errorB * errorB / (b.length - 1));
        return aboveT(beyond / Math.sqrt(error), degrees);
    }

    /**
     * Decides on all comparisons together, so that the probability of one false "yes" or more is at
     * most the given rate, however they depend on each other.
     *
     * @param pValues one for each comparison; NaN is not one
     * @param rate the rate, 0.05 for instance
     * @return for each, whether a difference is shown
     */
    public static boolean[] holm(double[] pValues, double rate) {
        int[] ascending =
                IntStream.range(0, pValues.length)
                        .filter(i -> !Double.isNaN(pValues[i]))
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> pValues[i]))
                        .mapToInt(i -> i)
                        .toArray();
        boolean[] shown = new boolean[pValues.length];
        for (int k = 0; k < ascending.length; k++) {
            if (pValues[ascending[k]] > rate / (ascending.length - k)) {
                break;
            }
            shown[ascending[k]] = true;
        }
        return shown;
    }

    private static boolean isTestable(double[] forks) {
        return forks.length > 1 && Arrays.stream(forks).allMatch(n -> n > 0 && Double.isFinite(n));
    }

    private static double mean(double[] numbers) {
        return Arrays.stream(numbers).average().orElseThrow();
    }

    private static double variance(double[] numbers) {
        double mean = mean(numbers);
        return Arrays.stream(numbers).map(n -> (n - mean) * (n - mean)).sum()
                / (numbers.length - 1);
    }

    /**
     * Returns the probability that Student's t is above a number. With t = sqrt(degrees) *
     * tan(angle) its density is a power of the cosine.
     */
    static double aboveT(double t, double degrees) {
        double angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
        double tail = cosines(angle, Math.PI / 2, degrees - 1) / 2;
        double half = cosines(0, Math.PI / 2, degrees - 1);
        return t >= 0 ? tail / half : 1 - tail / half;
    }

    /** Integrates a power of the cosine by Simpson's rule. */
    private static double cosines(double from, double to, double power) {
        double step = (to - from) / STEPS;
        double sum = 0;
        for (int i = 0; i <= STEPS; i++) {
            int weight = i == 0 || i == STEPS ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.pow(Math.max(0, Math.cos(from + i * step)), power);
        }
        return sum * step / 3;
    }
}
