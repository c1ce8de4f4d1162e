package io.sluice.compare.report;

import io.sluice.compare.result.Details;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import io.sluice.compare.stats.Summary;
import java.util.List;
import java.util.Map;

/** CPU time for each message, in the program and in the kernel. */
final class CpuChart {
    private CpuChart() {}

    static Figure of(
            ReportModel reportModel, List<ReportModel.ReportRow> all, Pattern pattern, String id) {
        List<ReportModel.ReportRow> reportRows =
                all.stream().filter(reportRow -> reportRow.summary().cpuNs().isKnown()).toList();
        double largest =
                reportRows.stream()
                        .mapToDouble(
                                r ->
                                        Math.max(
                                                r.summary().cpuNs().value()
                                                        + others(reportModel, r),
                                                hi(r.summary())))
                        .max()
                        .orElse(1);
        String what = pattern.words();
        return new Figure(
                chartWidth -> draw(chartWidth, reportModel, reportRows, largest, what, id),
                "What each message costs in CPU time, "
                        + what
                        + ", both ends together. Whether the time was spent in the"
                        + " program or in the kernel is "
                        + (ticks(reportModel) > 0
                                ? "sampled here by the clock tick: the table says by how much the"
                                        + " boundary may be off (one standard error). A"
                                : "usually sampled by the clock tick: take the boundary as"
                                        + " approximate. A")
                        + " spinning end is charged for all the time it looks for messages, and burns its CPU also when there"
                        + " are none.",
                table(reportModel, reportRows, what));
    }

    private static String draw(
            ChartWidth chartWidth,
            ReportModel reportModel,
            List<ReportModel.ReportRow> reportRows,
            double largest,
            String what,
            String id) {
        RowChart chart =
                new RowChart(chartWidth, reportRows, (from, to) -> Axis.linear(largest, from, to));
        Svg svg =
                new Svg(
                        chartWidth,
                        id,
                        "CPU time for each message, " + what,
                        "One bar a mechanism and size: plain for time in the program, hatched for time in the kernel, outlined"
                                + " for the CPU time of others meanwhile. Both ends together. The axis begins at zero, lower is better. The numbers are in the table below the"
                                + " chart.");
        double line = chartWidth.pick(22, 40);
        double first = chartWidth.pick(chart.left(), 0);
        double apart = chartWidth.pick(130, 114);
        svg.rect(first, line - 9, 14, 10, "bar c0");
        svg.text(first + 20, line, "start", "tick strong", "in the program");
        svg.hatched(first + apart, line - 9, 14, 10, "bar c1");
        svg.text(first + apart + 20, line, "start", "tick strong", "in the kernel");
        svg.rect(first + 2 * apart, line - 9, 14, 10, "outline c4");
        svg.text(first + 2 * apart + 20, line, "start", "tick strong", "of others");
        double bottom =
                chart.axis(
                        svg,
                        "CPU time for each message, both ends, from zero — lower is better",
                        Units::time);
        chart.rows(
                svg,
                "CPU a message",
                reportRow ->
                        new String[] {
                            Units.value(reportRow.summary().cpuNs(), Units::time),
                            Units.value(reportRow.summary().cpusBusy(), Units::hundredths)
                                    + " CPUs busy"
                        },
                (s, reportRow, y) ->
                        paint(s, chart, reportRow.summary(), others(reportModel, reportRow), y));
        return svg.build(bottom, reportModel.scope());
    }

    /** Returns the CPU time of all but the ends for each message, 0 if not measured. */
    private static double others(ReportModel reportModel, ReportModel.ReportRow reportRow) {
        double others =
                reportModel.bootstrap.median(PerFork.otherCpu(reportRow.measurement())).value();
        return Double.isFinite(others) ? others : 0;
    }

    /**
     * Returns how often per second the kernel samples where a thread runs; 0 if it accounts
     * exactly, or if that is unknown.
     */
    private static double ticks(ReportModel reportModel) {
        Map<String, String> kernel = reportModel.environment.details().get(Details.KERNEL);
        if (kernel == null || !"tick".equals(kernel.get("cputime accounting"))) {
            return 0;
        }
        String hz = kernel.getOrDefault("hz", "");
        return hz.matches("\\d{1,5}") ? Double.parseDouble(hz) : 0;
    }

    /** Returns by how much the kernel's part of the time may be off. */
    private static String tickError(ReportModel reportModel, ReportModel.ReportRow reportRow) {
        double ticks = ticks(reportModel);
        Estimate share =
                ticks == 0
                        ? Estimate.NONE
                        : reportModel.bootstrap.median(
                                Samples.kernelShareError(reportRow.measurement(), ticks));
        Estimate cpu = reportRow.summary().cpuNs();
        return share.isKnown() && cpu.isKnown()
                ? "±\u00a0" + Units.time(share.value() * cpu.value())
                : Units.DASH;
    }

    private static double hi(Summary s) {
        return s.cpuNs().hasInterval() ? s.cpuNs().hi() : 0;
    }

    private static void paint(Svg svg, RowChart chart, Summary s, double others, double y) {
        Axis axis = chart.axis();
        double cpu = s.cpuNs().value();
        double sampled = s.userNs().value() + s.systemNs().value();
        double user = sampled > 0 ? cpu * s.userNs().value() / sampled : cpu;
        svg.rect(chart.left(), y - 9, axis.at(user) - chart.left(), 18, "bar c0");
        svg.hatched(axis.at(user), y - 9, axis.at(cpu) - axis.at(user), 18, "bar c1");
        if (others > 0) {
            double end = axis.at(cpu + others);
            svg.rect(axis.at(cpu), y - 9, end - axis.at(cpu), 18, "outline c4");
        }
        LatencyChart.interval(svg, axis, s.cpuNs(), y);
    }

    private static Table table(
            ReportModel reportModel, List<ReportModel.ReportRow> reportRows, String what) {
        Table table =
                new Table(
                        "CPU time for each message, " + what,
                        "Mechanism",
                        "Message",
                        "CPU time",
                        ReportModel.nameOfInterval(reportRows),
                        "in the program",
                        "in the kernel",
                        "± by the tick",
                        "others meanwhile",
                        "CPUs busy");
        for (ReportModel.ReportRow reportRow : reportRows) {
            Summary s = reportRow.summary();
            table.row(
                    reportRow.series().detail(),
                    Units.bytes(reportRow.size()),
                    Units.value(s.cpuNs(), Units::time),
                    Units.interval(s.cpuNs(), Units::time),
                    Units.value(s.userNs(), Units::time),
                    Units.value(s.systemNs(), Units::time),
                    tickError(reportModel, reportRow),
                    Units.value(
                            reportModel.bootstrap.median(PerFork.otherCpu(reportRow.measurement())),
                            Units::time),
                    Units.value(s.cpusBusy(), Units::hundredths));
        }
        return table;
    }
}
