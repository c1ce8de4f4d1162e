package io.sluice.compare.report;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.Factors;
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
                    row -> row.summary().messagesPerSecond(),
                    Units::rate);

    private final Measured measured;

    ThroughputSection(Measured measured) {
        this.measured = measured;
    }

    String render() {
        Section section = new Section("stream", "Throughput");
        List<Measured.Row> rows = measured.rows(Factors.STREAM);
        if (rows.isEmpty()) {
            return section.nothing("No streams were measured.");
        }
        int n = 0;
        for (List<Measured.Row> some : measured.pictures(rows)) {
            String id = n == 0 ? "throughput" : "throughput-" + n;
            section.figure(ThroughputChart.of(measured, some, id).saying(MOST.of(some)), n++ > 0);
        }
        if (measured.sizes(Factors.STREAM).size() > 1) {
            bySize(section, rows, "messages", "messages a second", Units::rate);
            bySize(section, rows, "bytes", "payload bytes a second", Units::bytesPerSecond);
        } else {
            section.why(
                    "Throughput by size is not drawn: one size was measured. --sizes 64,1024,4096"
                            + " measures three.");
        }
        return section.toString();
    }

    private void bySize(
            Section section,
            List<Measured.Row> rows,
            String id,
            String what,
            DoubleFunction<String> unit) {
        Panels panels =
                new Panels(
                        Families.panels(
                                rows,
                                row ->
                                        new Panels.Point(
                                                row.size(),
                                                id.equals("bytes")
                                                        ? row.summary().bytesPerSecond()
                                                        : row.summary().messagesPerSecond())),
                        new Panels.Scale(
                                "size of a message, logarithmic scale",
                                size -> Units.bytes((long) size),
                                true),
                        new Panels.Scale(
                                what + ", logarithmic scale — higher is better", unit, true));
        Table table = new Table(what + " by size", columns());
        rows.stream()
                .map(row -> row.series().detail())
                .distinct()
                .forEach(detail -> table.row(line(rows, detail, id, unit)));
        section.figure(
                new Figure(
                                format ->
                                        panels.draw(
                                                format,
                                                "by-size-" + id,
                                                "Throughput by size, " + what,
                                                "One frame a kind of mechanism, with the same axes in all;"
                                                        + " spinning shared memory is in each of them.",
                                                measured.scope()),
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
        measured.sizes(Factors.STREAM).forEach(size -> columns.add(Units.bytes(size)));
        return columns.toArray(new String[0]);
    }

    private String[] line(
            List<Measured.Row> rows, String detail, String id, DoubleFunction<String> unit) {
        List<String> line = new ArrayList<>(List.of(detail));
        for (int size : measured.sizes(Factors.STREAM)) {
            line.add(
                    rows.stream()
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
                measured.sizes(Factors.STREAM).stream()
                        .filter(
                                size ->
                                        measured.row("sluice", Factors.SPIN, Factors.STREAM, size)
                                                .isPresent())
                        .count();
        if (compared < 2) {
            return "";
        }
        List<String> found = new ArrayList<>();
        List<Integer> sizes = measured.sizes(Factors.STREAM);
        List<String> names =
                measured.rows(Factors.STREAM).stream()
                        .filter(row -> !"sluice".equals(row.cell().factors().mechanism()))
                        .map(row -> row.series().detail())
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
        Optional<Measured.Row> shared = measured.row("sluice", Factors.SPIN, Factors.STREAM, size);
        Optional<Cell> other =
                measured.rows(Factors.STREAM, size).stream()
                        .filter(row -> row.series().detail().equals(detail))
                        .map(Measured.Row::cell)
                        .findFirst();
        if (shared.isEmpty() || other.isEmpty()) {
            return 0;
        }
        Estimate ratio =
                measured.bootstrap.ratio(
                        Samples.messagesPerSecond(other.get()),
                        Samples.messagesPerSecond(shared.get().cell()));
        return ratio.above(1 + Verdict.NOISE) ? 1 : ratio.below(1 - Verdict.NOISE) ? -1 : 0;
    }
}
