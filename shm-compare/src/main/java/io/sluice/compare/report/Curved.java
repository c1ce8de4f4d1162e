package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Window;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What changes with an offered load, with a pause, and as time goes on: curves. */
final class Curved {
    private final ReportModel model;

    /** A window of a fork, for the table. */
    private record Timeline(Row row, Fork fork) {
        double p50(Function<java.util.stream.DoubleStream, java.util.OptionalDouble> of) {
            return of.apply(fork.windows().stream().mapToDouble(Window::p50Ns)).orElse(Double.NaN);
        }
    }

    Curved(ReportModel model) {
        this.model = model;
    }

    /** Shows response time beside service time; showing both is the idea of wrk2. */
    Section load() {
        Section section = new Section("load", "By offered load");
        List<Row> rows = model.paced();
        if (rows.isEmpty()) {
            return section.note(
                    "Response against service time by offered load: not measured in this run."
                            + " --patterns oneway measures it, and --patterns rtt --rates 1000 the same"
                            + " for round trips.");
        }
        Map<Series, List<Row>> bySeries = new LinkedHashMap<>();
        rows.forEach(row -> bySeries.computeIfAbsent(loaded(row), s -> new ArrayList<>()).add(row));
        List<Curves.Curve> curves = new ArrayList<>();
        bySeries.forEach(
                (series, own) -> {
                    curves.add(
                            curve(
                                    series.with("response p99"),
                                    0,
                                    own,
                                    row -> Samples.response(row.measurement(), 99)));
                    curves.add(
                            curve(
                                    series.with("service p99"),
                                    1,
                                    own,
                                    row -> Samples.service(row.measurement(), 99)));
                });
        Curves chart =
                new Curves(
                        "offered-load",
                        "Response and service time by offered load",
                        new Curves.Scale("messages offered each second", "rate", true),
                        new Curves.Scale("time — lower is better", "time", true),
                        curves);
        if (chart.isEmpty()) {
            return section.table(loads(rows));
        }
        return section.figure(
                chart.figure(
                        "Service time counts from the moment a message was sent. Response time"
                                + " counts from the moment at which it was to be sent, so it has in it"
                                + " what a sender that was held up makes the messages behind it wait."
                                + " Where the two part, a closed loop would have hidden it (coordinated"
                                + " omission). Messages go one way, unless the name says “round trips”:"
                                + " there the sender waits for each answer, so one slow answer holds up"
                                + " all that were due meanwhile.",
                        loads(rows),
                        model.scope()));
    }

    private static Series loaded(Row row) {
        Series series = row.series().with(Units.bytes(row.size()));
        String schedule = row.measurement().factors().schedule();
        series = isRoundTrip(row) ? series.with("round trips") : series;
        return schedule == null || schedule.equals(Factors.FIXED)
                ? series
                : series.with(schedule + " times");
    }

    private static boolean isRoundTrip(Row row) {
        return Pattern.RTT.equals(row.measurement().factors().pattern());
    }

    private Curves.Curve curve(
            Series series, int dash, List<Row> rows, Function<Row, double[]> times) {
        return new Curves.Curve(
                series,
                dash,
                rows.stream()
                        .filter(row -> offered(row) > 0)
                        .sorted(java.util.Comparator.comparingDouble(this::offered))
                        .map(
                                row ->
                                        new Curves.Point(
                                                offered(row),
                                                model.bootstrap.median(times.apply(row))))
                        .toList());
    }

    /** Returns the requested rate, or else the rate that was scheduled. */
    private double offered(Row row) {
        Double rate = row.measurement().factors().ratePerSecond();
        return rate != null
                ? rate
                : model.bootstrap
                        .median(Samples.number(row.measurement(), Numbers.TARGET_RATE))
                        .value();
    }

    private DataTable loads(List<Row> rows) {
        DataTable.Columns<Row> columns =
                new DataTable.Columns<Row>()
                        .text("Mechanism", row -> loaded(row).name())
                        .number("offered", Units::rate, this::offered)
                        .value(
                                "reached",
                                Units::rate,
                                row ->
                                        model.bootstrap.median(
                                                Samples.number(
                                                        row.measurement(), Numbers.ACHIEVED_RATE)))
                        .text("schedule", row -> row.measurement().factors().schedule());
        for (double p : new double[] {50, 99, 99.9}) {
            String name = " p" + Units.tick(String.valueOf(p));
            columns.value(
                            "service" + name,
                            Units::time,
                            row -> model.bootstrap.median(Samples.service(row.measurement(), p)))
                    .value(
                            "response" + name,
                            Units::time,
                            row -> model.bootstrap.median(Samples.response(row.measurement(), p)));
        }
        return columns.of("Times by offered load (a dash: too few samples)", rows);
    }

    /** Shows the latency of a message after a pause, when CPUs are idle and receivers sleep. */
    Section gaps() {
        Section section = new Section("gap", "After a pause");
        List<Row> rows =
                model.rows(Pattern.GAP).stream()
                        .filter(row -> row.measurement().factors().gapNs() != null)
                        .toList();
        if (rows.isEmpty()) {
            return section.note(
                    "Idle gaps: not measured in this run, and a wake-up after a quiet second may"
                            + " take longer than the hot ones above. --patterns gap measures it.");
        }
        DataTable table =
                Row.tableBySize()
                        .number(
                                "pause",
                                Units::time,
                                row -> (double) row.measurement().factors().gapNs())
                        .interval(
                                "p50",
                                ReportModel.nameOfInterval(rows),
                                Units::time,
                                row -> row.summary().p50())
                        .value("p99", Units::time, row -> row.summary().p99())
                        .of("Round trips after a pause", rows);
        for (int size : model.sizes(Pattern.GAP)) {
            Map<Series, List<Curves.Point>> points = new LinkedHashMap<>();
            rows.stream()
                    .filter(row -> row.size() == size)
                    .forEach(
                            row ->
                                    points.computeIfAbsent(row.series(), s -> new ArrayList<>())
                                            // A gap of 0 is drawn at a microsecond.
                                            .add(
                                                    new Curves.Point(
                                                            Math.max(
                                                                    1000,
                                                                    row.measurement()
                                                                            .factors()
                                                                            .gapNs()),
                                                            row.summary().p50())));
            Curves chart =
                    new Curves(
                            "gap-" + size,
                            "Round trip after a pause, messages of " + Units.bytes(size),
                            new Curves.Scale("pause before each message", "time", true),
                            new Curves.Scale(
                                    "median round trip time — lower is better", "time", true),
                            points.entrySet().stream()
                                    .map(e -> new Curves.Curve(e.getKey(), 0, e.getValue()))
                                    .toList());
            if (!chart.isEmpty()) {
                section.figure(
                        chart.figure(
                                "Nothing is sent for a while, and then one message goes there and"
                                        + " back. The reader waits meanwhile as its name says. The"
                                        + " sender sleeps, but looks at the clock for the last"
                                        + " 300\u00a0µs to be in time: its own CPU is awake when it"
                                        + " sends. So this is what it takes to wake the reader, and the"
                                        + " sender’s wait for the answer. A ping-pong without pauses"
                                        + " measures only wake-ups of processors that are still warm.",
                                table,
                                model.scope()));
            }
        }
        return section;
    }

    /** Shows a measurement window by window: drift, and time that other processes took. */
    Section timelines() {
        Section section = new Section("timeline", "As time went on");
        int size = model.headline().map(a -> a.size()).orElse(0);
        List<Timeline> all = new ArrayList<>();
        for (Row row : model.rows(Pattern.RTT, size)) {
            row.measurement().forks().stream()
                    .filter(f -> f.windows().size() > 1)
                    .forEach(f -> all.add(new Timeline(row, f)));
        }
        if (all.isEmpty()) {
            return section.note(
                    "The timeline is not drawn: no fork of this run has windows of time.");
        }
        Curves chart =
                new Curves(
                        "timelines",
                        "Median round trip in windows of time, messages of " + Units.bytes(size),
                        new Curves.Scale("time since the first message", "time", false),
                        new Curves.Scale(
                                "median round trip of a window — lower is better", "time", true),
                        all.stream().map(Curved::curve).toList());
        return section.figure(
                chart.figure(
                        "One curve a fork. A flat one is a steady measurement. A slope is drift; a"
                                + " step in one fork and not in the others is other work on the"
                                + " machine, or a host that moved a CPU.",
                        new DataTable.Columns<Timeline>()
                                .text("Mechanism", t -> t.row.name())
                                .text("fork", t -> String.valueOf(t.fork.n() + 1))
                                .text("windows", t -> String.valueOf(t.fork.windows().size()))
                                .number(
                                        "first p50",
                                        Units::time,
                                        t -> t.fork.windows().get(0).p50Ns())
                                .number(
                                        "last p50",
                                        Units::time,
                                        t ->
                                                t.fork.windows()
                                                        .get(t.fork.windows().size() - 1)
                                                        .p50Ns())
                                .number(
                                        "lowest p50",
                                        Units::time,
                                        t -> t.p50(java.util.stream.DoubleStream::min))
                                .number(
                                        "highest p50",
                                        Units::time,
                                        t -> t.p50(java.util.stream.DoubleStream::max))
                                .number(
                                        "largest",
                                        Units::time,
                                        t ->
                                                t.fork.windows().stream()
                                                        .mapToDouble(Window::maxNs)
                                                        .max()
                                                        .orElse(Double.NaN))
                                .text(
                                        "stolen",
                                        t ->
                                                t.fork.system() == null
                                                        ? null
                                                        : known(t.fork.system().stealNs()))
                                .text(
                                        "others’ CPU",
                                        t ->
                                                t.fork.system() == null
                                                        ? null
                                                        : known(t.fork.system().otherCpuNs()))
                                .of("Windows of the forks, messages of " + Units.bytes(size), all),
                        model.scope()));
    }

    private static Curves.Curve curve(Timeline t) {
        return new Curves.Curve(
                t.row.series().with("fork " + (t.fork.n() + 1)),
                t.fork.n(),
                t.fork.windows().stream()
                        .map(
                                w ->
                                        new Curves.Point(
                                                w.startNs(),
                                                new Estimate(w.p50Ns(), Double.NaN, Double.NaN)))
                        .toList());
    }

    private static String known(Long ns) {
        return ns == null ? null : Units.time(ns);
    }
}
