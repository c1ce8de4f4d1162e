package io.sluice.compare.report;

import io.sluice.compare.result.Pattern;
import java.util.List;

/** The latency of a message after a pause, when CPUs are idle and receivers sleep. */
final class GapSection {
    private final ReportModel reportModel;

    GapSection(ReportModel reportModel) {
        this.reportModel = reportModel;
    }

    String render() {
        Section section = new Section("gap", "After a pause");
        List<ReportModel.ReportRow> reportRows =
                reportModel.rows(Pattern.GAP).stream()
                        .filter(reportRow -> reportRow.measurement().factors().gapNs() != null)
                        .toList();
        if (reportRows.isEmpty()) {
            return section.placeholder(
                    "Idle gaps: not measured in this run, and a wake-up after a quiet second may"
                            + " take longer than the hot ones above. --patterns gap measures it.");
        }
        Table table =
                new Table(
                        "Round trips after a pause",
                        "Mechanism",
                        "Message",
                        "pause",
                        "p50",
                        ReportModel.nameOfInterval(reportRows),
                        "p99");
        for (ReportModel.ReportRow reportRow : reportRows) {
            table.row(
                    reportRow.series().detail(),
                    Units.bytes(reportRow.size()),
                    Units.time(reportRow.measurement().factors().gapNs()),
                    Units.value(reportRow.summary().p50(), Units::time),
                    Units.interval(reportRow.summary().p50(), Units::time),
                    Units.value(reportRow.summary().p99(), Units::time));
        }
        int n = 0;
        for (int size : reportModel.sizes(Pattern.GAP)) {
            Panels panels =
                    new Panels(
                            Families.panels(
                                    reportRows.stream()
                                            .filter(reportRow -> reportRow.size() == size)
                                            .toList(),
                                    // A gap of 0 is drawn at a microsecond.
                                    reportRow ->
                                            new Panels.PlotPoint(
                                                    Math.max(
                                                            1000,
                                                            reportRow
                                                                    .measurement()
                                                                    .factors()
                                                                    .gapNs()),
                                                    reportRow.summary().p50())),
                            new Panels.AxisScale(
                                    "pause before each message, logarithmic scale",
                                    Units::time,
                                    true),
                            new Panels.AxisScale(
                                    "median round trip time, logarithmic scale — lower is better",
                                    Units::time,
                                    true));
            String id = "gap-" + n;
            if (!panels.isEmpty()) {
                section.figure(
                        new Figure(
                                chartWidth ->
                                        panels.draw(
                                                chartWidth,
                                                id,
                                                "Round trip after a pause, messages of "
                                                        + Units.bytes(size),
                                                "One frame a kind of mechanism; spinning shared memory is"
                                                        + " in each.",
                                                reportModel.scope()),
                                "Nothing is sent for a while, and then one message goes there and"
                                        + " back. The reader waits meanwhile as its row says. The sender"
                                        + " sleeps, but looks at the clock for the last 300\u00a0µs to be"
                                        + " in time: its own CPU is awake when it sends, and shorter"
                                        + " pauses it does not sleep at all. So this is what it takes to"
                                        + " wake the reader, and the sender’s wait for the answer. A ping-pong without pauses measures only wake-ups of"
                                        + " processors that are still warm.",
                                table),
                        n++ > 0);
            }
        }
        return section.toString();
    }
}
