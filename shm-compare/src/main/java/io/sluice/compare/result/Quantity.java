package io.sluice.compare.result;

/**
 * A number with its 95 % interval (with fewer than 6 forks, the range) over forks.
 *
 * @param value the number; null if unknown
 * @param lo the interval's lower end; null if there is no interval, because there was one fork
 * @param hi its upper end, likewise
 */
public record Quantity(Double value, Double lo, Double hi) {
    /** No number. */
    public static final Quantity NONE = new Quantity(null, null, null);
}
