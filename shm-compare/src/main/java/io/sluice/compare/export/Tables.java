package io.sluice.compare.export;

import static java.util.stream.Collectors.joining;

import io.sluice.compare.result.Audit;
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
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Measurements as tables. An empty field, or a dash, is a number that is not known. */
final class Tables {
    private static final double[] PERCENTILES = {50, 99, 99.9, 99.99};

    /** Medians do not depend on the seed. */
    private static final Bootstrap MEDIANS = new Bootstrap(0);

    private final Results results;
    private final CallCounts counts;

    /** A measurement, and its summary if it may be used. */
    private record Line(Measurement measurement, Summary summary) {
        Factors factors() {
            return measurement.factors();
        }

        Estimate of(Function<Summary, Estimate> number) {
            return summary == null ? Estimate.NONE : number.apply(summary);
        }

        Estimate median(Function<Measurement, double[]> samples) {
            return of(s -> MEDIANS.median(samples.apply(measurement)));
        }
    }

    /** The columns of the CSV, by kind. */
    private static final class Csv {
        private final DataTable.Columns<Line> columns = new DataTable.Columns<>();

        private void text(String name, Function<Line, ?> text) {
            columns.text(name, line -> Objects.requireNonNullElse(text.apply(line), ""));
        }

        private void number(String name, Function<Line, Double> number) {
            columns.number(name, n -> DataTable.DASH, number);
        }

        /** Adds an estimate and the ends of its interval. */
        private void estimate(String name, Function<Line, Estimate> estimate) {
            number(name, line -> estimate.apply(line).value());
            number(name + "_lo", line -> estimate.apply(line).lo());
            number(name + "_hi", line -> estimate.apply(line).hi());
        }

        private void summary(String name, Function<Summary, Estimate> number) {
            estimate(name, line -> line.of(number));
        }

        private void median(String name, Function<Measurement, double[]> samples) {
            number(name, line -> line.median(samples).value());
        }

        /** Adds what both ends counted for each message. */
        private void each(String name, ToDoubleFunction<EndCounters> counter) {
            median(name, m -> Samples.perMessage(m, counter));
        }

        /** Adds the sum of a number over all forks of what may be used. */
        private void sum(String name, Function<Measurement, DoubleStream> numbers) {
            number(name, l -> l.summary == null ? Double.NaN : numbers.apply(l.measurement).sum());
        }

        private void ends(String name, ToDoubleFunction<EndCounters> counter) {
            sum(
                    name,
                    m ->
                            m.forks().stream()
                                    .flatMap(fork -> fork.ends().values().stream())
                                    .mapToDouble(counter));
        }
    }

    private Tables(Results results) {
        this.results = results;
        counts = new CallCounts(results);
    }

    private List<Line> lines() {
        Bootstrap bootstrap = new Bootstrap(results.run() == null ? 0 : results.run().seed());
        return results.measurements().stream()
                .map(m -> new Line(m, m.usable() ? summary(m, bootstrap) : null))
                .toList();
    }

    private Summary summary(Measurement m, Bootstrap bootstrap) {
        String placement = m.factors().placement();
        return Summary.of(m, bootstrap, Samples.lineRoundTrip(results, placement));
    }

    /** Writes all numbers, one line per measurement. */
    static void csv(Results results, PrintStream out) {
        Tables tables = new Tables(results);
        Csv csv = new Csv();
        factors(csv);
        tables.summaries(csv);
        counters(csv);
        out.print(csv.columns.of("measurements", tables.lines()).csv());
    }

    private static void factors(Csv csv) {
        csv.text("id", l -> l.measurement.id());
        csv.text("mechanism", l -> l.factors().mechanism());
        csv.text("wait", l -> l.factors().waiting());
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

    private void summaries(Csv csv) {
        csv.summary("p50_ns", Summary::p50);
        csv.summary("p90_ns", Summary::p90);
        csv.summary("p99_ns", Summary::p99);
        csv.summary("p999_ns", Summary::p999);
        csv.summary("p9999_ns", Summary::p9999);
        csv.summary("max_ns", Summary::max);
        csv.summary("mean_ns", Summary::mean);
        csv.summary("messages_per_s", Summary::messagesPerSecond);
        csv.summary("bytes_per_s", Summary::bytesPerSecond);
        csv.summary("cpu_ns_per_message", Summary::cpuNs);
        csv.summary("user_ns_per_message", Summary::userNs);
        csv.summary("system_ns_per_message", Summary::systemNs);
        csv.summary("cpus_busy", Summary::cpusBusy);
        csv.estimate("system_calls_per_message", this::calls);
        csv.summary("voluntary_switches_per_message", Summary::voluntarySwitches);
        csv.summary("involuntary_switches_per_message", Summary::involuntarySwitches);
        csv.summary("times_the_floor", Summary::floorRatio);
        csv.text("system_calls_counted_by", l -> calls(l).isKnown() ? countedBy(l) : null);
        for (double p : PERCENTILES) {
            String name = "_p" + String.valueOf(p).replaceAll("\\.0$|\\.", "") + "_ns";
            csv.estimate("service" + name, l -> l.median(m -> Samples.service(m, p)));
            csv.estimate("response" + name, l -> l.median(m -> Samples.response(m, p)));
        }
    }

    private static void counters(Csv csv) {
        for (String side : List.of(Fork.INITIATOR, Fork.RESPONDER)) {
            csv.median(
                    side + "_cpu_ns_per_message",
                    m -> Samples.perMessage(m, side, EndCounters::cpuNs));
        }
        csv.median("bystander_cpu_ns_per_message", Samples::otherCpuNs);
        csv.each("failed_calls_per_message", EndCounters::allFailedCalls);
        csv.each("short_transfers_per_message", EndCounters::shortTransfers);
        csv.each("page_faults_per_message", EndCounters::pageFaults);
        csv.each("run_delay_ns_per_message", end -> orNaN(end.runDelayNs()));
        csv.median("wake_up_interrupts_per_message", Samples::rescheduleInterrupts);
        csv.median("call_interrupts_per_message", Samples::functionCallInterrupts);
        csv.ends("migrations_sum", end -> orNaN(end.migrations()));
        csv.ends("collections_sum", EndCounters::collections);
        csv.ends("compilation_ms_sum", EndCounters::compilationMs);
        csv.ends("safepoint_ns_sum", end -> orNaN(end.safepointNs()));
        csv.median("observer_effect", Samples::observerEffect);
        csv.median("clock_offset_ns", m -> Samples.number(m, Numbers.CLOCK_OFFSET_NS));
        csv.median("warm_up_messages", m -> Samples.number(m, Numbers.WARM_UP_MESSAGES));
        csv.median("ghz_before", m -> Samples.number(m, Numbers.GHZ_BEFORE));
        csv.median("ghz_after", m -> Samples.number(m, Numbers.GHZ_AFTER));
        csv.sum("steady_forks", m -> DoubleStream.of(Samples.number(m, Numbers.STEADY)));
        csv.median("line_round_trip_ns", Tables::lineRoundTrips);
    }

    private static double[] lineRoundTrips(Measurement measurement) {
        return measurement.forks().stream()
                .mapToDouble(Fork::lineRoundTripNs)
                .map(ns -> ns > 0 ? ns : Double.NaN)
                .toArray();
    }

    private static double orNaN(Long number) {
        return number == null ? Double.NaN : number;
    }

    /** Writes a table of the main numbers, and where they are from. */
    static void markdown(Results results, PrintStream out) {
        Tables tables = new Tables(results);
        out.print(tables.main().markdown());
        out.printf(
                "%nMedians over forks, each with the %s. %s One machine, one placement: no other.%n",
                Measurements.nameOfInterval(results.measurements()), tables.machine());
    }

    private DataTable main() {
        return new DataTable.Columns<Line>()
                .text("measurement", l -> l.measurement.id())
                .text("p50, µs (interval)", l -> time(l, 50, Summary::p50))
                .text("p99, µs", l -> time(l, 99, Summary::p99))
                .text("messages/s", l -> fixed(l.of(Summary::messagesPerSecond).value(), 0))
                .text("CPU, µs a message", l -> micros(l.of(Summary::cpuNs).value()))
                .text("calls", this::callsInWords)
                .text("times the floor", l -> fixed(l.of(Summary::floorRatio).value(), 1))
                .text("status", Tables::status)
                .of("measurements", lines());
    }

    private static String status(Line line) {
        String why =
                line.summary != null
                        ? String.join(" ", line.measurement.flags())
                        : line.measurement.reason();
        return Stream.of(line.measurement.status(), why)
                .filter(part -> part != null && !part.isEmpty())
                .collect(joining(": "));
    }

    /** Returns the round trip, or the response time of messages with a scheduled send time. */
    private static String time(
            Line line, double percentile, Function<Summary, Estimate> roundTrip) {
        Estimate paced = line.median(m -> Samples.response(m, percentile));
        Estimate time = paced.isKnown() ? paced : line.of(roundTrip);
        String spread =
                percentile == 50 && time.hasInterval()
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

    /** Returns the ends' count; if they cannot count all calls, that of an audit, or none. */
    private Estimate calls(Line line) {
        return line.of(
                s ->
                        counts.countedByEnds(line.measurement)
                                ? s.systemCalls()
                                : counts.audited(line.measurement));
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
                : line.summary != null && !byEnds ? "not counted" : DataTable.DASH;
    }

    private static String micros(double ns) {
        return fixed(ns / 1000, 3);
    }

    private static String fixed(double number, int decimals) {
        return Double.isFinite(number)
                ? String.format(Locale.ROOT, "%." + decimals + "f", number)
                : DataTable.DASH;
    }
}
