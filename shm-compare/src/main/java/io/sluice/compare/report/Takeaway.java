package io.sluice.compare.report;

import static java.util.Comparator.comparingDouble;

import io.sluice.compare.export.Metric;
import io.sluice.compare.export.Units;
import io.sluice.compare.stats.Estimate;
import java.util.List;

/**
 * What a chart shows, in a sentence: its best and its worst row. Others whose intervals overlap
 * theirs are named, or counted, because they may be the best or the worst as well.
 *
 * @param best what the best is called, "Shortest median" for instance
 * @param worst what the other end is called
 * @param number what the chart shows of a row
 */
record Takeaway(String best, String worst, Metric number) {
    /** How many of them are named; the rest is counted. */
    private static final int NAMED = 3;

    /**
     * Returns the sentence about the smallest messages among the rows; empty if fewer than two have
     * a number.
     */
    String of(List<Row> rows) {
        int sign = number.isHigherBetter() ? -1 : 1;
        List<Row> known =
                rows.stream()
                        .filter(row -> row.size() == rows.getFirst().size())
                        .filter(row -> number.of(row).isKnown())
                        .sorted(comparingDouble(row -> sign * number.of(row).value()))
                        .toList();
        if (known.size() < 2) {
            return "";
        }
        Row first = known.getFirst();
        Row last = known.getLast();
        boolean sizes = rows.stream().anyMatch(row -> row.size() != first.size());
        return Text.join(
                Text.when(sizes, "takeaway.size", Units.bytes(first.size())),
                overlap(number.of(first), number.of(last))
                        ? Text.of("takeaway.equal", best, named(first), named(last))
                        : Text.of(
                                "takeaway", best, words(first, known), worst, words(last, known)));
    }

    private String words(Row row, List<Row> known) {
        List<String> equal =
                known.stream()
                        .filter(other -> other != row)
                        .filter(other -> overlap(number.of(row), number.of(other)))
                        .map(Row::name)
                        .toList();
        int more = equal.size() - NAMED;
        List<String> some = more > 1 ? equal.subList(0, NAMED) : equal;
        return named(row)
                + (equal.isEmpty() ? "" : ", not clearly apart from " + String.join("; ", some))
                + (more > 1 ? " and " + more + " more" : "");
    }

    private String named(Row row) {
        return row.name() + " (" + row.text(number) + ")";
    }

    static boolean overlap(Estimate a, Estimate b) {
        return a.hasInterval() && b.hasInterval() && a.lo() <= b.hi() && b.lo() <= a.hi();
    }
}
