package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.MESSAGES_PER_S;
import static io.sluice.compare.export.Metric.P50_NS;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Metric;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Grade;
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
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Several runs on one page, of several machines or Java versions, each in a column of its own.
 * Nothing is averaged over runs: an average would describe no machine. Any thread may call.
 */
public final class MergedReport {
    private final Map<String, ReportModel> runs = new LinkedHashMap<>();

    /** A number of a measurement in one run. */
    private record Value(Row row, String run, Metric metric) {
        String id() {
            return row.measurement().id();
        }

        Estimate number() {
            return row.get(metric);
        }

        String both() {
            return row.both(metric);
        }
    }

    private MergedReport(Map<String, Results> results) {
        results.forEach((name, each) -> runs.put(name, new ReportModel(each)));
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
                        chapter("round-trips", P50_NS, row -> true),
                        chapter("rates", MESSAGES_PER_S, MergedReport::isStream),
                        chapter("cpu", CPU_NS_PER_MESSAGE, row -> true),
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

    private static boolean isStream(Row row) {
        return row.factors().pattern() == Pattern.STREAM;
    }

    private Section machines() {
        Map<String, Function<ReportModel, Object>> facts = new LinkedHashMap<>();
        facts.put("Grade", m -> grade(Grading.of(m.results)));
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
        BinaryOperator<String> value =
                (fact, run) -> String.valueOf(facts.get(fact).apply(runs.get(run)));
        return new Section("machines", "The machines")
                .table(byRun("", value).of("What was measured where", facts.keySet()));
    }

    private static String grade(Grade grade) {
        return grade.letter() + ": " + grade.words();
    }

    /** Returns columns of names and, for each run, of a text. */
    private DataTable.Columns<String> byRun(String head, BinaryOperator<String> text) {
        var columns = new DataTable.Columns<String>().text(head, name -> name);
        runs.keySet().forEach(run -> columns.text(run, name -> text.apply(name, run)));
        return columns;
    }

    private Section chapter(String id, Metric metric, Predicate<Row> which) {
        Section section = new Section(id, Text.of("merged." + id));
        List<Value> values = new ArrayList<>();
        runs.forEach(
                (run, model) ->
                        model.rows().stream()
                                .filter(row -> which.test(row) && row.get(metric).isKnown())
                                .forEach(row -> values.add(new Value(row, run, metric))));
        if (values.isEmpty()) {
            return section.note("None of the runs has this number.");
        }
        Map<String, List<Value>> byId =
                values.stream().collect(groupingBy(Value::id, LinkedHashMap::new, toList()));
        RowChart chart =
                new RowChart(
                        "merged-" + id,
                        section.title(),
                        Text.of("merged." + id + ".axis"),
                        "",
                        metric.unit(),
                        Axis.log(values.stream().map(v -> v.number().value()).toList(), 0, 1),
                        byId.values().stream().flatMap(this::lines).toList());
        BinaryOperator<String> both =
                (measurement, run) ->
                        byId.get(measurement).stream()
                                .filter(value -> value.run.equals(run))
                                .map(Value::both)
                                .findFirst()
                                .orElse(Units.DASH);
        String version = runs.values().iterator().next().tool.version();
        return section.figure(
                chart.figure(
                        "",
                        Text.of("merged.caption"),
                        byRun("Measurement", both).of(section.title(), byId.keySet()),
                        Text.of("merged.scope", runs.size(), version)));
    }

    /** Returns the rows of a measurement; only the first of them names the mechanism. */
    private Stream<RowChart.Line> lines(List<Value> values) {
        Series series = values.getFirst().row.series();
        String size = Units.bytes(values.getFirst().row.size());
        return values.stream()
                .map(
                        value -> {
                            int index = List.copyOf(runs.keySet()).indexOf(value.run);
                            Series shape = new Series(index, value.run, "", Series.Sleep.NEVER);
                            String tip = value.id() + ", " + value.run + ": " + value.both();
                            return new RowChart.Line(
                                    value == values.getFirst() ? series.mechanism() : "",
                                    value.run + ", " + series.with(size).qualifier(),
                                    value.row.text(value.metric),
                                    "",
                                    (svg, axis, y) ->
                                            svg.estimate(axis, shape, value.number(), y, 1, tip));
                        });
    }

    private Section missing() {
        DataTable table =
                new DataTable("What some run has no number for", "Measurement", "Run", "Why");
        Set<String> ids = new LinkedHashSet<>();
        runs.values().forEach(m -> m.results.measurements().forEach(each -> ids.add(each.id())));
        for (String id : ids) {
            runs.forEach((run, m) -> why(m.results, id).ifPresent(why -> table.row(id, run, why)));
        }
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
