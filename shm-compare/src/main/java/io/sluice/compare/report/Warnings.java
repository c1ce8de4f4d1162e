package io.sluice.compare.report;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.partitioningBy;

import io.sluice.compare.result.Measurement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
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
        Stream<String> rules =
                usable.stream().flatMap(m -> m.flags().stream()).map(String::valueOf).distinct();
        return Stream.concat(
                        model.results.flags().stream().map(r -> Flags.words(r) + ": the whole run"),
                        rules.sorted().map(r -> Flags.words(r) + ": " + which(r)))
                .toList();
    }

    private String which(String rule) {
        Map<Boolean, List<Measurement>> parts =
                usable.stream().collect(partitioningBy(m -> isFlagged(m, rule)));
        List<Measurement> fired = parts.get(true);
        List<Measurement> others = parts.get(false);
        boolean inAllForks = fired.stream().allMatch(m -> m.share(rule).isEmpty());
        if (fired.size() == usable.size() && fired.size() > 1 && inAllForks) {
            return (fired.size() == 2 ? "both" : "all " + fired.size()) + " measurements";
        }
        String measurements = usable.size() == 1 ? "warned.one" : "warned.some";
        String some = Text.of(measurements, fired.size(), usable.size());
        if (fired.size() <= NAMED || others.size() >= NAMED) {
            return some + " (" + names(rule, fired) + ")";
        }
        return some
                + (inAllForks ? "" : blocks(rule, fired))
                + Text.when(!others.isEmpty(), "warned.but", names("", others));
    }

    private static boolean isFlagged(Measurement measurement, String rule) {
        return measurement.flags().stream().map(String::valueOf).anyMatch(rule::equals);
    }

    /** Returns how many of all blocks of these measurements a rule fired in. */
    private static String blocks(String rule, List<Measurement> fired) {
        IntStream flagged =
                fired.stream().mapToInt(m -> m.flaggedForks().getOrDefault(rule, m.forks().size()));
        int all = fired.stream().mapToInt(m -> m.forks().size()).sum();
        return Text.of("warned.blocks", flagged.sum(), all);
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
