package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.MESSAGES_PER_S;
import static io.sluice.compare.export.Metric.P50_NS;
import static io.sluice.compare.export.Units.DASH;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Metric;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Grade;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.stats.Grading;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Several runs on one page, of several machines or Java versions, each in a column of its own.
 * Nothing is averaged over runs: an average would describe no machine. Any thread may call.
 */
public final class MergedReport {
    private final Map<String, ReportModel> runs = new LinkedHashMap<>();

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

    private Section chapter(String key, Metric metric, Predicate<Row> which) {
        Section section = new Section(key, Text.of("merged." + key));
        Map<String, SequencedMap<String, Row>> all = new LinkedHashMap<>();
        runs.forEach(
                (run, model) ->
                        model.rows().stream()
                                .filter(row -> which.test(row) && row.get(metric).isKnown())
                                .forEach(
                                        row ->
                                                all.computeIfAbsent(
                                                                row.measurement().id(),
                                                                id -> new LinkedHashMap<>())
                                                        .put(run, row)));
        if (all.isEmpty()) {
            return section.note("None of the runs has this number.");
        }
        List<RowChart.ChartLine> lines = new ArrayList<>();
        List<Double> numbers = new ArrayList<>();
        for (SequencedMap<String, Row> rows : all.values()) {
            rows.forEach(
                    (run, row) -> {
                        boolean isFirst = rows.firstEntry().getValue() == row;
                        numbers.add(row.get(metric).value());
                        lines.add(line(run, row, metric, isFirst));
                    });
        }
        RowChart chart =
                new RowChart(
                        "merged-" + key,
                        section.title(),
                        Text.of("merged." + key + ".axis"),
                        "",
                        metric.unit(),
                        Axis.log(numbers, 0, 1),
                        lines);
        BinaryOperator<String> both =
                (id, run) ->
                        all.get(id).containsKey(run) ? all.get(id).get(run).both(metric) : DASH;
        String version = runs.values().iterator().next().tool.version();
        DataTable table = byRun("Measurement", both).of(section.title(), all.keySet());
        String scope = Text.of("merged.scope", runs.size(), version);
        return section.figure(chart.figure("", Text.of("merged.caption"), table, scope));
    }

    /** Returns the line of one run; only the first of a measurement names the mechanism. */
    private RowChart.ChartLine line(String run, Row row, Metric metric, boolean isFirst) {
        int index = List.copyOf(runs.keySet()).indexOf(run);
        Series shape = new Series(index, run, "", Series.Sleep.NEVER);
        String tip = row.measurement().id() + ", " + run + ": " + row.both(metric);
        return new RowChart.ChartLine(
                isFirst ? row.series().mechanism() : "",
                run + ", " + row.series().with(Units.bytes(row.size())).qualifier(),
                row.text(metric),
                "",
                (svg, axis, y) -> svg.estimate(axis, shape, row.get(metric), y, 1, tip));
    }

    private Section missing() {
        DataTable table =
                new DataTable("What some run has no number for", "Measurement", "Run", "Why");
        Set<String> ids = new LinkedHashSet<>();
        runs.values().forEach(m -> m.results.measurements().forEach(each -> ids.add(each.id())));
        for (String id : ids) {
            runs.forEach((run, m) -> why(m.results, id).ifPresent(why -> table.row(id, run, why)));
        }
        return new Section("missing", "What is missing")
                .table(table)
                .orNote("Everything has numbers in every run.");
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
