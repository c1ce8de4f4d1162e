package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import java.util.List;

/** The latency of a message after a pause, when CPUs are idle and receivers sleep. */
final class GapSection {
    private final Measured measured;

    GapSection(Measured measured) {
        this.measured = measured;
    }

    String render() {
        Section section = new Section("gap", "After a pause");
        List<Measured.Row> rows =
                measured.rows(Factors.GAP).stream()
                        .filter(row -> row.cell().factors().gapNs() != null)
                        .toList();
        if (rows.isEmpty()) {
            return section.nothing(
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
                        "95 % interval",
                        "p99");
        for (Measured.Row row : rows) {
            table.row(
                    row.series().detail(),
                    Units.bytes(row.size()),
                    Units.time(row.cell().factors().gapNs()),
                    Units.value(row.summary().p50(), Units::time),
                    Units.interval(row.summary().p50(), Units::time),
                    Units.value(row.summary().p99(), Units::time));
        }
        int n = 0;
        for (int size : measured.sizes(Factors.GAP)) {
            Panels panels =
                    new Panels(
                            Families.panels(
                                    rows.stream().filter(row -> row.size() == size).toList(),
                                    // A gap of 0 is drawn at a microsecond.
                                    row ->
                                            new Panels.Point(
                                                    Math.max(1000, row.cell().factors().gapNs()),
                                                    row.summary().p50())),
                            new Panels.Scale(
                                    "pause before each message, logarithmic scale",
                                    Units::time,
                                    true),
                            new Panels.Scale(
                                    "median round trip time, logarithmic scale — lower is better",
                                    Units::time,
                                    true));
            String id = "gap-" + n;
            if (!panels.isEmpty()) {
                section.figure(
                        new Figure(
                                format ->
                                        panels.draw(
                                                format,
                                                id,
                                                "Round trip after a pause, messages of "
                                                        + Units.bytes(size),
                                                "One frame a kind of mechanism; spinning shared memory is"
                                                        + " in each.",
                                                measured.scope()),
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
