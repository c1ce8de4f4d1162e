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
 * @param lowerIsBetter whether a smaller number is better
 * @param number what the chart shows of a row
 * @param unit how it is written
 */
record Takeaway(
        String best,
        String worst,
        boolean lowerIsBetter,
        Function<Row, Estimate> number,
        DoubleFunction<String> unit) {

    /**
     * Returns the sentence about the smallest messages among the rows; empty if fewer than two have
     * a number.
     */
    String of(List<Row> rows) {
        Optional<Row> smallest = rows.stream().findFirst();
        List<Row> known =
                rows.stream()
                        .filter(row -> row.size() == smallest.orElseThrow().size())
                        .filter(row -> number.apply(row).isKnown())
                        .sorted(
                                Comparator.comparingDouble(
                                        row ->
                                                (lowerIsBetter ? 1 : -1)
                                                        * number.apply(row).value()))
                        .toList();
        if (known.size() < 2) {
            return "";
        }
        boolean sizes = rows.stream().anyMatch(row -> row.size() != known.get(0).size());
        Row first = known.get(0);
        Row last = known.get(known.size() - 1);
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

    private String words(Row row, List<Row> known) {
        List<String> equal =
                known.stream()
                        .filter(other -> other != row)
                        .filter(other -> overlap(number.apply(row), number.apply(other)))
                        .map(other -> other.series().name())
                        .toList();
        return named(row)
                + (equal.isEmpty() ? "" : ", not clearly apart from " + String.join("; ", equal));
    }

    private String named(Row row) {
        return row.series().name() + " (" + Units.value(number.apply(row), unit) + ")";
    }

    static boolean overlap(Estimate a, Estimate b) {
        return a.hasInterval() && b.hasInterval() && a.lo() <= b.hi() && b.lo() <= a.hi();
    }
}
