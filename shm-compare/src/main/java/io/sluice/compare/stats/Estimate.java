package io.sluice.compare.stats;

/**
 * A number and its 95 % interval.
 *
 * @param value the number; NaN if it cannot be said
 * @param lo the interval's lower end; NaN if there is no interval, because there was one launch
 *     only
 * @param hi its upper end, likewise
 */
public record Estimate(double value, double lo, double hi) {
    /** Nothing can be said. */
    public static final Estimate NONE = new Estimate(Double.NaN, Double.NaN, Double.NaN);

    /** Says whether there is a number. */
    public boolean known() {
        return Double.isFinite(value);
    }

    /** Says whether there is an interval. */
    public boolean hasInterval() {
        return known() && Double.isFinite(lo) && Double.isFinite(hi);
    }

    /** Says whether there is an interval and all of it lies above the given number. */
    public boolean above(double bound) {
        return hasInterval() && lo > bound;
    }

    /** Says whether there is an interval and all of it lies below the given number. */
    public boolean below(double bound) {
        return hasInterval() && hi < bound;
    }
}
