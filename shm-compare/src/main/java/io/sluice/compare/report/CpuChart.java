package io.sluice.compare.report;

import io.sluice.compare.result.Details;
import io.sluice.compare.result.Factors;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import io.sluice.compare.stats.Summary;
import java.util.List;
import java.util.Map;

/** CPU time for each message, in the program and in the kernel. */
final class CpuChart {
    private CpuChart() {}

    static Figure of(Measured measured, List<Measured.Row> all, String pattern, String id) {
        List<Measured.Row> rows =
                all.stream().filter(row -> row.summary().cpuNs().known()).toList();
        double largest =
                rows.stream()
                        .mapToDouble(
                                r ->
                                        Math.max(
                                                r.summary().cpuNs().value() + others(measured, r),
                                                hi(r.summary())))
                        .max()
                        .orElse(1);
        String what = words(pattern);
        return new Figure(
                format -> draw(format, measured, rows, largest, what, id),
                "What each message costs in CPU time, "
                        + what
                        + ", both ends together. Whether the time was spent in the"
                        + " program or in the kernel is "
                        + (ticks(measured) > 0
                                ? "sampled here by the clock tick: the table says by how much the"
                                        + " boundary may be off (one standard error). A"
                                : "usually sampled by the clock tick: take the boundary as"
                                        + " approximate. A")
                        + " spinning end is charged for all the time it looks for messages, and burns its CPU also when there"
                        + " are none.",
                table(measured, rows, what));
    }

    private static String draw(
            Format format,
            Measured measured,
            List<Measured.Row> rows,
            double largest,
            String what,
            String id) {
        RowChart chart = new RowChart(format, rows, (from, to) -> Axis.linear(largest, from, to));
        Svg svg =
                new Svg(
                        format,
                        id,
                        "CPU time for each message, " + what,
                        "One bar a mechanism and size: plain for time in the program, hatched for time in the kernel, outlined"
                                + " for the CPU time of others meanwhile. Both ends together. The axis begins at zero, lower is better. The numbers are in the table below the"
                                + " chart.");
        double line = format.pick(22, 40);
        double first = format.pick(chart.left(), 0);
        double apart = format.pick(130, 114);
        svg.rect(first, line - 9, 14, 10, "bar c0");
        svg.text(first + 20, line, "start", "tick strong", "in the program");
        svg.hatched(first + apart, line - 9, 14, 10, "bar c1");
        svg.text(first + apart + 20, line, "start", "tick strong", "in the kernel");
        svg.rect(first + 2 * apart, line - 9, 14, 10, "outline c4");
        svg.text(first + 2 * apart + 20, line, "start", "tick strong", "of others");
        double bottom =
                chart.axis(
                        svg,
                        "CPU time for each message, both ends, from zero — lower is better",
                        Units::time);
        chart.rows(
                svg,
                "CPU a message",
                row ->
                        new String[] {
                            Units.value(row.summary().cpuNs(), Units::time),
                            Units.value(row.summary().cpusBusy(), Units::hundredths) + " CPUs busy"
                        },
                (s, row, y) -> paint(s, chart, row.summary(), others(measured, row), y));
        return svg.build(bottom, measured.scope());
    }

    /** CPU time of all but the ends for each message, 0 if not measured. */
    private static double others(Measured measured, Measured.Row row) {
        double others = measured.bootstrap.median(PerLaunch.bystanders(row.cell())).value();
        return Double.isFinite(others) ? others : 0;
    }

    /**
     * Returns how often per second the kernel samples where a thread runs; 0 if it accounts
     * exactly, or if that is unknown.
     */
    private static double ticks(Measured measured) {
        Map<String, String> kernel = measured.environment.details().get(Details.KERNEL);
        if (kernel == null || !"tick".equals(kernel.get("cputime accounting"))) {
            return 0;
        }
        String hz = kernel.getOrDefault("hz", "");
        return hz.matches("\\d{1,5}") ? Double.parseDouble(hz) : 0;
    }

    /** By how much the kernel's part of the time may be off. */
    private static String tickError(Measured measured, Measured.Row row) {
        double ticks = ticks(measured);
        Estimate share =
                ticks == 0
                        ? Estimate.NONE
                        : measured.bootstrap.median(Samples.kernelShareError(row.cell(), ticks));
        Estimate cpu = row.summary().cpuNs();
        return share.known() && cpu.known()
                ? "±\u00a0" + Units.time(share.value() * cpu.value())
                : Units.DASH;
    }

    static String words(String pattern) {
        return switch (pattern) {
            case Factors.RTT -> "in round trips";
            case Factors.STREAM -> "in a stream";
            default -> "pattern " + pattern;
        };
    }

    private static double hi(Summary s) {
        return s.cpuNs().hasInterval() ? s.cpuNs().hi() : 0;
    }

    private static void paint(Svg svg, RowChart chart, Summary s, double others, double y) {
        Axis axis = chart.axis();
        double cpu = s.cpuNs().value();
        double sampled = s.userNs().value() + s.systemNs().value();
        double user = sampled > 0 ? cpu * s.userNs().value() / sampled : cpu;
        svg.rect(chart.left(), y - 9, axis.at(user) - chart.left(), 18, "bar c0");
        svg.hatched(axis.at(user), y - 9, axis.at(cpu) - axis.at(user), 18, "bar c1");
        if (others > 0) {
            double end = axis.at(cpu + others);
            svg.rect(axis.at(cpu), y - 9, end - axis.at(cpu), 18, "outline c4");
        }
        LatencyChart.interval(svg, axis, s.cpuNs(), y);
    }

    private static Table table(Measured measured, List<Measured.Row> rows, String what) {
        Table table =
                new Table(
                        "CPU time for each message, " + what,
                        "Mechanism",
                        "Message",
                        "CPU time",
                        "95 % interval",
                        "in the program",
                        "in the kernel",
                        "± by the tick",
                        "others meanwhile",
                        "CPUs busy");
        for (Measured.Row row : rows) {
            Summary s = row.summary();
            table.row(
                    row.series().detail(),
                    Units.bytes(row.size()),
                    Units.value(s.cpuNs(), Units::time),
                    Units.interval(s.cpuNs(), Units::time),
                    Units.value(s.userNs(), Units::time),
                    Units.value(s.systemNs(), Units::time),
                    tickError(measured, row),
                    Units.value(
                            measured.bootstrap.median(PerLaunch.bystanders(row.cell())),
                            Units::time),
                    Units.value(s.cpusBusy(), Units::hundredths));
        }
        return table;
    }
}
