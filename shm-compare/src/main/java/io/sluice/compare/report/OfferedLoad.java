package io.sluice.compare.report;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Launch;
import io.sluice.compare.result.Numbers;
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

    private final Measured measured;

    OfferedLoad(Measured measured) {
        this.measured = measured;
    }

    String render() {
        Section section = new Section("load", "At a given rate");
        List<Measured.Row> rows = measured.paced();
        if (rows.isEmpty()) {
            return section.nothing(
                    "Response against service time by offered load: not measured in this run."
                            + " --patterns oneway measures it, and --patterns rtt --rates 1000 the"
                            + " same for round trips.");
        }
        Map<String, List<Measured.Row>> byName = new LinkedHashMap<>();
        rows.forEach(
                row ->
                        byName.computeIfAbsent(
                                        row.series().detail()
                                                + (isRoundTrip(row) ? ", round trips" : "")
                                                + ", "
                                                + Units.bytes(row.size())
                                                + (row.cell().factors().schedule() == null
                                                        ? ""
                                                        : ", at "
                                                                + row.cell().factors().schedule()
                                                                + " times"),
                                        n -> new ArrayList<>())
                                .add(row));
        List<Panels.Panel> panels = new ArrayList<>();
        byName.forEach((name, own) -> panels.add(new Panels.Panel(name, lines(own))));
        Panels chart =
                new Panels(
                        panels,
                        new Panels.Scale(
                                "messages offered each second, logarithmic scale",
                                Units::rate,
                                true),
                        new Panels.Scale(
                                "time, logarithmic scale — lower is better", Units::time, true));
        if (!chart.isEmpty()) {
            section.figure(
                    new Figure(
                            format ->
                                    chart.draw(
                                            format,
                                            "offered-load",
                                            "Response and service time by offered load",
                                            "One frame a mechanism, pattern and size. Solid with round marks is the"
                                                    + " service time, solid with square marks the response time.",
                                            measured.scope()),
                            "Service time counts from the moment a message was sent. Response time"
                                    + " counts from the moment at which it was to be sent, so it has in"
                                    + " it what a sender that was held up makes the messages behind it"
                                    + " wait. Where the two part, a closed loop would have hidden it"
                                    + " (coordinated omission). Messages go one way, unless the frame"
                                    + " says “round trips”: there the sender waits for each answer, so"
                                    + " one slow answer holds up all that were due meanwhile.",
                            table(rows)),
                    false);
        }
        return section.toString();
    }

    private static boolean isRoundTrip(Measured.Row row) {
        return Factors.RTT.equals(row.cell().factors().pattern());
    }

    private List<Panels.Line> lines(List<Measured.Row> rows) {
        List<Panels.Line> lines = new ArrayList<>();
        lines.add(line(rows, SERVICE, "service p50", Launch::service, 50));
        lines.add(line(rows, RESPONSE, "response p50", Launch::response, 50));
        lines.add(line(rows, SERVICE, "service p99", Launch::service, 99));
        lines.add(line(rows, RESPONSE, "response p99", Launch::response, 99));
        return lines;
    }

    private Panels.Line line(
            List<Measured.Row> rows,
            Series series,
            String name,
            Function<Launch, String> histogram,
            double percentile) {
        return new Panels.Line(
                series,
                name,
                false,
                rows.stream()
                        .filter(row -> offered(row.cell()) > 0)
                        .map(
                                row ->
                                        new Panels.Point(
                                                offered(row.cell()),
                                                estimate(row.cell(), histogram, percentile)))
                        .toList());
    }

    private Estimate estimate(Cell cell, Function<Launch, String> histogram, double percentile) {
        return measured.bootstrap.median(PerLaunch.percentile(cell, histogram, percentile));
    }

    /** Returns the requested rate, or else the rate that was reached. */
    private double offered(Cell cell) {
        Double rate = cell.factors().ratePerSecond();
        if (rate != null) {
            return rate;
        }
        return measured.bootstrap.median(PerLaunch.number(cell, Numbers.TARGET_RATE)).value();
    }

    private Estimate reached(Cell cell) {
        return measured.bootstrap.median(PerLaunch.number(cell, Numbers.ACHIEVED_RATE));
    }

    private Table table(List<Measured.Row> rows) {
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
        for (Measured.Row row : rows) {
            Cell cell = row.cell();
            List<String> line = new ArrayList<>();
            line.add(row.series().detail() + (isRoundTrip(row) ? ", round trips" : ""));
            line.add(Units.bytes(row.size()));
            line.add(Units.rate(offered(cell)));
            line.add(Units.value(reached(cell), Units::rate));
            line.add(cell.factors().schedule() == null ? Units.DASH : cell.factors().schedule());
            for (double percentile : new double[] {50, 99, 99.9}) {
                line.add(Units.value(estimate(cell, Launch::service, percentile), Units::time));
                line.add(Units.value(estimate(cell, Launch::response, percentile), Units::time));
            }
            table.row(line.toArray(new String[0]));
        }
        return table;
    }
}
