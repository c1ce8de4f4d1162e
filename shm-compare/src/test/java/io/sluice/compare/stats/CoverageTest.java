package io.sluice.compare.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** A statistician's simulation: how often intervals contain the truth, and diff finds nothing. */
class CoverageTest {
    private static final int CELLS = 40;

    @Test
    void theIntervalOfAMedianContainsItAtTheStatedRate() {
        for (Launches launches : Launches.values()) {
            for (int n : new int[] {3, 5, 6, 8, 10, 15, 20}) {
                double covered = covered(launches, n, 2000);
                double stated = n < 6 ? 1 - Math.pow(0.5, n - 1) : 0.95;
                say(
                        "%s, %d launches: median in %.1f %%, stated %.1f %%",
                        launches, n, covered, stated);
                assertTrue(covered >= stated - 0.015, launches + " " + n + ": " + covered);
            }
        }
    }

    @Test
    void theIntervalOfARatioContainsItAtTheStatedRate() {
        for (Launches launches : Launches.values()) {
            for (int n : new int[] {6, 10}) {
                double covered = ratioCovered(launches, n, 300);
                say(
                        "%s, %d launches: ratio in %.1f %%, stated %.1f %%",
                        launches, n, covered, 0.95);
                assertTrue(covered >= 0.92, launches + " " + n + ": " + covered);
            }
        }
    }

    /** Two runs of the same program: "worse" is false, each time. */
    @Test
    void falseAlarmsOverAllCellsAreAtMostTheStatedRate() {
        for (Launches launches : Launches.values()) {
            for (int n : new int[] {3, 5, 10}) {
                double alarms = alarms(launches, n, 1, 400);
                say(
                        "%s, %d launches: false alarm in %.1f %%, stated %.1f %%",
                        launches, n, alarms, 0.05);
                assertTrue(alarms <= 0.085, launches + " " + n + ": " + alarms);
            }
        }
    }

    @Test
    void aDifferenceIsFound() {
        double found = alarms(Launches.NORMAL, 5, 1.25, 100);
        say(
                "%s, %d launches: 25 %% worse found in %.1f %%, of %.1f %%",
                Launches.NORMAL, 5, found, 1.0);
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

    private static double covered(Launches launches, int n, int times) {
        SplittableRandom random = new SplittableRandom(5);
        int covered = 0;
        for (int i = 0; i < times; i++) {
            Estimate median = new Bootstrap(i).median(launches.draw(random, n, 1));
            covered += median.lo() <= 1 && median.hi() >= 1 ? 1 : 0;
        }
        return covered / (double) times;
    }

    private static double ratioCovered(Launches launches, int n, int times) {
        SplittableRandom random = new SplittableRandom(6);
        int covered = 0;
        for (int i = 0; i < times; i++) {
            Estimate ratio =
                    new Bootstrap(i)
                            .ratio(launches.draw(random, n, 1), launches.draw(random, n, 1));
            covered += ratio.lo() <= 1 && ratio.hi() >= 1 ? 1 : 0;
        }
        return covered / (double) times;
    }

    /** Returns in how many of so many comparisons of two runs something is called worse. */
    private static double alarms(Launches launches, int n, double times, int runs) {
        SplittableRandom random = new SplittableRandom(7);
        int alarms = 0;
        for (int run = 0; run < runs; run++) {
            double[] pValues = new double[CELLS];
            for (int cell = 0; cell < CELLS; cell++) {
                double change = cell == 0 ? times : 1;
                pValues[cell] =
                        WelchTest.pValue(
                                launches.draw(random, n, 1), launches.draw(random, n, change), 1);
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

    /** How the launches of a cell are distributed around their median. */
    private enum Launches {
        NORMAL(random -> Math.exp(0.05 * random.nextGaussian())),
        /** One launch in five is disturbed. */
        TAILED(
                random ->
                        Math.exp((random.nextDouble() < 0.2 ? 0.3 : 0.03) * random.nextGaussian())),
        UNIFORM(random -> Math.exp(0.1 * (random.nextDouble() - 0.5)));

        private final ToDoubleFunction<SplittableRandom> one;

        Launches(ToDoubleFunction<SplittableRandom> one) {
            this.one = one;
        }

        double[] draw(SplittableRandom random, int n, double median) {
            double[] launches = new double[n];
            for (int i = 0; i < n; i++) {
                launches[i] = median * one.applyAsDouble(random);
            }
            return launches;
        }
    }
}
