package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import io.sluice.compare.stats.Summary;
import java.util.List;
import java.util.stream.Collectors;

/** CPU time, system calls and switches for each message. */
final class CostSection {
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
        for (String pattern : List.of(Factors.RTT, Factors.STREAM)) {
            if (measured.rows(pattern).stream().anyMatch(row -> row.summary().cpuNs().known())) {
                html.raw(CpuChart.of(measured, pattern).render());
            }
        }
        Table table =
                new Table(
                        "System calls and switches for each message in one direction, both ends together",
                        "Mechanism",
                        "Message",
                        "Pattern",
                        "System calls",
                        "by name",
                        "Went to sleep",
                        "Pre-empted");
        List.of(Factors.RTT, Factors.STREAM)
                .forEach(pattern -> measured.rows(pattern).forEach(row -> add(table, row)));
        return html.raw(table.isEmpty() ? "" : table.render()).close("section").toString();
    }

    private static void add(Table table, Measured.Row row) {
        Summary s = row.summary();
        String byName =
                s.callsByName().entrySet().stream()
                        .map(call -> call.getKey() + "\u00a0" + Units.hundredths(call.getValue()))
                        .collect(Collectors.joining(", "));
        table.row(
                row.series().detail(),
                Units.bytes(row.size()),
                Factors.RTT.equals(row.cell().factors().pattern()) ? "round\u00a0trip" : "stream",
                Units.value(s.systemCalls(), Units::hundredths),
                byName.isEmpty() ? Units.DASH : byName,
                Units.value(s.voluntarySwitches(), Units::hundredths),
                Units.value(s.involuntarySwitches(), Units::hundredths));
    }
}
