package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Launch;
import io.sluice.compare.result.Window;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** A measurement window by window: drift, and time that other processes took. */
final class TimelineSection {
    private static final int MOST = 8;

    private final Measured measured;

    TimelineSection(Measured measured) {
        this.measured = measured;
    }

    String render() {
        Section section = new Section("timeline", "As time went on");
        int size = measured.headline().map(a -> a.size()).orElse(0);
        List<Measured.Row> rows =
                measured.rows(Factors.RTT, size).stream()
                        .filter(row -> row.cell().launches().stream().anyMatch(this::hasWindows))
                        .toList();
        if (rows.isEmpty()) {
            return section.nothing(
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
        for (Measured.Row row : rows) {
            List<Panels.Line> lines = new ArrayList<>();
            for (Launch launch : row.cell().launches()) {
                if (hasWindows(launch)) {
                    lines.add(line(row, launch));
                    table.row(numbers(row, launch));
                }
            }
            if (panels.size() < MOST) {
                panels.add(new Panels.Panel(row.series().name(36), lines));
            }
        }
        Panels chart =
                new Panels(
                        panels,
                        new Panels.Scale("time since the first message", Units::time, false),
                        new Panels.Scale(
                                "median round trip of a window, logarithmic scale — lower is better",
                                Units::time,
                                true));
        if (rows.size() > MOST) {
            section.why(
                    "The chart shows the first "
                            + MOST
                            + " mechanisms; the table has all "
                            + rows.size()
                            + ".");
        }
        return section.figure(
                        new Figure(
                                format ->
                                        chart.draw(
                                                format,
                                                "timeline",
                                                "Median round trip in windows of time, messages of "
                                                        + Units.bytes(size),
                                                "One frame a mechanism, one line a launch.",
                                                measured.scope()),
                                "A flat line is a steady measurement. A slope is drift; a step in"
                                        + " one launch and not in the others is somebody else on the"
                                        + " machine, or a host that moved a CPU.",
                                table),
                        false)
                .toString();
    }

    private boolean hasWindows(Launch launch) {
        return launch.windows().size() > 1;
    }

    private static Panels.Line line(Measured.Row row, Launch launch) {
        return new Panels.Line(
                row.series(),
                "launch " + (launch.n() + 1),
                true,
                launch.windows().stream()
                        .map(
                                window ->
                                        new Panels.Point(
                                                window.startNs(),
                                                new Estimate(
                                                        window.p50Ns(), Double.NaN, Double.NaN)))
                        .toList());
    }

    private static String[] numbers(Measured.Row row, Launch launch) {
        List<Window> windows = launch.windows();
        List<String> line = new ArrayList<>();
        line.add(row.series().detail());
        line.add(String.valueOf(launch.n() + 1));
        line.add(String.valueOf(windows.size()));
        line.add(Units.time(windows.get(0).p50Ns()));
        line.add(Units.time(windows.get(windows.size() - 1).p50Ns()));
        line.add(Units.time(windows.stream().mapToDouble(Window::p50Ns).min().orElseThrow()));
        line.add(Units.time(windows.stream().mapToDouble(Window::p50Ns).max().orElseThrow()));
        line.add(Units.time(windows.stream().mapToDouble(Window::maxNs).max().orElseThrow()));
        line.add(launch.system() == null ? Units.DASH : known(launch.system().stealNs()));
        line.add(launch.system() == null ? Units.DASH : known(launch.system().otherCpuNs()));
        return line.toArray(new String[0]);
    }

    private static String known(Long ns) {
        return Objects.isNull(ns) ? Units.DASH : Units.time(ns);
    }
}
