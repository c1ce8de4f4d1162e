package io.sluice.compare.report;

import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Messages sent on schedule, independent of earlier ones (open loop): response time beside service
 * time, by offered load. The idea of showing both together is that of wrk2.
 */
final class OfferedLoad {
    private static final Series RESPONSE = new Series(1, "response", "", Series.Sleep.NEVER);
    private static final Series SERVICE = new Series(0, "service", "", Series.Sleep.NEVER);

    private final ReportModel reportModel;

    OfferedLoad(ReportModel reportModel) {
        this.reportModel = reportModel;
    }

    String render() {
        Section section = new Section("load", "At a given rate");
        List<ReportModel.ReportRow> reportRows = reportModel.paced();
        if (reportRows.isEmpty()) {
            return section.placeholder(
                    "Response against service time by offered load: not measured in this run."
                            + " --patterns oneway measures it, and --patterns rtt --rates 1000 the"
                            + " same for round trips.");
        }
        Map<String, List<ReportModel.ReportRow>> byName = new LinkedHashMap<>();
        reportRows.forEach(
                reportRow ->
                        byName.computeIfAbsent(
                                        reportRow.series().detail()
                                                + (isRoundTrip(reportRow) ? ", round trips" : "")
                                                + ", "
                                                + Units.bytes(reportRow.size())
                                                + (reportRow.measurement().factors().schedule()
                                                                == null
                                                        ? ""
                                                        : ", at "
                                                                + reportRow
                                                                        .measurement()
                                                                        .factors()
                                                                        .schedule()
                                                                + " times"),
                                        n -> new ArrayList<>())
                                .add(reportRow));
        List<Panels.Panel> panels = new ArrayList<>();
        byName.forEach((name, own) -> panels.add(new Panels.Panel(name, lines(own))));
        Panels chart =
                new Panels(
                        panels,
                        new Panels.AxisScale(
                                "messages offered each second, logarithmic scale",
                                Units::rate,
                                true),
                        new Panels.AxisScale(
                                "time, logarithmic scale — lower is better", Units::time, true));
        if (!chart.isEmpty()) {
            section.figure(
                    new Figure(
                            chartWidth ->
                                    chart.draw(
                                            chartWidth,
                                            "offered-load",
                                            "Response and service time by offered load",
                                            "One frame a mechanism, pattern and size. Solid with round marks is the"
                                                    + " service time, solid with square marks the response time.",
                                            reportModel.scope()),
                            "Service time counts from the moment a message was sent. Response time"
                                    + " counts from the moment at which it was to be sent, so it has in"
                                    + " it what a sender that was held up makes the messages behind it"
                                    + " wait. Where the two part, a closed loop would have hidden it"
                                    + " (coordinated omission). Messages go one way, unless the frame"
                                    + " says “round trips”: there the sender waits for each answer, so"
                                    + " one slow answer holds up all that were due meanwhile.",
                            table(reportRows)),
                    false);
        }
        return section.toString();
    }

    private static boolean isRoundTrip(ReportModel.ReportRow reportRow) {
        return reportRow.measurement().factors().pattern() == Pattern.RTT;
    }

    private List<Panels.Line> lines(List<ReportModel.ReportRow> reportRows) {
        List<Panels.Line> lines = new ArrayList<>();
        lines.add(line(reportRows, SERVICE, "service p50", Fork::service, 50));
        lines.add(line(reportRows, RESPONSE, "response p50", Fork::response, 50));
        lines.add(line(reportRows, SERVICE, "service p99", Fork::service, 99));
        lines.add(line(reportRows, RESPONSE, "response p99", Fork::response, 99));
        return lines;
    }

    private Panels.Line line(
            List<ReportModel.ReportRow> reportRows,
            Series series,
            String name,
            Function<Fork, String> histogram,
            double percentile) {
        return new Panels.Line(
                series,
                name,
                false,
                reportRows.stream()
                        .filter(reportRow -> offered(reportRow.measurement()) > 0)
                        .map(
                                reportRow ->
                                        new Panels.PlotPoint(
                                                offered(reportRow.measurement()),
                                                estimate(
                                                        reportRow.measurement(),
                                                        histogram,
                                                        percentile)))
                        .toList());
    }

    private Estimate estimate(
            Measurement measurement, Function<Fork, String> histogram, double percentile) {
        return reportModel.bootstrap.median(PerFork.percentile(measurement, histogram, percentile));
    }

    /** Returns the requested rate, or else the rate that was reached. */
    private double offered(Measurement measurement) {
        Double rate = measurement.factors().ratePerSecond();
        if (rate != null) {
            return rate;
        }
        return reportModel
                .bootstrap
                .median(PerFork.number(measurement, Numbers.TARGET_RATE))
                .value();
    }

    private Estimate reached(Measurement measurement) {
        return reportModel.bootstrap.median(PerFork.number(measurement, Numbers.ACHIEVED_RATE));
    }

    private Table table(List<ReportModel.ReportRow> reportRows) {
        Table table =
                new Table(
                        "Times by offered load (a dash: too few samples)",
                        "Mechanism",
                        "Message",
                        "offered",
                        "reached",
                        "schedule",
                        "service p50",
                        "response p50",
                        "service p99",
                        "response p99",
                        "service p99.9",
                        "response p99.9");
        for (ReportModel.ReportRow reportRow : reportRows) {
            Measurement measurement = reportRow.measurement();
            List<String> line = new ArrayList<>();
            line.add(reportRow.series().detail() + (isRoundTrip(reportRow) ? ", round trips" : ""));
            line.add(Units.bytes(reportRow.size()));
            line.add(Units.rate(offered(measurement)));
            line.add(Units.value(reached(measurement), Units::rate));
            line.add(
                    measurement.factors().schedule() == null
                            ? Units.DASH
                            : measurement.factors().schedule());
            for (double percentile : new double[] {50, 99, 99.9}) {
                line.add(
                        Units.value(estimate(measurement, Fork::service, percentile), Units::time));
                line.add(
                        Units.value(
                                estimate(measurement, Fork::response, percentile), Units::time));
            }
            table.row(line.toArray(new String[0]));
        }
        return table;
    }
}
