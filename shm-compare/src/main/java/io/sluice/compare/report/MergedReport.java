package io.sluice.compare.report;

import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Grading;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/**
 * Several runs on one page, of several machines or Java versions, each in a column of its own.
 * Nothing is averaged over runs: an average would describe no machine. Any thread may call.
 */
public final class MergedReport {
    private final Map<String, ReportModel> runs = new LinkedHashMap<>();

    /** Rows by the id of their measurement, of the first run that has it. */
    private final Map<String, Row> named = new LinkedHashMap<>();

    private MergedReport(Map<String, Results> results) {
        results.forEach((name, each) -> runs.put(name, new ReportModel(each)));
        runs.values().stream()
                .flatMap(m -> m.rows().stream())
                .forEach(row -> named.putIfAbsent(row.measurement().id(), row));
    }

    /**
     * Returns the page. The same runs give the same text.
     *
     * @param results the runs by name, a file name for instance, in the order of the columns
     * @throws IllegalArgumentException if there are fewer than two
     */
    public static String render(Map<String, Results> results) {
        if (results.size() < 2) {
            throw new IllegalArgumentException(
                    "runs=" + results.size() + ": to merge takes two or more");
        }
        return new MergedReport(results).page(results);
    }

    private String page(Map<String, Results> results) {
        String json =
                results.values().stream()
                        .map(each -> ResultsFile.toJson(each).strip())
                        .collect(joining(",\n", "[\n", "\n]\n"));
        List<Section> screens =
                List.of(
                        machines(),
                        chapter(
                                "round-trips",
                                "Median round trip",
                                "round trip time, logarithmic scale — lower is better",
                                row -> row.summary().p50(),
                                Units::time),
                        chapter(
                                "rates",
                                "Messages a second",
                                "messages a second, logarithmic scale — higher is better",
                                MergedReport::rate,
                                Units::rate),
                        chapter(
                                "cpu",
                                "CPU time a message, both ends",
                                "CPU time a message, logarithmic scale — lower is better",
                                row -> row.summary().cpuNs(),
                                Units::time),
                        missing());
        return HtmlReport.render(
                new HtmlReport.Page(
                        "Several runs of shm-compare, side by side",
                        "The same measurements, several runs",
                        Text.of("merged.kicker", runs.size()),
                        null,
                        screens,
                        List.of(),
                        null,
                        null),
                json);
    }

    private static Estimate rate(Row row) {
        return row.factors().pattern() == Pattern.STREAM
                ? row.summary().messagesPerSecond()
                : Estimate.NONE;
    }

    private Section machines() {
        Map<String, Function<ReportModel, Object>> facts = new LinkedHashMap<>();
        facts.put(
                "Grade",
                m -> Grading.of(m.results).letter() + ": " + Grading.of(m.results).words());
        facts.put("Processor", m -> m.environment.cpuModel());
        facts.put("Machine", ReportModel::machine);
        facts.put("CPUs of the ends", ReportModel::cpuPair);
        facts.put("Kernel", m -> m.environment.kernel());
        facts.put("Java", m -> m.environment.jvm() + " " + m.environment.jvmVersion());
        facts.put("Collector", m -> m.environment.gc());
        facts.put("Cache line there and back", m -> Units.both(m.floor, Units::time));
        facts.put("Forks", m -> m.run.forks());
        facts.put("Date", ReportModel::date);
        facts.put("Run", m -> m.run.id());
        return new Section("machines", "The machines")
                .table(
                        byRun(
                                        "",
                                        (fact, run) ->
                                                String.valueOf(
                                                        facts.get(fact).apply(runs.get(run))))
                                .of("What was measured where", facts.keySet()));
    }

    /** Returns columns of names and, for each run, of a text. */
    private DataTable.Columns<String> byRun(String head, BinaryOperator<String> text) {
        var columns = new DataTable.Columns<String>().text(head, name -> name);
        runs.keySet().forEach(run -> columns.text(run, name -> text.apply(name, run)));
        return columns;
    }

    private Section chapter(
            String id,
            String title,
            String axis,
            Function<Row, Estimate> number,
            DoubleFunction<String> unit) {
        Map<String, Map<String, Estimate>> all = new LinkedHashMap<>();
        runs.forEach(
                (run, m) ->
                        m.rows().stream()
                                .filter(row -> number.apply(row).isKnown())
                                .forEach(
                                        row ->
                                                all.computeIfAbsent(
                                                                row.measurement().id(),
                                                                c -> new LinkedHashMap<>())
                                                        .put(run, number.apply(row))));
        Section section = new Section(id, title);
        if (all.isEmpty()) {
            return section.note("None of the runs has this number.");
        }
        List<RowChart.Line> lines = new ArrayList<>();
        List<Double> numbers = new ArrayList<>();
        all.forEach(
                (measurement, values) ->
                        values.forEach(
                                (run, value) -> {
                                    boolean first = run.equals(values.keySet().iterator().next());
                                    lines.add(line(measurement, run, value, first, unit));
                                    numbers.add(value.value());
                                }));
        RowChart chart =
                new RowChart("merged-" + id, title, axis, "", unit, Axis.log(numbers, 0, 1), lines);
        String version = runs.values().iterator().next().tool.version();
        return section.figure(
                chart.figure(
                        "",
                        Text.of("merged.caption"),
                        byRun(
                                        "Measurement",
                                        (measurement, run) ->
                                                Units.both(
                                                        all.get(measurement)
                                                                .getOrDefault(run, Estimate.NONE),
                                                        unit))
                                .of(title, all.keySet()),
                        Text.of("merged.scope", runs.size(), version)));
    }

    /** Returns the row of a measurement in one run; only the first of them names the mechanism. */
    private RowChart.Line line(
            String measurement,
            String run,
            Estimate value,
            boolean first,
            DoubleFunction<String> unit) {
        Row row = named.get(measurement);
        int index = List.copyOf(runs.keySet()).indexOf(run);
        Series shape = new Series(index, run, "", Series.Sleep.NEVER);
        String tip = measurement + ", " + run + ": " + Units.both(value, unit);
        return new RowChart.Line(
                first ? row.series().mechanism() : "",
                run + ", " + row.series().with(Units.bytes(row.size())).qualifier(),
                Units.value(value, unit),
                "",
                (svg, axis, y) -> svg.estimate(axis, shape, value, y, 1, tip));
    }

    private Section missing() {
        DataTable table =
                new DataTable("What some run has no number for", "Measurement", "Run", "Why");
        runs.values().stream()
                .flatMap(m -> m.results.measurements().stream().map(Measurement::id))
                .distinct()
                .forEach(
                        id ->
                                runs.forEach(
                                        (run, m) ->
                                                why(m.results, id)
                                                        .ifPresent(
                                                                why -> table.row(id, run, why))));
        Section section = new Section("missing", "What is missing");
        return table.isEmpty()
                ? section.note("Everything has numbers in every run.")
                : section.table(table);
    }

    /** Returns why a run has no numbers of a measurement; empty if it has. */
    private static Optional<String> why(Results results, String id) {
        Optional<Measurement> own =
                results.measurements().stream().filter(each -> id.equals(each.id())).findFirst();
        return own.isEmpty()
                ? Optional.of("not in this run")
                : own.filter(m -> !m.usable()).map(m -> m.status() + ": " + m.reason());
    }
}
