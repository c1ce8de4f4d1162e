package io.sluice.compare.report;

import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.result.Sha256;
import io.sluice.compare.stats.Attribution;
import java.util.List;

/**
 * Renders the page. It is one file that loads nothing; its content security policy forbids it. All
 * content is readable without its script, which adds tooltips, sorting, hiding of series, and
 * saving the JSON. Any thread may call.
 */
public final class HtmlReport {
    private static final Takeaway SHORTEST =
            new Takeaway(
                    "Shortest median",
                    "Longest",
                    true,
                    reportRow -> reportRow.summary().p50(),
                    Units::time);
    private static final Takeaway STEADIEST =
            new Takeaway(
                    "Shortest 99th percentile",
                    "Longest of those that have one",
                    true,
                    reportRow -> reportRow.summary().p99(),
                    Units::time);

    private HtmlReport() {}

    /**
     * Returns the page. The same results give the same text.
     *
     * @throws IllegalArgumentException if a histogram in the results cannot be decoded
     */
    public static String render(Results results) {
        return render(results, null);
    }

    /**
     * Returns the page with what changed since an earlier run.
     *
     * @param results what is shown
     * @param baseline the earlier run, or null
     * @throws IllegalArgumentException if a histogram in the results cannot be decoded
     */
    public static String render(Results results, Results baseline) {
        ReportModel reportModel = new ReportModel(results);
        String json = ResultsFile.toJson(results);
        Page page =
                new Page(
                        "What does the kernel cost per message? shm-compare " + reportModel.date());
        Html html = page.body();
        SummarySection summarySection = new SummarySection(reportModel);
        html.raw(summarySection.render()).raw(summarySection.environment());
        if (baseline != null) {
            html.raw(BaselineSection.render(baseline, results));
        }
        html.raw(new KernelSection(reportModel).render());
        html.raw(latency(reportModel));
        html.raw(new OfferedLoad(reportModel).render());
        html.raw(new ThroughputSection(reportModel).render());
        html.raw(new CostSection(reportModel).render());
        html.raw(EfficiencyChart.section(reportModel));
        html.raw(new GapSection(reportModel).render());
        html.raw(new PlacementSection(reportModel).render());
        html.raw(new TimelineSection(reportModel).render());
        html.raw(new BehaviorSection(reportModel).render());
        html.raw(new FairnessSection(reportModel).render());
        html.raw(new LimitsSection(reportModel).render());
        html.raw(new MethodSection(reportModel).render(Sha256.of(json)));
        html.raw(LiteratureSection.render());
        return page.end(json);
    }

    private static String latency(ReportModel reportModel) {
        Section section = new Section("latency", "Round trips");
        List<ReportModel.ReportRow> reportRows = reportModel.rows(Pattern.RTT);
        if (reportRows.isEmpty()) {
            return section.placeholder("No round trips were measured.");
        }
        int n = 0;
        for (List<ReportModel.ReportRow> some : reportModel.pictures(reportRows)) {
            String id = n == 0 ? "latency" : "latency-" + n;
            section.figure(
                    LatencyChart.of(reportModel, some, id).saying(SHORTEST.of(some)), n++ > 0);
        }
        n = 0;
        for (Attribution group : reportModel.attributions) {
            for (List<ReportModel.ReportRow> some :
                    PercentileChart.pictures(reportModel.rows(group))) {
                Figure figure = PercentileChart.of(reportModel, group, some, "percentiles-" + n);
                section.figure(figure.saying(STEADIEST.of(some)), n++ > 3);
            }
        }
        return section.toString();
    }
}
