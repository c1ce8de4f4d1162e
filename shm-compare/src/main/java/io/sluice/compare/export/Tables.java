package io.sluice.compare.export;

import static io.sluice.compare.export.Metric.orNaN;
import static java.lang.Double.NaN;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.DataTable.Columns;
import io.sluice.compare.result.Audit;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Results;
import io.sluice.compare.stats.Attribution;
import io.sluice.compare.stats.CallCounts;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Measurements;
import java.io.PrintStream;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Measurements as tables. An empty field, or a dash, is a number that is not known. */
final class Tables {
    private final Results results;
    private final CallCounts counts;

    /** A measurement, and its numbers if they may be used. */
    private record Line(Measurement measurement, Map<Metric, Estimate> numbers)
            implements Metric.MetricValues {
        Factors factors() {
            return measurement.factors();
        }

        @Override
        public String name() {
            return measurement.id();
        }

        boolean isUsable() {
            return measurement.usable();
        }

        @Override
        public Estimate get(Metric metric) {
            return numbers.getOrDefault(metric, Estimate.NONE);
        }
    }

    private Tables(Results results) {
        this.results = results;
        counts = new CallCounts(results);
    }

    /** Takes an audit's count of system calls if the ends cannot count all of them. */
    private Line line(Measurement measurement) {
        if (!measurement.usable()) {
            return new Line(measurement, Map.of());
        }
        Map<Metric, Estimate> numbers = Metric.all(measurement);
        if (!counts.countedByEnds(measurement)) {
            numbers.put(Metric.SYSTEM_CALLS_PER_MESSAGE, counts.audited(measurement));
        }
        return new Line(measurement, numbers);
    }

    /** Writes all numbers, one line per measurement. */
    static void csv(Results results, PrintStream out) {
        Tables tables = new Tables(results);
        out.print(tables.table(tables.all()).csv());
    }

    private DataTable table(Columns<Line> columns) {
        return columns.of("", results.measurements().stream().map(this::line).toList());
    }

    private Columns<Line> all() {
        var csv =
                new Columns<Line>()
                        .text("id", Line::name)
                        .text("mechanism", l -> l.factors().mechanism())
                        .text("wait", l -> l.factors().waiting().id())
                        .text("pattern", l -> l.factors().pattern())
                        .text("size", l -> l.factors().size())
                        .text("touch", l -> l.factors().touch())
                        .text("placement", l -> l.factors().placement())
                        .text("batch", l -> l.factors().batch())
                        .text("rate_per_s", l -> l.factors().ratePerSecond())
                        .text("gap_ns", l -> l.factors().gapNs())
                        .text("status", l -> l.measurement.status())
                        .text("reason", l -> l.measurement.reason())
                        .text("flags", l -> String.join(" ", l.measurement.flags()))
                        .text("forks", l -> l.measurement.forks().size());
        estimates(csv, Metric.P50_NS, Metric.INVOLUNTARY_SWITCHES_PER_MESSAGE);
        estimate(csv, "times_the_floor", this::timesTheFloor);
        csv.text("system_calls_counted_by", l -> calls(l).isKnown() ? countedBy(l) : null);
        estimates(csv, Metric.SERVICE_P50_NS, Metric.RESPONSE_P9999_NS);
        numbers(csv, Metric.INITIATOR_CPU_NS_PER_MESSAGE, Metric.CALL_INTERRUPTS_PER_MESSAGE);
        ends(csv, "migrations_sum", end -> orNaN(end.migrations()));
        ends(csv, "collections_sum", EndCounters::collections);
        ends(csv, "compilation_ms_sum", EndCounters::compilationMs);
        ends(csv, "safepoint_ns_sum", end -> orNaN(end.safepointNs()));
        numbers(csv, Metric.OBSERVER_EFFECT, Metric.GHZ_AFTER);
        sum(
                csv,
                "steady_forks",
                m -> m.forks().stream().mapToDouble(f -> f.number(Numbers.STEADY, NaN)));
        numbers(csv, Metric.LINE_ROUND_TRIP_NS, Metric.LINE_ROUND_TRIP_NS);
        return csv;
    }

    /** Adds an estimate and the ends of its interval. */
    private static void estimate(
            Columns<Line> csv, String name, Function<Line, Estimate> estimate) {
        csv.value(name, Units::whole, estimate)
                .number(name + "_lo", Units::whole, line -> estimate.apply(line).lo())
                .number(name + "_hi", Units::whole, line -> estimate.apply(line).hi());
    }

    private static void estimates(Columns<Line> csv, Metric from, Metric to) {
        EnumSet.range(from, to).forEach(each -> estimate(csv, each.column(), each::of));
    }

    private static void numbers(Columns<Line> csv, Metric from, Metric to) {
        EnumSet.range(from, to).forEach(each -> csv.value(each.column(), Units::whole, each::of));
    }

    /** Adds the sum of a number over all forks of what may be used. */
    private static void sum(Columns<Line> csv, String name, Function<Measurement, DoubleStream> n) {
        csv.number(name, Units::whole, l -> l.isUsable() ? n.apply(l.measurement).sum() : NaN);
    }

    private static void ends(
            Columns<Line> csv, String name, ToDoubleFunction<EndCounters> counter) {
        sum(csv, name, m -> m.ends().mapToDouble(counter));
    }

    private Estimate timesTheFloor(Line line) {
        return Attribution.floorRatio(results, line.measurement);
    }

    /** Writes a table of the main numbers, and where they are from. */
    static void markdown(Results results, PrintStream out) {
        Tables tables = new Tables(results);
        out.print(tables.table(tables.main()).markdown());
        out.printf(
                "%nMedians over forks, each with the %s. %s One machine, one placement: no other.%n",
                Measurements.nameOfInterval(results.measurements()), tables.machine());
    }

    private Columns<Line> main() {
        return new Columns<Line>()
                .text("measurement", Line::name)
                .text("p50, µs (interval)", l -> time(l, Metric.RESPONSE_P50_NS, Metric.P50_NS))
                .text("p99, µs", l -> time(l, Metric.RESPONSE_P99_NS, Metric.P99_NS))
                .text("messages/s", l -> fixed(l.get(Metric.MESSAGES_PER_S).value(), 0))
                .text("CPU, µs a message", l -> micros(l.get(Metric.CPU_NS_PER_MESSAGE).value()))
                .text("calls", this::callsInWords)
                .text("times the floor", l -> fixed(timesTheFloor(l).value(), 1))
                .text("status", Tables::status);
    }

    private static String status(Line line) {
        Measurement m = line.measurement;
        return Stream.of(m.status(), m.usable() ? String.join(" ", m.flags()) : m.reason())
                .filter(part -> part != null && !part.isEmpty())
                .collect(joining(": "));
    }

    /** Returns the round trip, or the response time of messages with a scheduled send time. */
    private static String time(Line line, Metric response, Metric roundTrip) {
        Estimate paced = line.get(response);
        Estimate time = paced.isKnown() ? paced : line.get(roundTrip);
        String spread =
                roundTrip == Metric.P50_NS && time.hasInterval()
                        ? " (" + micros(time.lo()) + " to " + micros(time.hi()) + ")"
                        : "";
        return micros(time.value()) + spread + (paced.isKnown() ? " response" : "");
    }

    private String machine() {
        Environment e = results.environment();
        if (e == null) {
            return "";
        }
        String java = "Java " + Objects.requireNonNullElse(e.jvmVersion(), "");
        return Stream.of(e.cpuModel(), e.cpus() + " CPUs", e.virtualization(), e.kernel(), java)
                .map(part -> DataTable.escaped(Objects.requireNonNullElse(part, "")))
                .collect(joining(", ", "", "."));
    }

    private static Estimate calls(Line line) {
        return line.get(Metric.SYSTEM_CALLS_PER_MESSAGE);
    }

    private String countedBy(Line line) {
        return counts.countedByEnds(line.measurement)
                ? "ends"
                : counts.audit(line.measurement).map(Audit::observer).orElse("");
    }

    private String callsInWords(Line line) {
        double calls = calls(line).value();
        boolean byEnds = counts.countedByEnds(line.measurement);
        String by = byEnds ? "" : " (" + countedBy(line) + ")";
        return Double.isFinite(calls)
                ? fixed(calls, 2) + by
                : line.isUsable() && !byEnds ? CallCounts.NOT_COUNTED : Units.DASH;
    }

    private static String micros(double ns) {
        return fixed(ns / 1000, 3);
    }

    private static String fixed(double number, int decimals) {
        return Double.isFinite(number)
                ? String.format(Locale.ROOT, "%." + decimals + "f", number)
                : Units.DASH;
    }
}
