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
 * The validity rules that fired, one entry per rule, so that a defect of all measurements is stated
 * once.
 */
final class Warnings {
    /** The largest number of names in one warning: the table of measurements has them all. */
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

    /**
     * Returns the rules that fired, in words, with the number and the names of the measurements.
     */
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
            list.add(Flags.words(String.valueOf(rule)) + ": the whole run");
        }
        byRule.forEach(
                (rule, measurements) ->
                        list.add(Flags.words(rule) + ": " + which(rule, measurements)));
        return list;
    }

    private String which(String rule, List<Measurement> measurements) {
        boolean inAllForks = measurements.stream().allMatch(m -> m.share(rule).isEmpty());
        if (measurements.size() == usable.size() && measurements.size() > 1 && inAllForks) {
            return measurements.size() == 2
                    ? "both measurements"
                    : "all " + measurements.size() + " measurements";
        }
        String some =
                measurements.size()
                        + " of "
                        + usable.size()
                        + (usable.size() == 1 ? " measurement" : " measurements");
        List<Measurement> others =
                usable.stream()
                        .filter(
                                measurement ->
                                        measurements.stream()
                                                .noneMatch(each -> each == measurement))
                        .toList();
        String forks = inAllForks ? "" : forks(rule, measurements);
        return measurements.size() > NAMED && others.size() < NAMED
                ? some + forks + (others.isEmpty() ? "" : " (all but " + names("", others) + ")")
                : some + " (" + names(rule, measurements) + ")";
    }

    /** Returns how many of all forks of these measurements a rule fired in. */
    private static String forks(String rule, List<Measurement> measurements) {
        int fired =
                measurements.stream()
                        .mapToInt(m -> m.flaggedForks().getOrDefault(rule, m.forks().size()))
                        .sum();
        return ", "
                + fired
                + " of their "
                + measurements.stream().mapToInt(m -> m.forks().size()).sum()
                + " forks";
    }

    private static String names(String rule, List<Measurement> measurements) {
        List<String> ids =
                measurements.stream().map(m -> m.id() + Flags.inBrackets(m.share(rule))).toList();
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
