package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Grading;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Several runs on one page, of several machines or Java versions, each in a column of its own.
 * Nothing is averaged over runs: an average would describe no machine. Any thread may call.
 */
public final class MergedReport {
    private final Map<String, ReportModel> runs = new LinkedHashMap<>();

    /** A line of a picture: one measurement in one run. */
    private record Line(String measurement, String run, int index, Estimate value, boolean first) {}

    /** Rows by the id of their measurement, of the first run that has it. */
    private final Map<String, Row> named = new LinkedHashMap<>();

    private MergedReport(Map<String, Results> results) {
        results.forEach((name, each) -> runs.put(name, new ReportModel(each)));
        runs.values()
                .forEach(
                        m ->
                                m.rows()
                                        .forEach(
                                                row ->
                                                        named.putIfAbsent(
                                                                row.measurement().id(), row)));
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
                        .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
        return HtmlReport.render(
                new HtmlReport.Page(
                        "Several runs of shm-compare, side by side",
                        "The same measurements, several runs",
                        runs.size()
                                + " runs, each with its own numbers: nothing is averaged over"
                                + " machines or Java versions. Compare along a row, and read what"
                                + " differs between the machines first.",
                        null,
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
                                        row ->
                                                Pattern.STREAM.equals(
                                                                row.measurement()
                                                                        .factors()
                                                                        .pattern())
                                                        ? row.summary().messagesPerSecond()
                                                        : Estimate.NONE,
                                        Units::rate),
                                chapter(
                                        "cpu",
                                        "CPU time a message, both ends",
                                        "CPU time a message, logarithmic scale — lower is better",
                                        row -> row.summary().cpuNs(),
                                        Units::time),
                                missing()),
                        List.of(),
                        null,
                        null,
                        HtmlReport.packed(json)));
    }

    private Section machines() {
        DataTable table = table("What was measured where", "");
        fact(
                table,
                "Grade",
                m -> Grading.of(m.results).letter() + ": " + Grading.of(m.results).words());
        fact(table, "Processor", m -> m.environment.cpuModel());
        fact(table, "Machine", ReportModel::machine);
        fact(table, "CPUs of the ends", ReportModel::cpuPair);
        fact(table, "Kernel", m -> m.environment.kernel());
        fact(table, "Java", m -> m.environment.jvm() + " " + m.environment.jvmVersion());
        fact(table, "Collector", m -> m.environment.gc());
        fact(table, "Cache line there and back", m -> Units.both(m.floor, Units::time));
        fact(table, "Forks", m -> String.valueOf(m.run.forks()));
        fact(table, "Date", ReportModel::date);
        fact(table, "Run", m -> m.run.id());
        return new Section("machines", "The machines").table(table);
    }

    private DataTable table(String caption, String first) {
        List<String> heads = new ArrayList<>(List.of(first));
        heads.addAll(runs.keySet());
        return new DataTable(caption, heads.toArray(new String[0]));
    }

    private void fact(DataTable table, String name, Function<ReportModel, String> value) {
        List<Object> line = new ArrayList<>(List.of(name));
        runs.values().forEach(m -> line.add(String.valueOf(value.apply(m))));
        table.row(line.toArray());
    }

    private Section chapter(
            String id,
            String title,
            String axis,
            Function<Row, Estimate> number,
            DoubleFunction<String> unit) {
        Section section = new Section(id, title);
        Map<String, Map<String, Estimate>> all = new LinkedHashMap<>();
        runs.forEach(
                (name, m) ->
                        m.rows().stream()
                                .filter(row -> number.apply(row).isKnown())
                                .forEach(
                                        row ->
                                                all.computeIfAbsent(
                                                                row.measurement().id(),
                                                                c -> new LinkedHashMap<>())
                                                        .put(name, number.apply(row))));
        if (all.isEmpty()) {
            return section.note("None of the runs has this number.");
        }
        List<String> names = List.copyOf(runs.keySet());
        List<Line> lines = new ArrayList<>();
        DataTable table = table(title, "Measurement");
        all.forEach(
                (measurement, each) -> {
                    each.forEach(
                            (run, value) ->
                                    lines.add(
                                            new Line(
                                                    measurement,
                                                    run,
                                                    names.indexOf(run),
                                                    value,
                                                    lines.isEmpty()
                                                            || !lines.get(lines.size() - 1)
                                                                    .measurement
                                                                    .equals(measurement))));
                    List<Object> line = new ArrayList<>(List.of(measurement));
                    names.forEach(
                            run ->
                                    line.add(
                                            Units.both(
                                                    each.getOrDefault(run, Estimate.NONE), unit)));
                    table.row(line.toArray());
                });
        List<Double> numbers = lines.stream().map(line -> line.value.value()).toList();
        RowChart<Line> chart =
                new RowChart<>(
                        "merged-" + id,
                        title,
                        axis,
                        "",
                        unit,
                        (from, to) -> Axis.log(numbers, from, to),
                        line ->
                                new String[] {
                                    line.first
                                            ? named.get(line.measurement).series().mechanism()
                                            : "",
                                    line.run
                                            + ", "
                                            + named.get(line.measurement)
                                                    .series()
                                                    .with(
                                                            Units.bytes(
                                                                    named.get(line.measurement)
                                                                            .size()))
                                                    .qualifier(),
                                    Units.value(line.value, unit),
                                    ""
                                },
                        (svg, scale, line, y) -> {
                            svg.whisker(scale, line.value, y, 13);
                            svg.mark(
                                    new Series(line.index, line.run, "", Series.Sleep.NEVER),
                                    scale.at(line.value.value()),
                                    y,
                                    line.measurement
                                            + ", "
                                            + line.run
                                            + ": "
                                            + Units.both(line.value, unit));
                        });
        return section.figure(
                new Figure(
                        "merged-" + id,
                        title,
                        "",
                        chart.draw(
                                lines,
                                runs.size()
                                        + " runs, never averaged. shm-compare "
                                        + runs.values().iterator().next().tool.version()),
                        "One line a measurement and run, with the 95 % interval over the forks of"
                                + " that run, or with fewer than 6 forks their range. The shape tells"
                                + " the run.",
                        table));
    }

    private Section missing() {
        DataTable table =
                new DataTable("What some run has no number for", "Measurement", "Run", "Why");
        Set<String> ids = new LinkedHashSet<>();
        runs.values()
                .forEach(
                        m ->
                                m.results
                                        .measurements()
                                        .forEach(measurement -> ids.add(measurement.id())));
        for (String id : ids) {
            runs.forEach(
                    (name, m) -> {
                        Optional<Measurement> own =
                                m.results.measurements().stream()
                                        .filter(each -> id.equals(each.id()))
                                        .findFirst();
                        if (own.isEmpty()) {
                            table.row(id, name, "not in this run");
                        } else if (!own.get().usable()) {
                            table.row(id, name, own.get().status() + ": " + own.get().reason());
                        }
                    });
        }
        Section section = new Section("missing", "What is missing");
        return table.isEmpty()
                ? section.note("Everything has numbers in every run.")
                : section.table(table);
    }
}
