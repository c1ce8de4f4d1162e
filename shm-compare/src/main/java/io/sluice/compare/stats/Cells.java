package io.sluice.compare.stats;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Results;
import java.util.Objects;
import java.util.Optional;

/** Finds cells by their factors. */
public final class Cells {
    private Cells() {}

    /** Returns the first cell with these factors; one that may be used is preferred. */
    public static Optional<Cell> find(
            Results results,
            String mechanism,
            String wait,
            String pattern,
            int size,
            String placement) {
        return results.cells().stream()
                .filter(cell -> matches(cell.factors(), mechanism, wait, pattern))
                .filter(cell -> cell.factors().size() == size)
                .filter(cell -> Objects.equals(cell.factors().placement(), placement))
                .min((a, b) -> Boolean.compare(b.usable(), a.usable()));
    }

    private static boolean matches(Factors factors, String mechanism, String wait, String pattern) {
        return Objects.equals(factors.mechanism(), mechanism)
                && Objects.equals(factors.waiting(), wait)
                && Objects.equals(factors.pattern(), pattern);
    }
}
