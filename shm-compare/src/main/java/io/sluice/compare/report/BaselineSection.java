package io.sluice.compare.report;

import io.sluice.compare.result.Results;

/** What changed since an earlier run. */
final class BaselineSection {
    private BaselineSection() {}

    static String render(Results baseline, Results results) {
        Comparison comparison = new Comparison(baseline, results, Verdict.NOISE);
        Section section = new Section("baseline", "Against the baseline");
        section.text(
                "Each ratio has its interval over the launches of both runs (with fewer than 6, their"
                        + " range); above 1 is worse. A difference is shown only if a test says that"
                        + " it is more than 3 % (Welch’s t-test of the logarithms, Holm’s correction"
                        + " for all numbers): if nothing changed, the probability that any number is"
                        + " called worse is about 5 % at most.");
        comparison.losses().forEach(loss -> section.text("Worse: " + loss + "."));
        Table shown = table("What differs, against run ", baseline);
        Table all = table("All numbers, against run ", baseline);
        for (Comparison.ComparisonRow comparisonRow : comparison.rows()) {
            add(all, comparisonRow);
            if (comparisonRow.finding() == Comparison.Finding.WORSE
                    || comparisonRow.finding() == Comparison.Finding.BETTER) {
                add(shown, comparisonRow);
            }
        }
        if (shown.isEmpty()) {
            section.text(
                    "No difference is shown in any of the "
                            + comparison.rows().size()
                            + " numbers that both runs have.");
        }
        section.table(shown);
        if (!all.isEmpty()) {
            section.raw(
                    new Html()
                            .open("details", "class", "more")
                            .element("summary", "All numbers of both runs")
                            .raw(all.render())
                            .close("details")
                            .toString());
        }
        comparison.remarks().forEach(section::rationale);
        return section.toString();
    }

    private static Table table(String caption, Results baseline) {
        return new Table(
                caption + (baseline.run() == null ? "?" : baseline.run().id()),
                "Cell",
                "number",
                "then",
                "now",
                "ratio",
                "finding");
    }

    private static void add(Table table, Comparison.ComparisonRow comparisonRow) {
        table.row(
                comparisonRow.measurement(),
                comparisonRow.number(),
                comparisonRow.before(),
                comparisonRow.after(),
                Comparison.text(comparisonRow.ratio()),
                comparisonRow.finding().words());
    }
}
