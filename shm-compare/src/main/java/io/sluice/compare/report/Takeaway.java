package io.sluice.compare.report;

import io.sluice.compare.stats.Estimate;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What a chart shows, in a sentence: its two ends. Others whose interval overlaps that of the best
 * are named, because they may be the best as well.
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
        List<Measured.Row> equal =
                known.subList(1, known.size()).stream()
                        .filter(row -> overlap(number.apply(known.get(0)), number.apply(row)))
                        .toList();
        String ties =
                equal.isEmpty()
                        ? ""
                        : " (its interval overlaps that of "
                                + equal.stream()
                                        .map(row -> row.series().name())
                                        .collect(Collectors.joining("; "))
                                + ")";
        return (sizes ? "Messages of " + Units.bytes(known.get(0).size()) + ". " : "")
                + best
                + ": "
                + words(known.get(0))
                + ties
                + ". "
                + worst
                + ": "
                + words(known.get(known.size() - 1))
                + ".";
    }

    private String words(Measured.Row row) {
        return row.series().name() + ", " + Units.value(number.apply(row), unit);
    }

    private static boolean overlap(Estimate a, Estimate b) {
        return a.hasInterval() && b.hasInterval() && a.lo() <= b.hi() && b.lo() <= a.hi();
    }
}
