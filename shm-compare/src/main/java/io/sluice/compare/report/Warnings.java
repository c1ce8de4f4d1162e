package io.sluice.compare.report;

import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
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

    private final ReportModel model;
    private final List<Measurement> usable;

    Warnings(ReportModel model) {
        this.model = model;
        usable =
                model.results.measurements().stream()
                        .filter(Measurement::usable)
                        .sorted(Comparator.comparing(measurement -> !inHeadline(measurement)))
                        .toList();
    }

    /** Returns the rules that fired, in words, with the number and the names of the cells. */
    List<String> list() {
        Map<String, List<Measurement>> byRule = new TreeMap<>();
        for (Measurement measurement : usable) {
            measurement.flags().stream()
                    .map(String::valueOf)
                    .distinct()
                    .forEach(
                            rule ->
                                    byRule.computeIfAbsent(rule, r -> new ArrayList<>())
                                            .add(measurement));
        }
        List<String> list = new ArrayList<>();
        for (String rule : model.results.flags()) {
            list.add(Flags.words(List.of(String.valueOf(rule))) + ": the whole run");
        }
        byRule.forEach(
                (rule, measurements) ->
                        list.add(Flags.words(List.of(rule)) + ": " + which(measurements)));
        return list;
    }

    private String which(List<Measurement> measurements) {
        if (measurements.size() == usable.size() && measurements.size() > 1) {
            return measurements.size() == 2
                    ? "both cells"
                    : "all " + measurements.size() + " cells";
        }
        String some =
                measurements.size()
                        + " of "
                        + usable.size()
                        + (usable.size() == 1 ? " cell" : " cells");
        List<Measurement> others =
                usable.stream()
                        .filter(
                                measurement ->
                                        measurements.stream()
                                                .noneMatch(each -> each == measurement))
                        .toList();
        return measurements.size() > NAMED && others.size() < NAMED
                ? some + " (all but " + names(others) + ")"
                : some + " (" + names(measurements) + ")";
    }

    private static String names(List<Measurement> measurements) {
        List<String> ids =
                measurements.stream().map(measurement -> String.valueOf(measurement.id())).toList();
        return String.join(", ", ids.subList(0, Math.min(NAMED, ids.size())))
                + (ids.size() > NAMED ? " and " + (ids.size() - NAMED) + " more" : "");
    }

    private boolean inHeadline(Measurement measurement) {
        Optional<Attribution> headline = model.headline();
        return headline.isPresent()
                && measurement.factors().pattern() == Pattern.RTT
                && Stream.of(headline.get().block(), headline.get().hint(), headline.get().shared())
                        .flatMap(Optional::stream)
                        .anyMatch(each -> Objects.equals(each.id(), measurement.id()));
    }
}
