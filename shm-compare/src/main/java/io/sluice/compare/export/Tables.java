package io.sluice.compare.export;

import static io.sluice.compare.export.Metric.orNaN;
import static java.lang.Double.NaN;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.result.Audit;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Results;
import io.sluice.compare.stats.Bootstrap;
import io.sluice.compare.stats.CallCounts;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Measurements;
import io.sluice.compare.stats.Samples;
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

    /** The columns of the CSV, by kind. */
    private static final class Csv {
        private final DataTable.Columns<Line> columns = new DataTable.Columns<>();

        private void text(String name, Function<Line, ?> text) {
            columns.text(name, line -> Objects.requireNonNullElse(text.apply(line), ""));
        }

        private void number(String name, Function<Line, Double> number) {
            columns.number(name, Units::whole, number);
        }

        /** Adds an estimate and the ends of its interval. */
        private void estimate(String name, Function<Line, Estimate> estimate) {
            number(name, line -> estimate.apply(line).value());
            number(name + "_lo", line -> estimate.apply(line).lo());
            number(name + "_hi", line -> estimate.apply(line).hi());
        }

        private void estimates(Metric from, Metric to) {
            EnumSet.range(from, to).forEach(each -> estimate(each.column(), each::of));
        }

        private void numbers(Metric from, Metric to) {
            EnumSet.range(from, to)
                    .forEach(each -> number(each.column(), line -> line.get(each).value()));
        }

        /** Adds the sum of a number over all forks of what may be used. */
        private void sum(String name, Function<Measurement, DoubleStream> numbers) {
            number(name, line -> line.isUsable() ? numbers.apply(line.measurement).sum() : NaN);
        }

        private void ends(String name, ToDoubleFunction<EndCounters> counter) {
            sum(name, m -> m.ends().mapToDouble(counter));
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
        Csv csv = new Csv();
        factors(csv);
        tables.numbers(csv);
        out.print(tables.table(csv.columns).csv());
    }

    private DataTable table(DataTable.Columns<Line> columns) {
        return columns.of("", results.measurements().stream().map(this::line).toList());
    }

    private static void factors(Csv csv) {
        csv.text("id", Line::name);
        csv.text("mechanism", l -> l.factors().mechanism());
        csv.text("wait", l -> l.factors().waiting().id());
        csv.text("pattern", l -> l.factors().pattern());
        csv.text("size", l -> l.factors().size());
        csv.text("touch", l -> l.factors().touch());
        csv.text("placement", l -> l.factors().placement());
        csv.text("batch", l -> l.factors().batch());
        csv.text("rate_per_s", l -> l.factors().ratePerSecond());
        csv.text("gap_ns", l -> l.factors().gapNs());
        csv.text("status", l -> l.measurement.status());
        csv.text("reason", l -> l.measurement.reason());
        csv.text("flags", l -> String.join(" ", l.measurement.flags()));
        csv.text("forks", l -> l.measurement.forks().size());
    }

    private void numbers(Csv csv) {
        csv.estimates(Metric.P50_NS, Metric.INVOLUNTARY_SWITCHES_PER_MESSAGE);
        csv.estimate("times_the_floor", this::timesTheFloor);
        csv.text("system_calls_counted_by", l -> calls(l).isKnown() ? countedBy(l) : null);
        csv.estimates(Metric.SERVICE_P50_NS, Metric.RESPONSE_P9999_NS);
        csv.numbers(Metric.INITIATOR_CPU_NS_PER_MESSAGE, Metric.CALL_INTERRUPTS_PER_MESSAGE);
        csv.ends("migrations_sum", end -> orNaN(end.migrations()));
        csv.ends("collections_sum", EndCounters::collections);
        csv.ends("compilation_ms_sum", EndCounters::compilationMs);
        csv.ends("safepoint_ns_sum", end -> orNaN(end.safepointNs()));
        csv.numbers(Metric.OBSERVER_EFFECT, Metric.GHZ_AFTER);
        csv.sum(
                "steady_forks",
                m -> m.forks().stream().mapToDouble(f -> f.number(Numbers.STEADY, Double.NaN)));
        csv.numbers(Metric.LINE_ROUND_TRIP_NS, Metric.LINE_ROUND_TRIP_NS);
    }

    private Estimate timesTheFloor(Line line) {
        Measurement m = line.measurement;
        double[] floor = Samples.lineRoundTrip(results, m.factors().placement());
        return m.usable()
                ? Bootstrap.of(results).ratio(Samples.percentile(m, 50), floor)
                : Estimate.NONE;
    }

    /** Writes a table of the main numbers, and where they are from. */
    static void markdown(Results results, PrintStream out) {
        Tables tables = new Tables(results);
        out.print(tables.table(tables.main()).markdown());
        out.printf(
                "%nMedians over forks, each with the %s. %s One machine, one placement: no other.%n",
                Measurements.nameOfInterval(results.measurements()), tables.machine());
    }

    private DataTable.Columns<Line> main() {
        return new DataTable.Columns<Line>()
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
