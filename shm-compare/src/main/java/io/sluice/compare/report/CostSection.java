package io.sluice.compare.report;

import io.sluice.compare.result.Audit;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import io.sluice.compare.stats.Summary;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** CPU time, system calls and switches for each message. */
final class CostSection {
    private static final Takeaway CHEAPEST =
            new Takeaway(
                    "Least CPU",
                    "Most",
                    true,
                    reportRow -> reportRow.summary().cpuNs(),
                    Units::time);

    private final ReportModel reportModel;

    CostSection(ReportModel reportModel) {
        this.reportModel = reportModel;
    }

    String render() {
        Html html =
                new Html()
                        .open("section", "aria-labelledby", "cost")
                        .element("h2", "What a message costs", "id", "cost");
        html.element(
                "p",
                "Time is one price, the processor is the other. A short round trip that keeps two CPUs busy can cost more than"
                        + " a long one that sleeps through it.");
        int n = 0;
        for (Pattern pattern : List.of(Pattern.RTT, Pattern.STREAM)) {
            List<ReportModel.ReportRow> reportRows =
                    reportModel.rows(pattern).stream()
                            .filter(reportRow -> reportRow.summary().cpuNs().isKnown())
                            .toList();
            if (!reportRows.isEmpty()) {
                int picture = 0;
                for (List<ReportModel.ReportRow> some : reportModel.pictures(reportRows)) {
                    String id = "cpu-" + pattern + (picture == 0 ? "" : "-" + picture);
                    Figure figure =
                            CpuChart.of(reportModel, some, pattern, id).saying(CHEAPEST.of(some));
                    html.raw(picture++ == 0 ? figure.render() : figure.folded());
                }
                n++;
            }
        }
        if (n == 0) {
            html.element("p", "No CPU times were measured in this run.", "class", "aside");
        }
        Table table =
                new Table(
                        "System calls, switches and faults for each message in one direction, both ends together",
                        "Mechanism",
                        "Message",
                        "Pattern",
                        "System calls",
                        "by name",
                        "did nothing",
                        "Went to sleep",
                        "Pre-empted",
                        "Page faults",
                        "Ready, but no CPU");
        List.of(Pattern.RTT, Pattern.STREAM)
                .forEach(
                        pattern ->
                                reportModel
                                        .rows(pattern)
                                        .forEach(reportRow -> add(table, reportRow)));
        return html.raw(table.isEmpty() ? "" : table.render())
                .raw(new CallAudit(reportModel).render())
                .raw(new Disturbances(reportModel).render())
                .close("section")
                .toString();
    }

    private void add(Table table, ReportModel.ReportRow reportRow) {
        Summary s = reportRow.summary();
        boolean counted = reportModel.calls.countedByEnds(reportRow.measurement());
        Map<String, Double> calls =
                counted
                        ? s.callsByName()
                        : reportModel.calls.audited(reportRow.measurement()).isKnown()
                                ? reportModel
                                        .calls
                                        .audit(reportRow.measurement())
                                        .orElseThrow()
                                        .perMessage()
                                : Map.of();
        String byName =
                calls.entrySet().stream()
                        .filter(call -> call.getValue() >= Audit.RARE)
                        .map(call -> call.getKey() + "\u00a0" + Units.hundredths(call.getValue()))
                        .collect(Collectors.joining(", "));
        table.row(
                reportRow.series().detail(),
                Units.bytes(reportRow.size()),
                reportRow.measurement().factors().pattern() == Pattern.RTT
                        ? "round\u00a0trip"
                        : "stream",
                counted ? Units.value(s.systemCalls(), Units::hundredths) : audited(reportRow),
                byName.isEmpty() ? Units.DASH : byName,
                counted
                        ? each(reportRow, CostSection::failed, Units::hundredths)
                        : CallAudit.NOT_COUNTED,
                Units.value(s.voluntarySwitches(), Units::hundredths),
                Units.value(s.involuntarySwitches(), Units::hundredths),
                each(reportRow, end -> end.minorFaults() + end.majorFaults(), Units::hundredths),
                each(
                        reportRow,
                        end -> end.runDelayNs() == null ? Double.NaN : end.runDelayNs(),
                        Units::time));
    }

    /** Returns what strace counted of calls that the ends cannot see, marked so. */
    private String audited(ReportModel.ReportRow reportRow) {
        Estimate calls = reportModel.calls.audited(reportRow.measurement());
        return calls.isKnown()
                ? Units.hundredths(calls.value()) + " (strace)"
                : CallAudit.NOT_COUNTED;
    }

    private String each(
            ReportModel.ReportRow reportRow,
            ToDoubleFunction<EndCounters> counter,
            DoubleFunction<String> unit) {
        return Units.value(
                reportModel.bootstrap.median(Samples.perMessage(reportRow.measurement(), counter)),
                unit);
    }

    /**
     * Returns the number of calls that transferred nothing: those that found nothing to do, and
     * interrupted ones.
     */
    private static double failed(EndCounters end) {
        return end.failedCalls().values().stream().mapToLong(Long::longValue).sum();
    }
}
