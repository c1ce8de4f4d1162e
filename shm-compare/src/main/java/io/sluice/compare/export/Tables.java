package io.sluice.compare.export;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Results;
import io.sluice.compare.stats.Bootstrap;
import io.sluice.compare.stats.CallCounts;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Measurements;
import io.sluice.compare.stats.Samples;
import io.sluice.compare.stats.Summary;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Measurements as tables. An empty field, or a dash, is a number that is not known. */
final class Tables {
    private static final List<Double> PERCENTILES = List.of(50.0, 99.0, 99.9, 99.99);

    private final Results results;
    private final Bootstrap bootstrap;
    private final CallCounts counts;

    /** A measurement, and its summary if it may be used. */
    private record Line(Measurement measurement, Summary summary) {
        Estimate of(Function<Summary, Estimate> number) {
            return summary == null ? Estimate.NONE : number.apply(summary);
        }
    }

    private Tables(Results results) {
        this.results = results;
        bootstrap = Bootstrap.of(results);
        counts = new CallCounts(results);
    }

    private List<Line> lines() {
        return results.measurements().stream()
                .map(
                        m ->
                                new Line(
                                        m,
                                        m.usable()
                                                ? Summary.of(
                                                        m,
                                                        bootstrap,
                                                        Samples.lineRoundTrip(
                                                                results, m.factors().placement()))
                                                : null))
                .toList();
    }

    /** Writes all numbers, one line per measurement. */
    static void csv(Results results, PrintStream out) {
        out.print(new Tables(results).all().csv());
    }

    private DataTable all() {
        Csv csv = new Csv();
        csv.text("id", l -> l.measurement.id())
                .text("mechanism", l -> f(l).mechanism())
                .text("wait", l -> f(l).waiting())
                .text("pattern", l -> f(l).pattern())
                .text("size", l -> f(l).size())
                .text("touch", l -> f(l).touch())
                .text("placement", l -> f(l).placement())
                .text("batch", l -> f(l).batch())
                .text("rate_per_s", l -> f(l).ratePerSecond())
                .text("gap_ns", l -> f(l).gapNs())
                .text("status", l -> l.measurement.status())
                .text("reason", l -> l.measurement.reason())
                .text("flags", l -> String.join(" ", l.measurement.flags()))
                .text("forks", l -> l.measurement.forks().size());
        csv.estimate("p50_ns", l -> l.of(Summary::p50));
        csv.estimate("p90_ns", l -> l.of(Summary::p90));
        csv.estimate("p99_ns", l -> l.of(Summary::p99));
        csv.estimate("p999_ns", l -> l.of(Summary::p999));
        csv.estimate("p9999_ns", l -> l.of(Summary::p9999));
        csv.estimate("max_ns", l -> l.of(Summary::max));
        csv.estimate("mean_ns", l -> l.of(Summary::mean));
        csv.estimate("messages_per_s", l -> l.of(Summary::messagesPerSecond));
        csv.estimate("bytes_per_s", l -> l.of(Summary::bytesPerSecond));
        csv.estimate("cpu_ns_per_message", l -> l.of(Summary::cpuNs));
        csv.estimate("user_ns_per_message", l -> l.of(Summary::userNs));
        csv.estimate("system_ns_per_message", l -> l.of(Summary::systemNs));
        csv.estimate("cpus_busy", l -> l.of(Summary::cpusBusy));
        csv.estimate("system_calls_per_message", this::calls);
        csv.estimate("voluntary_switches_per_message", l -> l.of(Summary::voluntarySwitches));
        csv.estimate("involuntary_switches_per_message", l -> l.of(Summary::involuntarySwitches));
        csv.estimate("times_the_floor", l -> l.of(Summary::floorRatio));
        csv.text("system_calls_counted_by", l -> calls(l).isKnown() ? countedBy(l) : null);
        for (double percentile : PERCENTILES) {
            String name = "_p" + String.valueOf(percentile).replaceAll("\\.0$|\\.", "") + "_ns";
            csv.estimate(
                    "service" + name, l -> paced(l, Samples.service(l.measurement, percentile)));
            csv.estimate(
                    "response" + name, l -> paced(l, Samples.response(l.measurement, percentile)));
        }
        csv.median(
                "initiator_cpu_ns_per_message",
                m -> Samples.perMessage(m, Fork.INITIATOR, EndCounters::cpuNs));
        csv.median(
                "responder_cpu_ns_per_message",
                m -> Samples.perMessage(m, Fork.RESPONDER, EndCounters::cpuNs));
        csv.median("bystander_cpu_ns_per_message", Samples::otherCpuNs);
        csv.each(
                "failed_calls_per_message",
                end -> end.failedCalls().values().stream().mapToLong(Long::longValue).sum());
        csv.each("short_transfers_per_message", EndCounters::shortTransfers);
        csv.each("page_faults_per_message", end -> end.minorFaults() + end.majorFaults());
        csv.each("run_delay_ns_per_message", end -> orNaN(end.runDelayNs()));
        csv.median("wake_up_interrupts_per_message", Samples::rescheduleInterrupts);
        csv.median("call_interrupts_per_message", Samples::functionCallInterrupts);
        csv.sum("migrations_sum", end -> orNaN(end.migrations()));
        csv.sum("collections_sum", EndCounters::collections);
        csv.sum("compilation_ms_sum", EndCounters::compilationMs);
        csv.sum("safepoint_ns_sum", end -> orNaN(end.safepointNs()));
        csv.median("observer_effect", Samples::observerEffect);
        for (String name :
                List.of(
                        Numbers.CLOCK_OFFSET_NS,
                        Numbers.WARM_UP_MESSAGES,
                        Numbers.GHZ_BEFORE,
                        Numbers.GHZ_AFTER)) {
            String snake = name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            csv.median(snake, m -> Samples.number(m, name));
        }
        csv.whenUsable(
                "steady_forks",
                m -> java.util.Arrays.stream(Samples.number(m, Numbers.STEADY)).sum());
        csv.median(
                "line_round_trip_ns",
                m ->
                        m.forks().stream()
                                .mapToDouble(Fork::lineRoundTripNs)
                                .map(ns -> ns > 0 ? ns : Double.NaN)
                                .toArray());
        return csv.columns.of("measurements", lines());
    }

    /** The kinds of columns of the CSV. */
    private static final class Csv {
        private final DataTable.Columns<Line> columns = new DataTable.Columns<>();

        private Csv text(String name, Function<Line, ?> text) {
            columns.text(name, line -> Objects.requireNonNullElse(text.apply(line), ""));
            return this;
        }

        private void estimate(String name, Function<Line, Estimate> estimate) {
            number(name, line -> estimate.apply(line).value());
            number(name + "_lo", line -> estimate.apply(line).lo());
            number(name + "_hi", line -> estimate.apply(line).hi());
        }

        private void number(String name, Function<Line, Double> number) {
            columns.number(name, n -> DataTable.DASH, number);
        }

        private void whenUsable(String name, Function<Measurement, Double> number) {
            number(name, l -> l.summary == null ? Double.NaN : number.apply(l.measurement));
        }

        /** Adds a median, which does not depend on the seed. */
        private void median(String name, Function<Measurement, double[]> samples) {
            whenUsable(name, m -> new Bootstrap(0).median(samples.apply(m)).value());
        }

        private void each(String name, ToDoubleFunction<EndCounters> counter) {
            median(name, m -> Samples.perMessage(m, counter));
        }

        private void sum(String name, ToDoubleFunction<EndCounters> counter) {
            whenUsable(
                    name,
                    m ->
                            m.forks().stream()
                                    .flatMap(fork -> fork.ends().values().stream())
                                    .mapToDouble(counter)
                                    .sum());
        }
    }

    private static Factors f(Line line) {
        return line.measurement.factors();
    }

    private static double orNaN(Long number) {
        return number == null ? Double.NaN : number;
    }

    /** Returns a median of times of messages with a scheduled send time. */
    private Estimate paced(Line line, double[] times) {
        return line.summary == null ? Estimate.NONE : bootstrap.median(times);
    }

    /** Writes a table of the main numbers, and where they are from. */
    static void markdown(Results results, PrintStream out) {
        Tables tables = new Tables(results);
        out.print(tables.main().markdown());
        out.println();
        out.println(
                "Medians over forks, each with the "
                        + Measurements.nameOfInterval(results.measurements())
                        + ". "
                        + tables.machine()
                        + " One machine, one placement: no other.");
    }

    private DataTable main() {
        return new DataTable.Columns<Line>()
                .text("measurement", l -> l.measurement.id())
                .text("p50, µs (interval)", l -> timeOf(l, 50))
                .text("p99, µs", l -> timeOf(l, 99))
                .text("messages/s", l -> fixed(l.of(Summary::messagesPerSecond).value(), 0))
                .text("CPU, µs a message", l -> fixed(l.of(Summary::cpuNs).value() / 1000, 3))
                .text("calls", this::callsInWords)
                .text("times the floor", l -> fixed(l.of(Summary::floorRatio).value(), 1))
                .text(
                        "status",
                        l ->
                                Stream.of(
                                                l.measurement.status(),
                                                l.summary != null
                                                        ? String.join(" ", l.measurement.flags())
                                                        : l.measurement.reason())
                                        .filter(part -> part != null && !part.isEmpty())
                                        .collect(Collectors.joining(": ")))
                .of("measurements", lines());
    }

    /** Returns the round trip, or the response time of messages with a scheduled send time. */
    private String timeOf(Line line, double percentile) {
        Estimate paced = paced(line, Samples.response(line.measurement, percentile));
        Estimate time =
                paced.isKnown() ? paced : line.of(percentile == 50 ? Summary::p50 : Summary::p99);
        String spread =
                percentile == 50 && time.hasInterval()
                        ? " ("
                                + fixed(time.lo() / 1000, 3)
                                + " to "
                                + fixed(time.hi() / 1000, 3)
                                + ")"
                        : "";
        return fixed(time.value() / 1000, 3) + spread + (paced.isKnown() ? " response" : "");
    }

    private String machine() {
        Environment e = results.environment();
        return e == null
                ? ""
                : DataTable.escaped(
                        Stream.of(
                                        e.cpuModel(),
                                        e.cpus() + " CPUs",
                                        e.virtualization(),
                                        e.kernel(),
                                        "Java " + Objects.requireNonNullElse(e.jvmVersion(), ""))
                                .map(part -> Objects.requireNonNullElse(part, ""))
                                .collect(Collectors.joining(", ", "", ".")));
    }

    /** Returns the ends' count; if they cannot count all calls, that of an audit, or none. */
    private Estimate calls(Line line) {
        return line.summary == null
                ? Estimate.NONE
                : counts.countedByEnds(line.measurement)
                        ? line.summary.systemCalls()
                        : counts.audited(line.measurement);
    }

    private String countedBy(Line line) {
        return counts.countedByEnds(line.measurement)
                ? "ends"
                : counts.audit(line.measurement).map(audit -> audit.observer()).orElse("");
    }

    private String callsInWords(Line line) {
        Estimate calls = calls(line);
        if (!calls.isKnown()) {
            return line.summary != null && !counts.countedByEnds(line.measurement)
                    ? "not counted"
                    : DataTable.DASH;
        }
        String by = countedBy(line);
        return fixed(calls.value(), 2) + (by.equals("ends") ? "" : " (" + by + ")");
    }

    private static String fixed(double number, int decimals) {
        return Double.isFinite(number)
                ? String.format(Locale.ROOT, "%." + decimals + "f", number)
                : DataTable.DASH;
    }
}
