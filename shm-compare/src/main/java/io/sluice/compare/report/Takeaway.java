package io.sluice.compare.report;

import io.sluice.compare.stats.Estimate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/**
 * What a chart shows, in a sentence: its best and its worst row. Others whose intervals overlap
 * theirs are named, because they may be the best or the worst as well.
 *
 * @param best what the best is called, "Shortest median" for instance
 * @param worst what the other end is called
 * @param less whether a smaller number is better
 * @param number what the chart shows of a row
 * @param unit how it is written
 */
record Takeaway(
        String best,
        String worst,
        boolean less,
        Function<Measured.Row, Estimate> number,
        DoubleFunction<String> unit) {

    /** Of the smallest messages among the rows; empty if fewer than two have a number. */
    String of(List<Measured.Row> rows) {
        Optional<Measured.Row> smallest = rows.stream().findFirst();
        List<Measured.Row> known =
                rows.stream()
                        .filter(row -> row.size() == smallest.orElseThrow().size())
                        .filter(row -> number.apply(row).known())
                        .sorted(
                                Comparator.comparingDouble(
                                        row -> (less ? 1 : -1) * number.apply(row).value()))
                        .toList();
        if (known.size() < 2) {
            return "";
        }
        boolean sizes = rows.stream().anyMatch(row -> row.size() != known.get(0).size());
        Measured.Row first = known.get(0);
        Measured.Row last = known.get(known.size() - 1);
        String size = sizes ? "Messages of " + Units.bytes(first.size()) + ". " : "";
        if (overlap(number.apply(first), number.apply(last))) {
            return size
                    + best
                    + ": no clear difference, from "
                    + named(first)
                    + " to "
                    + named(last)
                    + ".";
        }
        return size
                + best
                + ": "
                + words(first, known)
                + ". "
                + worst
                + ": "
                + words(last, known)
                + ".";
    }

    private String words(Measured.Row row, List<Measured.Row> known) {
        List<String> equal =
                known.stream()
                        .filter(other -> other != row)
                        .filter(other -> overlap(number.apply(row), number.apply(other)))
                        .map(other -> other.series().name())
                        .toList();
        return named(row)
                + (equal.isEmpty() ? "" : ", not clearly apart from " + String.join("; ", equal));
    }

    private String named(Measured.Row row) {
        return row.series().name() + " (" + Units.value(number.apply(row), unit) + ")";
    }

    private static boolean overlap(Estimate a, Estimate b) {
        return a.hasInterval() && b.hasInterval() && a.lo() <= b.hi() && b.lo() <= a.hi();
    }
}
