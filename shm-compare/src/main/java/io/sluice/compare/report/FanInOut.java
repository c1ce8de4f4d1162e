package io.sluice.compare.report;

import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether a mechanism supports several senders or several receivers, and whether it lost messages
 * while both ends were alive: from the cells of the run, not from what the mechanism declares.
 */
final class FanInOut {
    private static final String NOT_TRIED = "not tried in this run";

    private FanInOut() {}

    /** Returns the table, without rows if the run measured no cell with several ends. */
    static Table of(ReportModel reportModel) {
        Table table =
                new Table(
                        "Several ends, and losses while both ends live, as far as this run shows",
                        "Mechanism",
                        "several senders",
                        "several receivers",
                        "lost, doubled or damaged messages");
        List<Measurement> all = reportModel.results.cells();
        if (all.stream().noneMatch(FanInOut::hasSeveralEnds)) {
            return table;
        }
        all.stream()
                .map(measurement -> measurement.factors().mechanism())
                .filter(Objects::nonNull)
                .distinct()
                .forEach(
                        id ->
                                table.row(
                                        id,
                                        tried(all, id, Pattern.FANIN),
                                        tried(all, id, Pattern.FANOUT),
                                        lost(all, id)));
        return table;
    }

    private static boolean hasSeveralEnds(Measurement measurement) {
        Pattern pattern = measurement.factors().pattern();
        return pattern != null && pattern.hasSeveralEnds();
    }

    private static String tried(List<Measurement> all, String mechanism, Pattern pattern) {
        Optional<Measurement> cell =
                all.stream()
                        .filter(c -> mechanism.equals(c.factors().mechanism()))
                        .filter(c -> c.factors().pattern() == pattern)
                        .min((a, b) -> Boolean.compare(b.usable(), a.usable()));
        if (cell.isEmpty()) {
            return NOT_TRIED;
        }
        return cell.get().usable() ? "yes, measured" : Verdict.unusableReason(cell);
    }

    private static String lost(List<Measurement> all, String mechanism) {
        long damage =
                all.stream()
                        .filter(c -> mechanism.equals(c.factors().mechanism()))
                        .flatMap(c -> c.launches().stream())
                        .flatMap(fork -> fork.ends().values().stream())
                        .mapToLong(end -> end.lost() + end.duplicated() + end.corrupted())
                        .sum();
        boolean counted =
                all.stream()
                        .filter(c -> mechanism.equals(c.factors().mechanism()))
                        .flatMap(c -> c.launches().stream())
                        .anyMatch(fork -> !fork.ends().isEmpty());
        return counted ? damage == 0 ? "none" : Long.toString(damage) : Units.DASH;
    }
}
