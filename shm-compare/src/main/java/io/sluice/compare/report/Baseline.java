package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Results;
import java.util.List;

/** What changed since an earlier run. */
final class Baseline {
    private Baseline() {}

    static Section section(Results baseline, Results results) {
        Comparison comparison = new Comparison(baseline, results, Verdict.NOISE);
        String against = ", against run " + (baseline.run() == null ? "?" : baseline.run().id());
        Section section =
                new Section("baseline", "Against the baseline")
                        .text(
                                "Each ratio has its interval over the forks of both runs (with"
                                        + " fewer than 6, their range); above 1 is worse. A difference"
                                        + " is shown only if a test says that it is more than 3 %"
                                        + " (Welch’s t-test of the logarithms, Holm’s correction for"
                                        + " all numbers): if nothing changed, the probability that any"
                                        + " number is called worse is about 5 % at most.");
        comparison.losses().forEach(loss -> section.text("Worse: " + loss + "."));
        List<Comparison.ComparisonRow> differing =
                comparison.rows().stream()
                        .filter(
                                row ->
                                        row.finding() == Comparison.Finding.WORSE
                                                || row.finding() == Comparison.Finding.BETTER)
                        .toList();
        if (differing.isEmpty()) {
            section.text(
                    "No difference is shown in any of the "
                            + comparison.rows().size()
                            + " numbers that both runs have.");
        }
        section.table(table("What differs" + against, differing))
                .fold(
                        new Section("baseline-all", "All numbers of both runs")
                                .table(table("All numbers" + against, comparison.rows())));
        comparison.remarks().forEach(section::note);
        return section;
    }

    private static DataTable table(String caption, List<Comparison.ComparisonRow> rows) {
        return new DataTable.Columns<Comparison.ComparisonRow>()
                .text("Measurement", Comparison.ComparisonRow::measurement)
                .text("number", Comparison.ComparisonRow::number)
                .text("then", Comparison.ComparisonRow::before)
                .text("now", Comparison.ComparisonRow::after)
                .text("ratio", row -> Comparison.text(row.ratio()))
                .text("finding", row -> row.finding().words())
                .of(caption, rows);
    }
}
