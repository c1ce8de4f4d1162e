package io.sluice.compare.report;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import java.util.function.ToLongFunction;

/** What was not measured and why, and what fired on what was. */
final class LimitsSection {
    private final ReportModel reportModel;

    LimitsSection(ReportModel reportModel) {
        this.reportModel = reportModel;
    }

    String render() {
        Html html = new Html().open("section", "aria-labelledby", "limits");
        html.element("h2", "What was not measured, and what to doubt", "id", "limits");
        html.raw(notMeasured().render());
        Table missing = new Table("Cells without numbers", "Cell", "Status", "Why");
        Table flagged = new Table("Cells with warnings", "Cell", "Warnings");
        for (Measurement measurement : reportModel.results.cells()) {
            if (!measurement.usable()) {
                missing.row(
                        String.valueOf(measurement.id()),
                        status(measurement),
                        String.valueOf(measurement.reason()));
            }
            String warnings = warnings(measurement);
            if (!warnings.isEmpty()) {
                flagged.row(String.valueOf(measurement.id()), warnings);
            }
        }
        if (!reportModel.results.flags().isEmpty()) {
            html.element(
                    "p",
                    "Warnings that concern the whole run: "
                            + Flags.words(reportModel.results.flags())
                            + ".");
        }
        html.raw(missing.isEmpty() ? "" : missing.render());
        html.raw(flagged.isEmpty() ? "" : flagged.render());
        if (missing.isEmpty() && flagged.isEmpty()) {
            html.element("p", "Every cell that was tried has numbers, and no warning fired.");
        }
        return html.close("section").toString();
    }

    private Table notMeasured() {
        Table table = new Table("What this run did not measure, and why", "What", "Why");
        reportModel
                .results
                .notMeasured()
                .forEach(
                        each -> table.row(String.valueOf(each.what()), String.valueOf(each.why())));
        for (Pattern pattern : Pattern.all()) {
            boolean tried =
                    reportModel.results.cells().stream()
                            .anyMatch(measurement -> measurement.factors().pattern() == pattern);
            if (!tried) {
                table.row(
                        pattern.label() + ": " + pattern.answer(),
                        "not asked for: --patterns " + pattern);
            }
        }
        boolean untouched =
                reportModel.results.cells().stream()
                        .anyMatch(
                                measurement ->
                                        Factors.UNTOUCHED.equals(measurement.factors().touch()));
        if (!untouched) {
            table.row(
                    "Messages that are not read",
                    "every byte is written and read here, unless --touch says otherwise");
        }
        boolean energy =
                reportModel.results.notMeasured().stream()
                        .anyMatch(each -> String.valueOf(each.what()).startsWith("energy"));
        if (!energy) {
            table.row("Energy", "the counters need root and bare metal");
        }
        return table.row(
                "Other machines, kernels and loads", "one run is one machine: see 'merge'");
    }

    private static String status(Measurement measurement) {
        return switch (String.valueOf(measurement.status())) {
            case Measurement.OK -> "no launches";
            case Measurement.NOT_AVAILABLE -> "not available";
            default -> String.valueOf(measurement.status());
        };
    }

    private static String warnings(Measurement measurement) {
        String flags = Flags.words(measurement.flags());
        long lost = total(measurement, EndCounters::lost);
        long duplicated = total(measurement, EndCounters::duplicated);
        long corrupted = total(measurement, EndCounters::corrupted);
        if (lost + duplicated + corrupted == 0) {
            return flags;
        }
        String damage = lost + " lost, " + duplicated + " duplicated, " + corrupted + " corrupted";
        return flags.isEmpty() ? damage : flags + "; " + damage;
    }

    private static long total(Measurement measurement, ToLongFunction<EndCounters> counter) {
        return measurement.launches().stream()
                .flatMap(l -> l.ends().values().stream())
                .mapToLong(counter)
                .sum();
    }
}
