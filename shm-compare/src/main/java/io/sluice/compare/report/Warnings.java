package io.sluice.compare.report;

import static java.util.stream.Collectors.joining;

import io.sluice.compare.result.Measurement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
                            r ->
                                    byRule.computeIfAbsent(r, x -> new ArrayList<>())
                                            .add(measurement));
        }
        List<String> list = new ArrayList<>();
        model.results.flags().forEach(r -> list.add(Flags.words(r) + ": the whole run"));
        byRule.forEach((r, fired) -> list.add(Flags.words(r) + ": " + which(r, fired)));
        return list;
    }

    private String which(String rule, List<Measurement> fired) {
        boolean inAllForks = fired.stream().allMatch(m -> m.share(rule).isEmpty());
        if (fired.size() == usable.size() && fired.size() > 1 && inAllForks) {
            return (fired.size() == 2 ? "both" : "all " + fired.size()) + " measurements";
        }
        String some =
                Text.of(
                        usable.size() == 1 ? "warned.one" : "warned.some",
                        fired.size(),
                        usable.size());
        List<Measurement> others =
                usable.stream().filter(m -> fired.stream().noneMatch(each -> each == m)).toList();
        if (fired.size() <= NAMED || others.size() >= NAMED) {
            return some + " (" + names(rule, fired) + ")";
        }
        return some
                + (inAllForks ? "" : forks(rule, fired))
                + Text.when(!others.isEmpty(), "warned.but", names("", others));
    }

    /** Returns how many of all forks of these measurements a rule fired in. */
    private static String forks(String rule, List<Measurement> fired) {
        return Text.of(
                "warned.forks",
                fired.stream()
                        .mapToInt(m -> m.flaggedForks().getOrDefault(rule, m.forks().size()))
                        .sum(),
                fired.stream().mapToInt(m -> m.forks().size()).sum());
    }

    private static String names(String rule, List<Measurement> measurements) {
        int more = measurements.size() - NAMED;
        return measurements.stream()
                .limit(NAMED)
                .map(m -> m.id() + Flags.inBrackets(m.share(rule)))
                .collect(joining(", ", "", more > 0 ? " and " + more + " more" : ""));
    }

    private boolean inHeadline(Measurement measurement) {
        return model.headline().stream()
                .flatMap(a -> Stream.of(a.block(), a.hint(), a.shared()))
                .flatMap(Optional::stream)
                .anyMatch(measurement::equals);
    }
}
