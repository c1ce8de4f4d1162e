package io.sluice.compare.report;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.Factors;
import io.sluice.compare.stats.Attribution;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The validity rules that fired, one entry per rule, so that a defect of all cells is stated once.
 */
final class Warnings {
    /** The largest number of names in one warning: the table of cells has them all. */
    private static final int NAMED = 6;

    private final Measured measured;
    private final List<Cell> usable;

    Warnings(Measured measured) {
        this.measured = measured;
        usable =
                measured.results.cells().stream()
                        .filter(Cell::usable)
                        .sorted(Comparator.comparing(cell -> !inHeadline(cell)))
                        .toList();
    }

    /** Returns the rules that fired, in words, with the number and the names of the cells. */
    List<String> list() {
        Map<String, List<Cell>> byRule = new TreeMap<>();
        for (Cell cell : usable) {
            cell.flags().stream()
                    .map(String::valueOf)
                    .distinct()
                    .forEach(
                            rule -> byRule.computeIfAbsent(rule, r -> new ArrayList<>()).add(cell));
        }
        List<String> list = new ArrayList<>();
        for (String rule : measured.results.flags()) {
            list.add(Flags.words(List.of(String.valueOf(rule))) + ": the whole run");
        }
        byRule.forEach((rule, cells) -> list.add(Flags.words(List.of(rule)) + ": " + which(cells)));
        return list;
    }

    private String which(List<Cell> cells) {
        if (cells.size() == usable.size() && cells.size() > 1) {
            return cells.size() == 2 ? "both cells" : "all " + cells.size() + " cells";
        }
        String some =
                cells.size() + " of " + usable.size() + (usable.size() == 1 ? " cell" : " cells");
        List<Cell> others =
                usable.stream()
                        .filter(cell -> cells.stream().noneMatch(each -> each == cell))
                        .toList();
        return cells.size() > NAMED && others.size() < NAMED
                ? some + " (all but " + names(others) + ")"
                : some + " (" + names(cells) + ")";
    }

    private static String names(List<Cell> cells) {
        List<String> ids = cells.stream().map(cell -> String.valueOf(cell.id())).toList();
        return String.join(", ", ids.subList(0, Math.min(NAMED, ids.size())))
                + (ids.size() > NAMED ? " and " + (ids.size() - NAMED) + " more" : "");
    }

    private boolean inHeadline(Cell cell) {
        Optional<Attribution> headline = measured.headline();
        return headline.isPresent()
                && Factors.RTT.equals(cell.factors().pattern())
                && Stream.of(headline.get().block(), headline.get().hint(), headline.get().shared())
                        .flatMap(Optional::stream)
                        .anyMatch(each -> Objects.equals(each.id(), cell.id()));
    }
}
