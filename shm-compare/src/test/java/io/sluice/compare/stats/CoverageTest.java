package io.sluice.compare.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.Proof;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** A statistician's simulation: how often intervals contain the truth, and diff finds nothing. */
@ResourceLock(Resources.SYSTEM_OUT)
class CoverageTest {
    private static final int MEASUREMENTS = 40;
    private static final int[] FIVE = {5};
    private static final int[] FEW_TO_MANY = {3, 5, 10};

    @Test
    void theIntervalOfAMedianContainsItAtTheStatedRate() {
        for (Distribution forks : Distribution.values()) {
            for (int n : new int[] {3, 5, 6, 8, 10, 15, 20}) {
                double covered = covered(forks, n, 2000);
                double stated = n < 6 ? 1 - Math.pow(0.5, n - 1) : 0.95;
                say("%s, %d forks: median in %.1f %%, stated %.1f %%", forks, n, covered, stated);
                assertTrue(covered >= stated - 0.015, forks + " " + n + ": " + covered);
            }
        }
    }

    @Test
    void theIntervalOfARatioContainsItAtTheStatedRate() {
        for (Distribution forks : Distribution.values()) {
            for (int n : new int[] {6, 10}) {
                double covered = ratioCovered(forks, n, Proof.size(100, 300));
                say("%s, %d forks: ratio in %.1f %%, stated %.1f %%", forks, n, covered, 0.95);
                assertTrue(covered >= 0.92, forks + " " + n + ": " + covered);
            }
        }
    }

    /**
     * Two runs of the same program: "worse" is false, each time. With five forks, or in a proof.
     */
    @Test
    void falseAlarmsOverAllMeasurementsAreAtMostTheStatedRate() {
        for (Distribution forks : Distribution.values()) {
            for (int n : Proof.isProofBuild() ? FEW_TO_MANY : FIVE) {
                double alarms = alarms(forks, n, 1, Proof.size(150, 400));
                say("%s, %d forks: false alarm in %.1f %%, stated %.1f %%", forks, n, alarms, 0.05);
                assertTrue(alarms <= 0.085, forks + " " + n + ": " + alarms);
            }
        }
    }

    @Test
    void aDifferenceIsFound() {
        double found = alarms(Distribution.NORMAL, 5, 1.25, 100);
        say(
                "%s, %d forks: 25 %% worse found in %.1f %%, of %.1f %%",
                Distribution.NORMAL, 5, found, 1.0);
        assertTrue(found >= 0.9, "found in " + found);
    }

    @Test
    void studentsTailsAreThoseOfTheTables() {
        assertEquals(0.05, WelchTest.aboveT(6.3138, 1), 1e-5);
        assertEquals(0.025, WelchTest.aboveT(2.5706, 5), 1e-5);
        assertEquals(0.001, WelchTest.aboveT(4.5008, 8), 1e-5);
        assertEquals(0.975, WelchTest.aboveT(-2.0423, 30), 1e-5);
        assertEquals(0.5, WelchTest.aboveT(0, 4), 1e-9);
    }

    @Test
    void holmComparesTheSmallestWithTheSmallestShare() {
        double[] pValues = {0.04, 0.001, Double.NaN, 0.02, 0.3};
        assertEquals(
                "[false, true, false, false, false]",
                Arrays.toString(WelchTest.holm(pValues, 0.05)));
        assertEquals(
                "[true, true]", Arrays.toString(WelchTest.holm(new double[] {0.05, 0.02}, 0.05)));
    }

    private static void say(String format, Object what, int n, double found, double stated) {
        System.out.printf(Locale.ROOT, format + "%n", what, n, 100 * found, 100 * stated);
    }

    private static double covered(Distribution forks, int n, int times) {
        SplittableRandom random = new SplittableRandom(5);
        int covered = 0;
        for (int i = 0; i < times; i++) {
            Estimate median = new Bootstrap(i).median(forks.draw(random, n, 1));
            covered += median.lo() <= 1 && median.hi() >= 1 ? 1 : 0;
        }
        return covered / (double) times;
    }

    private static double ratioCovered(Distribution forks, int n, int times) {
        SplittableRandom random = new SplittableRandom(6);
        int covered = 0;
        for (int i = 0; i < times; i++) {
            Estimate ratio =
                    new Bootstrap(i).ratio(forks.draw(random, n, 1), forks.draw(random, n, 1));
            covered += ratio.lo() <= 1 && ratio.hi() >= 1 ? 1 : 0;
        }
        return covered / (double) times;
    }

    /** Returns in how many of so many comparisons of two runs something is called worse. */
    private static double alarms(Distribution forks, int n, double times, int runs) {
        SplittableRandom random = new SplittableRandom(7);
        int alarms = 0;
        for (int run = 0; run < runs; run++) {
            double[] pValues = new double[MEASUREMENTS];
            for (int measurement = 0; measurement < MEASUREMENTS; measurement++) {
                double change = measurement == 0 ? times : 1;
                pValues[measurement] =
                        WelchTest.pValue(
                                forks.draw(random, n, 1), forks.draw(random, n, change), 1);
            }
            for (boolean worse : WelchTest.holm(pValues, 0.05)) {
                if (worse) {
                    alarms++;
                    break;
                }
            }
        }
        return alarms / (double) runs;
    }

    /** How the forks of a measurement are distributed around their median. */
    private enum Distribution {
        NORMAL(random -> Math.exp(0.05 * random.nextGaussian())),
        /** One fork in five is disturbed. */
        TAILED(
                random ->
                        Math.exp((random.nextDouble() < 0.2 ? 0.3 : 0.03) * random.nextGaussian())),
        UNIFORM(random -> Math.exp(0.1 * (random.nextDouble() - 0.5)));

        private final ToDoubleFunction<SplittableRandom> one;

        Distribution(ToDoubleFunction<SplittableRandom> one) {
            this.one = one;
        }

        double[] draw(SplittableRandom random, int n, double median) {
            double[] forks = new double[n];
            for (int i = 0; i < n; i++) {
                forks[i] = median * one.applyAsDouble(random);
            }
            return forks;
        }
    }
}
