package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * Messages and bytes per second, by mechanism and by size, and the sizes at which one overtakes the
 * other.
 */
final class ThroughputSection {
    private static final Takeaway MOST =
            new Takeaway(
                    "Most messages a second",
                    "Fewest",
                    false,
                    reportRow -> reportRow.summary().messagesPerSecond(),
                    Units::rate);

    private final ReportModel reportModel;

    ThroughputSection(ReportModel reportModel) {
        this.reportModel = reportModel;
    }

    String render() {
        Section section = new Section("stream", "Throughput");
        List<ReportModel.ReportRow> reportRows = reportModel.rows(Pattern.STREAM);
        if (reportRows.isEmpty()) {
            return section.placeholder("No streams were measured.");
        }
        int n = 0;
        for (List<ReportModel.ReportRow> some : reportModel.pictures(reportRows)) {
            String id = n == 0 ? "throughput" : "throughput-" + n;
            section.figure(
                    ThroughputChart.of(reportModel, some, id).saying(MOST.of(some)), n++ > 0);
        }
        if (reportModel.sizes(Pattern.STREAM).size() > 1) {
            bySize(section, reportRows, "messages", "messages a second", Units::rate);
            bySize(section, reportRows, "bytes", "payload bytes a second", Units::bytesPerSecond);
        } else {
            section.rationale(
                    "Throughput by size is not drawn: one size was measured. --sizes 64,1024,4096"
                            + " measures three.");
        }
        return section.toString();
    }

    private void bySize(
            Section section,
            List<ReportModel.ReportRow> reportRows,
            String id,
            String what,
            DoubleFunction<String> unit) {
        Panels panels =
                new Panels(
                        Families.panels(
                                reportRows,
                                reportRow ->
                                        new Panels.PlotPoint(
                                                reportRow.size(),
                                                id.equals("bytes")
                                                        ? reportRow.summary().bytesPerSecond()
                                                        : reportRow.summary().messagesPerSecond())),
                        new Panels.AxisScale(
                                "size of a message, logarithmic scale",
                                size -> Units.bytes((long) size),
                                true),
                        new Panels.AxisScale(
                                what + ", logarithmic scale — higher is better", unit, true));
        Table table = new Table(what + " by size", columns());
        reportRows.stream()
                .map(reportRow -> reportRow.series().detail())
                .distinct()
                .forEach(detail -> table.row(line(reportRows, detail, id, unit)));
        section.figure(
                new Figure(
                                chartWidth ->
                                        panels.draw(
                                                chartWidth,
                                                "by-size-" + id,
                                                "Throughput by size, " + what,
                                                "One frame a kind of mechanism, with the same axes in all;"
                                                        + " spinning shared memory is in each of them.",
                                                reportModel.scope()),
                                "How "
                                        + what
                                        + " change with the size of a message. Where two lines cross,"
                                        + " the other one begins to be the better.",
                                table)
                        .saying(id.equals("messages") ? crossovers() : ""),
                false);
    }

    private String[] columns() {
        List<String> columns = new ArrayList<>(List.of("Mechanism"));
        reportModel.sizes(Pattern.STREAM).forEach(size -> columns.add(Units.bytes(size)));
        return columns.toArray(new String[0]);
    }

    private String[] line(
            List<ReportModel.ReportRow> reportRows,
            String detail,
            String id,
            DoubleFunction<String> unit) {
        List<String> line = new ArrayList<>(List.of(detail));
        for (int size : reportModel.sizes(Pattern.STREAM)) {
            line.add(
                    reportRows.stream()
                            .filter(r -> r.size() == size && r.series().detail().equals(detail))
                            .findFirst()
                            .map(
                                    r ->
                                            Units.value(
                                                    id.equals("bytes")
                                                            ? r.summary().bytesPerSecond()
                                                            : r.summary().messagesPerSecond(),
                                                    unit))
                            .orElse(Units.DASH));
        }
        return line.toArray(new String[0]);
    }

    /** Names the two sizes between which, by the intervals, the better mechanism changes. */
    private String crossovers() {
        long compared =
                reportModel.sizes(Pattern.STREAM).stream()
                        .filter(
                                size ->
                                        reportModel
                                                .row("sluice", Factors.SPIN, Pattern.STREAM, size)
                                                .isPresent())
                        .count();
        if (compared < 2) {
            return "";
        }
        List<String> found = new ArrayList<>();
        List<Integer> sizes = reportModel.sizes(Pattern.STREAM);
        List<String> names =
                reportModel.rows(Pattern.STREAM).stream()
                        .filter(
                                reportRow ->
                                        !"sluice"
                                                .equals(
                                                        reportRow
                                                                .measurement()
                                                                .factors()
                                                                .mechanism()))
                        .map(reportRow -> reportRow.series().detail())
                        .distinct()
                        .toList();
        for (String name : names) {
            int sign = 0;
            int before = 0;
            for (int size : sizes) {
                int now = better(name, size);
                if (now != 0 && sign != 0 && now != sign) {
                    found.add(
                            (now > 0 ? name + " overtakes" : "shared memory overtakes " + name)
                                    + (now > 0 ? " shared memory" : "")
                                    + " between "
                                    + Units.bytes(before)
                                    + " and "
                                    + Units.bytes(size));
                }
                sign = now != 0 ? now : sign;
                before = now != 0 ? size : before;
            }
        }
        return found.isEmpty()
                ? "No crossover is shown: at no size measured here does the better one of a kernel"
                        + " mechanism and spinning shared memory change."
                : "Crossovers: " + String.join("; ", found) + ".";
    }

    private int better(String detail, int size) {
        Optional<ReportModel.ReportRow> shared =
                reportModel.row("sluice", Factors.SPIN, Pattern.STREAM, size);
        Optional<Measurement> other =
                reportModel.rows(Pattern.STREAM, size).stream()
                        .filter(reportRow -> reportRow.series().detail().equals(detail))
                        .map(ReportModel.ReportRow::measurement)
                        .findFirst();
        if (shared.isEmpty() || other.isEmpty()) {
            return 0;
        }
        Estimate ratio =
                reportModel.bootstrap.ratio(
                        Samples.messagesPerSecond(other.get()),
                        Samples.messagesPerSecond(shared.get().measurement()));
        return ratio.above(1 + Verdict.NOISE) ? 1 : ratio.below(1 - Verdict.NOISE) ? -1 : 0;
    }
}
