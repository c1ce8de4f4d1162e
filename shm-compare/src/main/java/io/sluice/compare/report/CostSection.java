package io.sluice.compare.report;

import io.sluice.compare.result.Audit;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Factors;
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
            new Takeaway("Least CPU", "Most", true, row -> row.summary().cpuNs(), Units::time);

    private final Measured measured;

    CostSection(Measured measured) {
        this.measured = measured;
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
        for (String pattern : List.of(Factors.RTT, Factors.STREAM)) {
            List<Measured.Row> rows =
                    measured.rows(pattern).stream()
                            .filter(row -> row.summary().cpuNs().known())
                            .toList();
            if (!rows.isEmpty()) {
                int picture = 0;
                for (List<Measured.Row> some : measured.pictures(rows)) {
                    String id = "cpu-" + pattern + (picture == 0 ? "" : "-" + picture);
                    Figure figure =
                            CpuChart.of(measured, some, pattern, id).saying(CHEAPEST.of(some));
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
        List.of(Factors.RTT, Factors.STREAM)
                .forEach(pattern -> measured.rows(pattern).forEach(row -> add(table, row)));
        return html.raw(table.isEmpty() ? "" : table.render())
                .raw(new CallAudit(measured).render())
                .raw(new InsideBlocks(measured).render())
                .close("section")
                .toString();
    }

    private void add(Table table, Measured.Row row) {
        Summary s = row.summary();
        boolean counted = measured.calls.byTheEnds(row.cell());
        Map<String, Double> calls =
                counted
                        ? s.callsByName()
                        : measured.calls.audited(row.cell()).known()
                                ? measured.calls.audit(row.cell()).orElseThrow().perMessage()
                                : Map.of();
        String byName =
                calls.entrySet().stream()
                        .filter(call -> call.getValue() >= Audit.RARE)
                        .map(call -> call.getKey() + "\u00a0" + Units.hundredths(call.getValue()))
                        .collect(Collectors.joining(", "));
        table.row(
                row.series().detail(),
                Units.bytes(row.size()),
                Factors.RTT.equals(row.cell().factors().pattern()) ? "round\u00a0trip" : "stream",
                counted ? Units.value(s.systemCalls(), Units::hundredths) : audited(row),
                byName.isEmpty() ? Units.DASH : byName,
                counted ? each(row, CostSection::failed, Units::hundredths) : CallAudit.NOT_COUNTED,
                Units.value(s.voluntarySwitches(), Units::hundredths),
                Units.value(s.involuntarySwitches(), Units::hundredths),
                each(row, end -> end.minorFaults() + end.majorFaults(), Units::hundredths),
                each(
                        row,
                        end -> end.runDelayNs() == null ? Double.NaN : end.runDelayNs(),
                        Units::time));
    }

    /** What strace counted of calls that the ends cannot see, marked so. */
    private String audited(Measured.Row row) {
        Estimate calls = measured.calls.audited(row.cell());
        return calls.known()
                ? Units.hundredths(calls.value()) + " (strace)"
                : CallAudit.NOT_COUNTED;
    }

    private String each(
            Measured.Row row, ToDoubleFunction<EndCounters> counter, DoubleFunction<String> unit) {
        return Units.value(
                measured.bootstrap.median(Samples.perMessage(row.cell(), counter)), unit);
    }

    /**
     * Returns the number of calls that transferred nothing: those that found nothing to do, and
     * interrupted ones.
     */
    private static double failed(EndCounters end) {
        return end.failedCalls().values().stream().mapToLong(Long::longValue).sum();
    }
}
