package io.sluice.compare.report;

import io.sluice.compare.result.Results;

/** What changed since an earlier run. */
final class BaselineSection {
    private BaselineSection() {}

    static String render(Results baseline, Results results) {
        Comparison comparison = new Comparison(baseline, results, Verdict.NOISE);
        Section section = new Section("baseline", "Against the baseline");
        section.text(
                "Each ratio has its 95 % interval over the launches of both runs; above 1 is worse."
                        + " A difference is shown only if the whole interval lies more than 3 %"
                        + " from 1.");
        Table table =
                new Table(
                        "Now against run " + (baseline.run() == null ? "?" : baseline.run().id()),
                        "Cell",
                        "number",
                        "then",
                        "now",
                        "ratio",
                        "finding");
        comparison
                .rows()
                .forEach(
                        row ->
                                table.row(
                                        row.cell(),
                                        row.number(),
                                        row.before(),
                                        row.after(),
                                        Comparison.text(row.ratio()),
                                        row.finding().words()));
        section.table(table);
        comparison.remarks().forEach(section::why);
        return section.toString();
    }
}
