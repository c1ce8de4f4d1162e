package io.sluice.compare.stats;

import io.sluice.compare.result.Quantity;

/**
 * A number and its 95 % interval, or with fewer than {@value #FOR_INTERVAL} forks their range.
 *
 * @param value the number; NaN if unknown
 * @param lo the interval's lower end; NaN if there is no interval, because there was one fork only
 * @param hi its upper end, likewise
 */
public record Estimate(double value, double lo, double hi) {
    /** The fewest forks whose range contains their median with a probability of 95 %. */
    public static final int FOR_INTERVAL = 6;

    /** No number. */
    public static final Estimate NONE = new Estimate(Double.NaN, Double.NaN, Double.NaN);

    /** Returns what a file of results has; null becomes {@link #NONE}. */
    public static Estimate of(Quantity quantity) {
        return quantity == null
                ? NONE
                : new Estimate(orNaN(quantity.value()), orNaN(quantity.lo()), orNaN(quantity.hi()));
    }

    private static double orNaN(Double number) {
        return number == null ? Double.NaN : number;
    }

    /** Tests whether there is a number. */
    public boolean isKnown() {
        return Double.isFinite(value);
    }

    /** Tests whether there is an interval. */
    public boolean hasInterval() {
        return isKnown() && Double.isFinite(lo) && Double.isFinite(hi);
    }

    /** Tests whether there is an interval and all of it is above the given number. */
    public boolean above(double bound) {
        return hasInterval() && lo > bound;
    }

    /** Tests whether there is an interval and all of it is below the given number. */
    public boolean below(double bound) {
        return hasInterval() && hi < bound;
    }
}
