package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Audit;
import io.sluice.compare.result.Details;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** CPU time, system calls and switches for each message, at full speed. */
final class Costs {
    private final ReportModel model;

    Costs(ReportModel model) {
        this.model = model;
    }

    Section details() {
        Section section = new Section("cost", "What a message costs at full speed");
        List<Row> all =
                List.of(Pattern.RTT, Pattern.STREAM).stream()
                        .flatMap(p -> model.rows(p).stream())
                        .toList();
        boolean known = false;
        for (Pattern pattern : List.of(Pattern.RTT, Pattern.STREAM)) {
            List<Row> rows =
                    model.rows(pattern).stream()
                            .filter(row -> row.summary().cpuNs().isKnown())
                            .toList();
            if (!rows.isEmpty()) {
                section.figure(cpu(rows, pattern));
                known = true;
            }
        }
        return section.note(known || all.isEmpty() ? "" : "No CPU times were measured in this run.")
                .table(calls(all));
    }

    private Figure cpu(List<Row> rows, Pattern pattern) {
        SpreadChart.Rows spread = new SpreadChart.Rows();
        rows.forEach(
                row -> spread.put(row.series(), Units.bytes(row.size()), row.summary().cpuNs()));
        String title = "CPU time for each message, " + pattern.words();
        SpreadChart chart =
                new SpreadChart(
                        "cpu-" + pattern,
                        title,
                        "CPU time for each message, both ends, logarithmic scale — lower is better",
                        Units::time,
                        rows.stream().map(row -> Units.bytes(row.size())).distinct().toList(),
                        spread.sorted(true));
        return new Figure(
                chart.id(),
                title,
                new Takeaway("Least CPU", "Most", true, row -> row.summary().cpuNs(), Units::time)
                        .of(rows),
                chart.draw(model.scope()),
                "Both ends together, as fast as they can; at a fixed rate see above. Whether the"
                        + " time was spent in the program or in the kernel is "
                        + (ticks() > 0
                                ? "sampled here by the clock tick: the table says by how much the"
                                        + " boundary may be off (one standard error)."
                                : "usually sampled by the clock tick: take the boundary as"
                                        + " approximate."),
                Row.tableBySize()
                        .interval(
                                "CPU time",
                                ReportModel.nameOfInterval(rows),
                                Units::time,
                                row -> row.summary().cpuNs())
                        .value("in the program", Units::time, row -> row.summary().userNs())
                        .value("in the kernel", Units::time, row -> row.summary().systemNs())
                        .text("± by the tick", this::tickError)
                        .value(
                                "others meanwhile",
                                Units::time,
                                row ->
                                        model.bootstrap.median(
                                                Samples.otherCpuNs(row.measurement())))
                        .value("CPUs busy", Units::hundredths, row -> row.summary().cpusBusy())
                        .of(title, rows));
    }

    /** Returns how often per second the kernel samples where a thread runs; 0 if it does not. */
    private double ticks() {
        String hz = model.environment.detail(Details.KERNEL, "hz");
        boolean sampled =
                "tick".equals(model.environment.detail(Details.KERNEL, "cputime accounting"));
        return sampled && hz.matches("\\d{1,5}") ? Double.parseDouble(hz) : 0;
    }

    /** Returns by how much the kernel's part of the time may be off. */
    private String tickError(Row row) {
        Estimate share =
                ticks() == 0
                        ? Estimate.NONE
                        : model.bootstrap.median(
                                Samples.kernelShareError(row.measurement(), ticks()));
        return share.isKnown() && row.summary().cpuNs().isKnown()
                ? "±\u00a0" + Units.time(share.value() * row.summary().cpuNs().value())
                : Units.DASH;
    }

    private DataTable calls(List<Row> rows) {
        return Row.tableBySize()
                .text(
                        "Pattern",
                        row ->
                                Pattern.RTT.equals(row.measurement().factors().pattern())
                                        ? "round\u00a0trip"
                                        : "stream")
                .text(
                        "System calls",
                        row ->
                                counted(row)
                                        ? Units.value(
                                                row.summary().systemCalls(), Units::hundredths)
                                        : audited(row))
                .text("by name", this::byName)
                .text(
                        "did nothing",
                        row ->
                                counted(row)
                                        ? each(row, Costs::failed, Units::hundredths)
                                        : CallAudit.NOT_COUNTED)
                .value("Went to sleep", Units::hundredths, row -> row.summary().voluntarySwitches())
                .value("Pre-empted", Units::hundredths, row -> row.summary().involuntarySwitches())
                .text(
                        "Page faults",
                        row ->
                                each(
                                        row,
                                        end -> end.minorFaults() + end.majorFaults(),
                                        Units::hundredths))
                .text(
                        "Ready, but no CPU",
                        row ->
                                each(
                                        row,
                                        end ->
                                                end.runDelayNs() == null
                                                        ? Double.NaN
                                                        : end.runDelayNs(),
                                        Units::time))
                .of(
                        "System calls, switches and faults for each message in one direction, both"
                                + " ends together",
                        rows);
    }

    private boolean counted(Row row) {
        return model.calls.countedByEnds(row.measurement());
    }

    private String byName(Row row) {
        Map<String, Double> calls =
                counted(row)
                        ? row.summary().callsByName()
                        : model.calls.audited(row.measurement()).isKnown()
                                ? model.calls.audit(row.measurement()).orElseThrow().perMessage()
                                : Map.of();
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

    /** Returns what strace counted of calls that the ends cannot see, marked so. */
    private String audited(Row row) {
        Estimate calls = model.calls.audited(row.measurement());
        return calls.isKnown()
                ? Units.hundredths(calls.value()) + " (strace)"
                : CallAudit.NOT_COUNTED;
    }

    private String each(
            Row row, ToDoubleFunction<EndCounters> counter, DoubleFunction<String> unit) {
        return Units.value(
                model.bootstrap.median(Samples.perMessage(row.measurement(), counter)), unit);
    }

    private static double failed(EndCounters end) {
        return end.failedCalls().values().stream().mapToLong(Long::longValue).sum();
    }
}
