package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.report.Comparison.ComparisonRow;
import io.sluice.compare.report.Comparison.Finding;
import io.sluice.compare.result.Results;
import java.util.List;
import java.util.Set;

/** What changed since an earlier run. */
final class Baseline {
    private static final Set<Finding> DIFFERENCES = Set.of(Finding.WORSE, Finding.BETTER);

    private Baseline() {}

    /** Returns what changed; empty if there is no baseline. */
    static Section section(Results baseline, Results results) {
        Section section = new Section("baseline", "Against the baseline");
        if (baseline == null) {
            return section;
        }
        Comparison comparison = new Comparison(baseline, results, Verdict.NOISE);
        String against = ", against run " + (baseline.run() == null ? "?" : baseline.run().id());
        section.text(Text.of("baseline.how"));
        comparison.losses().forEach(loss -> section.text("Worse: " + loss + "."));
        List<ComparisonRow> all = comparison.rows();
        List<ComparisonRow> differing =
                all.stream().filter(row -> DIFFERENCES.contains(row.finding())).toList();
        section.text(Text.when(differing.isEmpty(), "baseline.none", all.size()))
                .table(table("What differs" + against, differing))
                .fold(
                        new Section("baseline-all", "All numbers of both runs")
                                .table(table("All numbers" + against, all)));
        comparison.remarks().forEach(section::note);
        return section;
    }

    private static DataTable table(String caption, List<ComparisonRow> rows) {
        return new DataTable.Columns<ComparisonRow>()
                .text("Measurement", ComparisonRow::measurement)
                .text("number", ComparisonRow::number)
                .text("then", ComparisonRow::before)
                .text("now", ComparisonRow::after)
                .text("ratio", row -> Comparison.text(row.ratio()))
                .text("finding", row -> row.finding().words())
                .of(caption, rows);
    }
}
