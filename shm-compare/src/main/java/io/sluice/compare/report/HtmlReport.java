package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
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
                    "Shortest median", "Longest", true, row -> row.summary().p50(), Units::time);
    private static final Takeaway STEADIEST =
            new Takeaway(
                    "Shortest 99th percentile",
                    "Longest of those that have one",
                    true,
                    row -> row.summary().p99(),
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
        Measured measured = new Measured(results);
        String json = ResultsFile.toJson(results);
        Page page =
                new Page("What does the kernel cost per message? shm-compare " + measured.date());
        Html html = page.body();
        Opening opening = new Opening(measured);
        html.raw(opening.render()).raw(opening.environment());
        if (baseline != null) {
            html.raw(BaselineSection.render(baseline, results));
        }
        html.raw(new KernelSection(measured).render());
        html.raw(latency(measured));
        html.raw(new OfferedLoad(measured).render());
        html.raw(new ThroughputSection(measured).render());
        html.raw(new CostSection(measured).render());
        html.raw(EfficiencyChart.section(measured));
        html.raw(new GapSection(measured).render());
        html.raw(new PlacementSection(measured).render());
        html.raw(new TimelineSection(measured).render());
        html.raw(new BehaviourSection(measured).render());
        html.raw(new FairnessSection(measured).render());
        html.raw(new LimitsSection(measured).render());
        html.raw(new MethodSection(measured).render(Sha256.of(json)));
        html.raw(LiteratureSection.render());
        return page.end(json);
    }

    private static String latency(Measured measured) {
        Section section = new Section("latency", "Round trips");
        List<Measured.Row> rows = measured.rows(Factors.RTT);
        if (rows.isEmpty()) {
            return section.nothing("No round trips were measured.");
        }
        int n = 0;
        for (List<Measured.Row> some : measured.pictures(rows)) {
            String id = n == 0 ? "latency" : "latency-" + n;
            section.figure(LatencyChart.of(measured, some, id).saying(SHORTEST.of(some)), n++ > 0);
        }
        n = 0;
        for (Attribution group : measured.attributions) {
            for (List<Measured.Row> some : PercentileChart.pictures(measured.rows(group))) {
                Figure figure = PercentileChart.of(measured, group, some, "percentiles-" + n);
                section.figure(figure.saying(STEADIEST.of(some)), n++ > 3);
            }
        }
        return section.toString();
    }
}
