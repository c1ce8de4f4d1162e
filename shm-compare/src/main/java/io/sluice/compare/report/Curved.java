package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.ACHIEVED_RATE;
import static io.sluice.compare.export.Metric.P50_NS;
import static io.sluice.compare.export.Metric.P99_NS;
import static io.sluice.compare.export.Metric.RESPONSE_P50_NS;
import static io.sluice.compare.export.Metric.RESPONSE_P999_NS;
import static io.sluice.compare.export.Metric.RESPONSE_P99_NS;
import static io.sluice.compare.export.Metric.SERVICE_P50_NS;
import static io.sluice.compare.export.Metric.SERVICE_P999_NS;
import static io.sluice.compare.export.Metric.SERVICE_P99_NS;
import static io.sluice.compare.export.Metric.TARGET_RATE;
import static java.util.Comparator.comparingDouble;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Metric;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Schedule;
import io.sluice.compare.result.SystemCounters;
import io.sluice.compare.result.Window;
import io.sluice.compare.stats.Estimate;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What changes with an offered load, with a pause, and as time goes on: curves. */
record Curved(ReportModel model) {
    /** A fork with windows of time. */
    private record Timeline(Row row, Fork fork) {
        List<Window> windows() {
            return fork.windows();
        }

        DoubleSummaryStatistics all(ToDoubleFunction<Window> number) {
            return windows().stream().mapToDouble(number).summaryStatistics();
        }

        String system(Function<SystemCounters, Long> ns) {
            return Optional.ofNullable(fork.system()).map(ns).map(Units::time).orElse(null);
        }

        Curves.Curve curve() {
            return Curves.Curve.of(
                    row.series().with("fork " + (fork.n() + 1)),
                    fork.n(),
                    windows(),
                    Window::startNs,
                    w -> new Estimate(w.p50Ns(), Double.NaN, Double.NaN));
        }
    }

    /** Shows response time beside service time; showing both is the idea of wrk2. */
    Section load() {
        Section section = new Section("load", "By offered load");
        List<Row> rows = model.paced();
        Map<Series, List<Row>> bySeries =
                rows.stream().collect(groupingBy(Curved::loaded, LinkedHashMap::new, toList()));
        List<Curves.Curve> curves = new ArrayList<>();
        bySeries.forEach(
                (series, all) -> {
                    List<Row> own =
                            all.stream()
                                    .filter(row -> offered(row) > 0)
                                    .sorted(comparingDouble(Curved::offered))
                                    .toList();
                    curves.add(curve(series, 0, own, RESPONSE_P99_NS));
                    curves.add(curve(series, 1, own, SERVICE_P99_NS));
                });
        Curves chart = Curves.CurveKind.LOAD.of("offered-load", curves);
        return chart.isEmpty()
                ? section.table(loads(rows)).orNote(Text.of("load.missing"))
                : section.figure(chart.figure("", loads(rows), model.scope()));
    }

    private static Curves.Curve curve(Series series, int dash, List<Row> rows, Metric time) {
        Series named = series.with(time.head());
        return Curves.Curve.of(named, dash, rows, Curved::offered, time::of);
    }

    private static Series loaded(Row row) {
        Series series = row.series().with(Units.bytes(row.size()));
        Schedule schedule = row.factors().schedule();
        series = row.factors().pattern() == Pattern.RTT ? series.with("round trips") : series;
        return schedule == null || schedule == Schedule.FIXED
                ? series
                : series.with(schedule + " times");
    }

    /** Returns the requested rate, or else the rate that was scheduled. */
    private static double offered(Row row) {
        Double rate = row.factors().ratePerSecond();
        return rate != null ? rate : row.get(TARGET_RATE).value();
    }

    private static DataTable loads(List<Row> rows) {
        return new DataTable.Columns<Row>()
                .text("Mechanism", row -> loaded(row).name())
                .number("offered", Units::rate, Curved::offered)
                .values(ACHIEVED_RATE)
                .text("schedule", row -> row.factors().schedule())
                .values(SERVICE_P50_NS, RESPONSE_P50_NS, SERVICE_P99_NS, RESPONSE_P99_NS)
                .values(SERVICE_P999_NS, RESPONSE_P999_NS)
                .of("Times by offered load (a dash: too few samples)", rows);
    }

    /** Shows the latency of a message after a pause, when CPUs are idle and receivers sleep. */
    Section gaps() {
        Section section = new Section("gap", "After a pause");
        List<Row> rows = model.afterPauses();
        if (rows.isEmpty()) {
            return section.note(Text.of("gap.missing"));
        }
        String interval = ReportModel.nameOfInterval(rows);
        DataTable table =
                Row.tableBySize()
                        .number("pause", Units::time, row -> (double) row.factors().gapNs())
                        .interval("p50", interval, P50_NS)
                        .values(P99_NS)
                        .of("Round trips after a pause", rows);
        for (int size : model.sizes(Pattern.GAP)) {
            Curves chart = gaps(size, rows.stream().filter(row -> row.size() == size).toList());
            if (!chart.isEmpty()) {
                section.figure(chart.figure("", table, model.scope()));
            }
        }
        return section;
    }

    private static Curves gaps(int size, List<Row> rows) {
        List<Curves.Curve> curves = new ArrayList<>();
        rows.stream()
                .collect(groupingBy(Row::series, LinkedHashMap::new, toList()))
                .forEach((series, own) -> curves.add(gap(series, own)));
        return Curves.CurveKind.GAP.of("gap-" + size, curves, Units.bytes(size));
    }

    /** Draws a gap of 0 at a microsecond. */
    private static Curves.Curve gap(Series series, List<Row> rows) {
        ToDoubleFunction<Row> gap = row -> Math.max(1000, row.factors().gapNs());
        return Curves.Curve.of(series, 0, rows, gap, P50_NS::of);
    }

    /** Shows a measurement window by window: drift, and time that other processes took. */
    Section timelines() {
        Section section = new Section("timeline", "As time went on");
        int size = model.headline().map(a -> a.size()).orElse(0);
        List<Timeline> all =
                model.rows(Pattern.RTT, size).stream()
                        .flatMap(row -> row.forks().map(fork -> new Timeline(row, fork)))
                        .filter(t -> t.windows().size() > 1)
                        .toList();
        if (all.isEmpty()) {
            return section.note(Text.of("timeline.missing"));
        }
        List<Curves.Curve> curves = all.stream().map(Timeline::curve).toList();
        Curves chart = Curves.CurveKind.TIMELINE.of("timelines", curves, Units.bytes(size));
        DataTable table =
                new DataTable.Columns<Timeline>()
                        .text("Mechanism", t -> t.row.name())
                        .text("fork", t -> t.fork.n() + 1)
                        .text("windows", t -> t.windows().size())
                        .number("first p50", Units::time, t -> t.windows().getFirst().p50Ns())
                        .number("last p50", Units::time, t -> t.windows().getLast().p50Ns())
                        .number("lowest p50", Units::time, t -> t.all(Window::p50Ns).getMin())
                        .number("highest p50", Units::time, t -> t.all(Window::p50Ns).getMax())
                        .number("largest", Units::time, t -> t.all(Window::maxNs).getMax())
                        .text("stolen", t -> t.system(SystemCounters::stealNs))
                        .text("rest of the machine", t -> t.system(SystemCounters::otherCpuNs))
                        .of("Windows of the forks, messages of " + Units.bytes(size), all);
        return section.figure(chart.figure("", table, model.scope()));
    }
}
