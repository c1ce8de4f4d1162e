package io.sluice.compare.report;

import static java.util.Comparator.comparingDouble;

import io.sluice.compare.stats.Estimate;
import java.util.List;
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
        int sign = lowerIsBetter ? 1 : -1;
        List<Row> known =
                rows.stream()
                        .filter(row -> row.size() == rows.getFirst().size())
                        .filter(row -> number.apply(row).isKnown())
                        .sorted(comparingDouble(row -> sign * number.apply(row).value()))
                        .toList();
        if (known.size() < 2) {
            return "";
        }
        Row first = known.getFirst();
        Row last = known.getLast();
        boolean sizes = rows.stream().anyMatch(row -> row.size() != first.size());
        return Text.join(
                Text.when(sizes, "takeaway.size", Units.bytes(first.size())),
                overlap(number.apply(first), number.apply(last))
                        ? Text.of("takeaway.equal", best, named(first), named(last))
                        : Text.of(
                                "takeaway", best, words(first, known), worst, words(last, known)));
    }

    private String words(Row row, List<Row> known) {
        List<String> equal =
                known.stream()
                        .filter(other -> other != row)
                        .filter(other -> overlap(number.apply(row), number.apply(other)))
                        .map(Row::name)
                        .toList();
        return named(row)
                + (equal.isEmpty() ? "" : ", not clearly apart from " + String.join("; ", equal));
    }

    private String named(Row row) {
        return row.name() + " (" + Units.value(number.apply(row), unit) + ")";
    }

    static boolean overlap(Estimate a, Estimate b) {
        return a.hasInterval() && b.hasInterval() && a.lo() <= b.hi() && b.lo() <= a.hi();
    }
}
