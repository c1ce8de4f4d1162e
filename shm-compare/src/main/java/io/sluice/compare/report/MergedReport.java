package io.sluice.compare.report;

import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.Function;

/**
 * Several runs on one page, of several machines or Java versions, each in a column of its own.
 * Nothing is averaged over runs: an average would describe no machine. Any thread may call.
 */
public final class MergedReport {
    private static final int ROW = 22;
    private static final int HEADING = 26;

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
        Page page = new Page("Several runs of shm-compare, side by side");
        Html html = page.body();
        html.open("header")
                .element("p", "shm-compare · " + runs.size() + " runs", "class", "kicker");
        html.element("h1", "The same cells, several runs");
        html.element(
                        "p",
                        "Each run keeps its own numbers: nothing is averaged over machines or Java"
                                + " versions. Compare along a row, and read what differs between"
                                + " the machines first.",
                        "class",
                        "lead")
                .close("header");
        html.raw(machines());
        html.raw(
                chapter(
                        "round-trips",
                        "Median round trip, lower is better",
                        "median round trip time, logarithmic scale — lower is better",
                        reportRow -> reportRow.summary().p50(),
                        Units::time));
        html.raw(
                chapter(
                        "rates",
                        "Messages a second, higher is better",
                        "messages a second, logarithmic scale — higher is better",
                        reportRow ->
                                reportRow.measurement().factors().pattern() == Pattern.STREAM
                                        ? reportRow.summary().messagesPerSecond()
                                        : Estimate.NONE,
                        Units::rate));
        html.raw(
                chapter(
                        "cpu",
                        "CPU time a message, both ends, lower is better",
                        "CPU time a message, logarithmic scale — lower is better",
                        reportRow -> reportRow.summary().cpuNs(),
                        Units::time));
        html.raw(missingMeasurements());
        StringBuilder json = new StringBuilder("[");
        results.values()
                .forEach(
                        each ->
                                json.append(json.length() > 1 ? ",\n" : "\n")
                                        .append(ResultsFile.toJson(each).strip()));
        html.open("p")
                .open("button", "type", "button", "id", "download", "hidden", "hidden")
                .text("Save all results")
                .close("button")
                .close("p");
        return page.end(json.append("\n]\n").toString());
    }

    private String machines() {
        Section section = new Section("machines", "The machines");
        List<String> columns = new ArrayList<>(List.of(""));
        columns.addAll(runs.keySet());
        Table table = new Table("What was measured where", columns.toArray(new String[0]));
        fact(table, "Processor", m -> m.environment.cpuModel());
        fact(table, "Machine", ReportModel::machine);
        fact(table, "CPUs of the ends", ReportModel::cpuPair);
        fact(table, "Kernel", m -> m.environment.kernel());
        fact(table, "Java", m -> m.environment.jvm() + " " + m.environment.jvmVersion());
        fact(table, "Collector", m -> m.environment.gc());
        fact(table, "Cache line there and back", m -> Units.both(m.floor, Units::time));
        fact(table, "Launches", m -> String.valueOf(m.run.launches()));
        fact(table, "Date", ReportModel::date);
        fact(table, "Run", m -> m.run.id());
        fact(table, "Checks that failed", m -> m.hasRed() ? "yes: do not quote" : "none");
        return section.table(table).toString();
    }

    private void fact(Table table, String name, Function<ReportModel, String> value) {
        List<String> line = new ArrayList<>(List.of(name));
        runs.values().forEach(m -> line.add(String.valueOf(value.apply(m))));
        table.row(line.toArray(new String[0]));
    }

    private String chapter(
            String id,
            String title,
            String axisLabel,
            Function<ReportModel.ReportRow, Estimate> number,
            DoubleFunction<String> unit) {
        Section section = new Section(id, title);
        Map<String, Map<String, Estimate>> byCell = new LinkedHashMap<>();
        runs.forEach(
                (name, m) ->
                        m.rows()
                                .forEach(
                                        reportRow -> {
                                            Estimate e = number.apply(reportRow);
                                            if (e.isKnown()) {
                                                byCell.computeIfAbsent(
                                                                reportRow.measurement().id(),
                                                                c -> new LinkedHashMap<>())
                                                        .put(name, e);
                                            }
                                        }));
        if (byCell.isEmpty()) {
            return section.placeholder("None of the runs has this number.");
        }
        List<String> columns = new ArrayList<>(List.of("Cell"));
        columns.addAll(runs.keySet());
        Table table = new Table(title, columns.toArray(new String[0]));
        byCell.forEach(
                (cell, each) -> {
                    List<String> line = new ArrayList<>(List.of(cell));
                    runs.keySet()
                            .forEach(
                                    run ->
                                            line.add(
                                                    Units.both(
                                                            each.getOrDefault(run, Estimate.NONE),
                                                            unit)));
                    table.row(line.toArray(new String[0]));
                });
        String caption =
                "One line a cell and run, with the 95 % interval over the launches of that run, or with"
                        + " fewer than 6 launches their range."
                        + " The shape tells the run.";
        return section.figure(
                        new Figure(
                                chartWidth -> draw(chartWidth, id, title, axisLabel, byCell, unit),
                                caption,
                                table),
                        false)
                .toString();
    }

    private String draw(
            ChartWidth chartWidth,
            String id,
            String title,
            String axisLabel,
            Map<String, Map<String, Estimate>> byCell,
            DoubleFunction<String> unit) {
        List<Double> all = new ArrayList<>();
        byCell.values().forEach(each -> each.values().forEach(e -> all.add(e.value())));
        RowLayout layout = RowLayout.of(chartWidth, 230, 600, ROW, 6);
        Axis axis = Axis.log(all, layout.left(), layout.right());
        List<String> names = List.copyOf(runs.keySet());
        double lines =
                byCell.values().stream()
                        .mapToDouble(each -> each.size() * layout.height() + HEADING)
                        .sum();
        double top = 20;
        Svg svg =
                new Svg(
                        chartWidth,
                        "merged-" + id,
                        title,
                        axisLabel + ". The numbers are in the table below the chart.");
        double last = layout.axis(svg, axis, top, top + lines, unit, axisLabel);
        double y = top;
        for (Map.Entry<String, Map<String, Estimate>> cell : byCell.entrySet()) {
            int most = chartWidth.pixels() / 7;
            svg.text(0, y + 16, "start", "heading", ReportModel.shorten(cell.getKey(), most));
            y += HEADING;
            for (Map.Entry<String, Estimate> each : cell.getValue().entrySet()) {
                Series series =
                        new Series(
                                names.indexOf(each.getKey()),
                                each.getKey(),
                                "",
                                Series.Sleep.NEVER);
                double middle = layout.middle(y);
                Estimate e = each.getValue();
                layout.words(svg, y, each.getKey(), "", Units.value(e, unit), "");
                svg.group(each.getKey());
                svg.mark(
                        series,
                        axis.at(e.value()),
                        middle,
                        cell.getKey() + ", " + each.getKey() + ": " + Units.both(e, unit));
                LatencyChart.interval(svg, axis, e, middle);
                svg.end();
                y += layout.height();
            }
        }
        return svg.build(
                last, runs.size() + " runs, never averaged. shm-compare " + first().tool.version());
    }

    private ReportModel first() {
        return runs.values().iterator().next();
    }

    private String missingMeasurements() {
        Set<String> ids = new LinkedHashSet<>();
        runs.values()
                .forEach(m -> m.results.cells().forEach(measurement -> ids.add(measurement.id())));
        Table table = new Table("Cells that some run has no number for", "Cell", "Run", "Why");
        for (String id : ids) {
            runs.forEach(
                    (name, m) -> {
                        List<Measurement> own =
                                m.results.cells().stream()
                                        .filter(measurement -> id.equals(measurement.id()))
                                        .toList();
                        if (own.isEmpty()) {
                            table.row(id, name, "not in this run");
                        } else if (!own.get(0).usable()) {
                            table.row(id, name, own.get(0).status() + ": " + own.get(0).reason());
                        }
                    });
        }
        Section section = new Section("missing", "What is missing");
        return table.isEmpty()
                ? section.placeholder("Every cell has numbers in every run.")
                : section.table(table).toString();
    }
}
