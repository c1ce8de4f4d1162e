package io.sluice.compare.report;

import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Window;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A measurement window by window: drift, and time that other processes took. */
final class TimelineSection {
    private static final int MOST = 8;

    private final ReportModel reportModel;

    TimelineSection(ReportModel reportModel) {
        this.reportModel = reportModel;
    }

    String render() {
        Section section = new Section("timeline", "As time went on");
        int size = reportModel.headline().map(a -> a.size()).orElse(0);
        List<ReportModel.ReportRow> reportRows =
                reportModel.rows(Pattern.RTT, size).stream()
                        .filter(
                                reportRow ->
                                        reportRow.measurement().launches().stream()
                                                .anyMatch(this::hasWindows))
                        .toList();
        if (reportRows.isEmpty()) {
            return section.placeholder(
                    "The timeline is not drawn: no launch of this run has windows of time.");
        }
        List<Panels.Panel> panels = new ArrayList<>();
        Table table =
                new Table(
                        "Windows of the launches, messages of " + Units.bytes(size),
                        "Mechanism",
                        "launch",
                        "windows",
                        "first p50",
                        "last p50",
                        "lowest p50",
                        "highest p50",
                        "largest",
                        "stolen",
                        "others’ CPU");
        for (ReportModel.ReportRow reportRow : reportRows) {
            List<Panels.Line> lines = new ArrayList<>();
            for (Fork fork : reportRow.measurement().launches()) {
                if (hasWindows(fork)) {
                    lines.add(line(reportRow, fork));
                    table.row(numbers(reportRow, fork));
                }
            }
            if (panels.size() < MOST) {
                panels.add(new Panels.Panel(reportRow.series().name(36), lines));
            }
        }
        Panels chart =
                new Panels(
                        panels,
                        new Panels.AxisScale("time since the first message", Units::time, false),
                        new Panels.AxisScale(
                                "median round trip of a window, logarithmic scale — lower is better",
                                Units::time,
                                true));
        if (reportRows.size() > MOST) {
            section.rationale(
                    "The chart shows the first "
                            + MOST
                            + " mechanisms; the table has all "
                            + reportRows.size()
                            + ".");
        }
        return section.figure(
                        new Figure(
                                chartWidth ->
                                        chart.draw(
                                                chartWidth,
                                                "timeline",
                                                "Median round trip in windows of time, messages of "
                                                        + Units.bytes(size),
                                                "One frame a mechanism, one line a launch.",
                                                reportModel.scope()),
                                "A flat line is a steady measurement. A slope is drift; a step in"
                                        + " one launch and not in the others is other work on the"
                                        + " machine, or a host that moved a CPU.",
                                table),
                        false)
                .toString();
    }

    private boolean hasWindows(Fork fork) {
        return fork.windows().size() > 1;
    }

    private static Panels.Line line(ReportModel.ReportRow reportRow, Fork fork) {
        return new Panels.Line(
                reportRow.series(),
                "launch " + (fork.n() + 1),
                true,
                fork.windows().stream()
                        .map(
                                window ->
                                        new Panels.PlotPoint(
                                                window.startNs(),
                                                new Estimate(
                                                        window.p50Ns(), Double.NaN, Double.NaN)))
                        .toList());
    }

    private static String[] numbers(ReportModel.ReportRow reportRow, Fork fork) {
        List<Window> windows = fork.windows();
        List<String> line = new ArrayList<>();
        line.add(reportRow.series().detail());
        line.add(String.valueOf(fork.n() + 1));
        line.add(String.valueOf(windows.size()));
        line.add(Units.time(windows.get(0).p50Ns()));
        line.add(Units.time(windows.get(windows.size() - 1).p50Ns()));
        line.add(Units.time(windows.stream().mapToDouble(Window::p50Ns).min().orElseThrow()));
        line.add(Units.time(windows.stream().mapToDouble(Window::p50Ns).max().orElseThrow()));
        line.add(Units.time(windows.stream().mapToDouble(Window::maxNs).max().orElseThrow()));
        line.add(fork.system() == null ? Units.DASH : known(fork.system().stealNs()));
        line.add(fork.system() == null ? Units.DASH : known(fork.system().otherCpuNs()));
        return line.toArray(new String[0]);
    }

    private static String known(Long ns) {
        return Objects.isNull(ns) ? Units.DASH : Units.time(ns);
    }
}
