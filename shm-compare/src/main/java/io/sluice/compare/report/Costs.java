package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.BYSTANDER_CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.CPUS_BUSY;
import static io.sluice.compare.export.Metric.CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.FAILED_CALLS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.INVOLUNTARY_SWITCHES_PER_MESSAGE;
import static io.sluice.compare.export.Metric.PAGE_FAULTS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.RUN_DELAY_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.SYSTEM_CALLS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.SYSTEM_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.USER_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.VOLUNTARY_SWITCHES_PER_MESSAGE;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Audit;
import io.sluice.compare.result.Details;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.CallCounts;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** CPU time, system calls and switches for each message, at full speed. */
record Costs(ReportModel model) {
    Section details() {
        Section section = new Section("cost", "What a message costs at full speed");
        List<Row> all =
                Stream.of(Pattern.RTT, Pattern.STREAM)
                        .flatMap(p -> model.rows(p).stream())
                        .toList();
        List<Row> known =
                all.stream().filter(row -> row.get(CPU_NS_PER_MESSAGE).isKnown()).toList();
        known.stream()
                .collect(groupingBy(row -> row.factors().pattern(), LinkedHashMap::new, toList()))
                .forEach((pattern, rows) -> section.figure(cpu(rows, pattern)));
        return section.note(Text.when(known.isEmpty() && !all.isEmpty(), "cost.missing"))
                .table(calls(all));
    }

    private Figure cpu(List<Row> rows, Pattern pattern) {
        var marks = rows.stream().map(row -> row.mark(CPU_NS_PER_MESSAGE)).toList();
        RowChart chart =
                RowChart.spread("cpu-" + pattern, pattern.words(), CPU_NS_PER_MESSAGE, marks);
        Takeaway least = new Takeaway("Least CPU", "Most", CPU_NS_PER_MESSAGE);
        String interval = ReportModel.nameOfInterval(rows);
        String caption =
                Text.of("cost.caption", Text.of(ticks() > 0 ? "cost.ticks" : "cost.usually"));
        DataTable table =
                Row.tableBySize()
                        .interval("CPU time", interval, CPU_NS_PER_MESSAGE)
                        .values(USER_NS_PER_MESSAGE, SYSTEM_NS_PER_MESSAGE)
                        .text("± by the tick", this::tickError)
                        .values(BYSTANDER_CPU_NS_PER_MESSAGE, CPUS_BUSY)
                        .of(chart.title(), rows);
        return chart.figure(least.of(rows), caption, table, model.scope());
    }

    /** Returns how often per second the kernel samples where a thread runs; 0 if it does not. */
    private double ticks() {
        String hz = model.environment.detail(Details.KERNEL, "hz");
        String accounting = model.environment.detail(Details.KERNEL, "cputime accounting");
        return "tick".equals(accounting) && hz.matches("\\d{1,5}") ? Double.parseDouble(hz) : 0;
    }

    /** Returns by how much the kernel's part of the time may be off. */
    private String tickError(Row row) {
        double[] shares = Samples.kernelShareError(row.measurement(), ticks());
        double error = model.bootstrap.median(shares).value() * row.get(CPU_NS_PER_MESSAGE).value();
        return ticks() > 0 && Double.isFinite(error) ? "±\u00a0" + Units.time(error) : Units.DASH;
    }

    private DataTable calls(List<Row> rows) {
        return Row.tableBySize()
                .text("Pattern", Costs::pattern)
                .text("System calls", this::systemCalls)
                .text("by name", this::byName)
                .text(
                        "did nothing",
                        row ->
                                counted(row)
                                        ? row.text(FAILED_CALLS_PER_MESSAGE)
                                        : CallCounts.NOT_COUNTED)
                .values(VOLUNTARY_SWITCHES_PER_MESSAGE, INVOLUNTARY_SWITCHES_PER_MESSAGE)
                .texts(PAGE_FAULTS_PER_MESSAGE, RUN_DELAY_NS_PER_MESSAGE)
                .of(Text.of("cost.calls"), rows);
    }

    private static String pattern(Row row) {
        return row.factors().pattern() == Pattern.RTT ? "round\u00a0trip" : "stream";
    }

    private boolean counted(Row row) {
        return model.calls.countedByEnds(row.measurement());
    }

    /** Returns what the ends counted, or what strace counted of calls that they cannot see. */
    private String systemCalls(Row row) {
        Estimate audited = model.calls.audited(row.measurement());
        return counted(row)
                ? row.text(SYSTEM_CALLS_PER_MESSAGE)
                : audited.isKnown()
                        ? Units.hundredths(audited.value()) + " (strace)"
                        : CallCounts.NOT_COUNTED;
    }

    private String byName(Row row) {
        Measurement m = row.measurement();
        boolean audited = model.calls.audited(m).isKnown();
        Map<String, Double> calls =
                counted(row)
                        ? CallCounts.byName(m)
                        : audited ? model.calls.audit(m).orElseThrow().perMessage() : Map.of();
        String words = listed(calls);
        return words.isEmpty() ? Units.DASH : words;
    }

    /** Returns the calls by name, without those that are rare; may be empty. */
    static String listed(Map<String, Double> calls) {
        return calls.entrySet().stream()
                .filter(call -> call.getValue() >= Audit.RARE)
                .map(call -> call.getKey() + "\u00a0" + Units.hundredths(call.getValue()))
                .collect(Collectors.joining(", "));
    }
}
