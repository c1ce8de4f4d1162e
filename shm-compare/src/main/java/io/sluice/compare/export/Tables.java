package io.sluice.compare.export;

import io.sluice.compare.result.EndCounters;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Cells as lines of a table. An empty field is a number that is not known. */
final class Tables {
    private record Column(String name, Function<Summary, Estimate> number) {}

    private static final String CALLS = "system_calls_per_message";

    private static final List<Column> NUMBERS =
            List.of(
                    new Column("p50_ns", Summary::p50),
                    new Column("p90_ns", Summary::p90),
                    new Column("p99_ns", Summary::p99),
                    new Column("p999_ns", Summary::p999),
                    new Column("p9999_ns", Summary::p9999),
                    new Column("max_ns", Summary::max),
                    new Column("mean_ns", Summary::mean),
                    new Column("messages_per_s", Summary::messagesPerSecond),
                    new Column("bytes_per_s", Summary::bytesPerSecond),
                    new Column("cpu_ns_per_message", Summary::cpuNs),
                    new Column("user_ns_per_message", Summary::userNs),
                    new Column("system_ns_per_message", Summary::systemNs),
                    new Column("cpus_busy", Summary::cpusBusy),
                    new Column(CALLS, Summary::systemCalls),
                    new Column("voluntary_switches_per_message", Summary::voluntarySwitches),
                    new Column("involuntary_switches_per_message", Summary::involuntarySwitches),
                    new Column("times_the_floor", Summary::floorRatio));

    /** The percentiles of messages with a scheduled send time, which are not round trips. */
    private static final List<Double> PERCENTILES = List.of(50.0, 99.0, 99.9, 99.99);

    /**
     * What happened inside the blocks: medians over launches, or sums where the column's name
     * includes the word.
     */
    private static final Map<String, Function<Measurement, Double>> INSIDE = inside();

    private Tables() {}

    private static Map<String, Function<Measurement, Double>> inside() {
        Map<String, Function<Measurement, Double>> columns = new LinkedHashMap<>();
        columns.put(
                "initiator_cpu_ns_per_message",
                median(c -> Samples.perMessage(c, Fork.INITIATOR, EndCounters::cpuNs)));
        columns.put(
                "responder_cpu_ns_per_message",
                median(c -> Samples.perMessage(c, Fork.RESPONDER, EndCounters::cpuNs)));
        columns.put("bystander_cpu_ns_per_message", median(Samples::otherCpuNs));
        columns.put("failed_calls_per_message", each(Tables::failed));
        columns.put("short_transfers_per_message", each(EndCounters::shortTransfers));
        columns.put("page_faults_per_message", each(end -> end.minorFaults() + end.majorFaults()));
        columns.put(
                "run_delay_ns_per_message",
                each(end -> end.runDelayNs() == null ? Double.NaN : end.runDelayNs()));
        columns.put("wake_up_interrupts_per_message", median(Samples::rescheduleInterrupts));
        columns.put("call_interrupts_per_message", median(Samples::functionCallInterrupts));
        columns.put(
                "migrations_sum",
                sum(end -> end.migrations() == null ? Double.NaN : end.migrations()));
        columns.put("collections_sum", sum(EndCounters::collections));
        columns.put("compilation_ms_sum", sum(EndCounters::compilationMs));
        columns.put("observer_effect", median(Samples::observerEffect));
        for (String name :
                List.of(
                        Numbers.CLOCK_OFFSET_NS,
                        Numbers.WARM_UP_MESSAGES,
                        Numbers.GHZ_BEFORE,
                        Numbers.GHZ_AFTER)) {
            columns.put(snake(name), median(c -> Samples.number(c, name)));
        }
        columns.put(
                "steady_launches",
                measurement ->
                        measurement.launches().stream()
                                .mapToDouble(
                                        l -> l.numbers().getOrDefault(Numbers.STEADY, Double.NaN))
                                .sum());
        columns.put(
                "line_round_trip_ns",
                median(
                        c ->
                                c.launches().stream()
                                        .mapToDouble(Fork::lineRoundTripNs)
                                        .map(ns -> ns > 0 ? ns : Double.NaN)
                                        .toArray()));
        return columns;
    }

    private static String snake(String camel) {
        return camel.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    /** Returns what reads the median, which does not depend on the seed. */
    private static Function<Measurement, Double> median(Function<Measurement, double[]> samples) {
        return measurement -> new Bootstrap(0).median(samples.apply(measurement)).value();
    }

    private static Function<Measurement, Double> each(ToDoubleFunction<EndCounters> counter) {
        return median(measurement -> Samples.perMessage(measurement, counter));
    }

    private static Function<Measurement, Double> sum(ToDoubleFunction<EndCounters> counter) {
        return measurement ->
                measurement.launches().stream()
                        .flatMap(fork -> fork.ends().values().stream())
                        .mapToDouble(counter)
                        .sum();
    }

    private static double failed(EndCounters end) {
        return end.failedCalls().values().stream().mapToLong(Long::longValue).sum();
    }

    static void csv(Results results, PrintStream out) {
        List<String> head =
                new ArrayList<>(
                        List.of(
                                "id",
                                "mechanism",
                                "wait",
                                "pattern",
                                "size",
                                "touch",
                                "placement",
                                "batch",
                                "rate_per_s",
                                "gap_ns",
                                "status",
                                "reason",
                                "flags",
                                "launches"));
        for (Column column : NUMBERS) {
            head.addAll(interval(column.name));
        }
        head.add("system_calls_counted_by");
        for (double percentile : PERCENTILES) {
            String name = "_p" + String.valueOf(percentile).replaceAll("\\.0$|\\.", "") + "_ns";
            head.addAll(interval("service" + name));
            head.addAll(interval("response" + name));
        }
        INSIDE.keySet().forEach(head::add);
        line(out, head);
        for (Measurement measurement : results.cells()) {
            List<String> line = factors(measurement);
            Summary summary = summary(results, measurement);
            Estimate calls = calls(results, measurement, summary);
            for (Column column : NUMBERS) {
                Estimate e =
                        summary == null
                                ? Estimate.NONE
                                : column.name.equals(CALLS) ? calls : column.number.apply(summary);
                line.addAll(interval(e));
            }
            line.add(calls.isKnown() ? countedBy(results, measurement) : "");
            Bootstrap bootstrap = bootstrap(results);
            for (double percentile : PERCENTILES) {
                line.addAll(interval(paced(measurement, bootstrap, Samples::service, percentile)));
                line.addAll(interval(paced(measurement, bootstrap, Samples::response, percentile)));
            }
            for (Function<Measurement, Double> number : INSIDE.values()) {
                line.add(measurement.usable() ? number(number.apply(measurement)) : "");
            }
            line(out, line);
        }
    }

    private static List<String> interval(String name) {
        return List.of(name, name + "_lo", name + "_hi");
    }

    private static List<String> interval(Estimate e) {
        return List.of(number(e.value()), number(e.lo()), number(e.hi()));
    }

    private static Estimate paced(
            Measurement measurement,
            Bootstrap bootstrap,
            BiFunction<Measurement, Double, double[]> times,
            double percentile) {
        return measurement.usable()
                ? bootstrap.median(times.apply(measurement, percentile))
                : Estimate.NONE;
    }

    private static Bootstrap bootstrap(Results results) {
        return new Bootstrap(results.run() == null ? 0 : results.run().seed());
    }

    private static List<String> factors(Measurement measurement) {
        Factors f = measurement.factors();
        List<String> line = new ArrayList<>();
        line.add(text(measurement.id()));
        line.add(text(f.mechanism()));
        line.add(text(f.waiting()));
        line.add(text(f.pattern()));
        line.add(String.valueOf(f.size()));
        line.add(text(f.touch()));
        line.add(text(f.placement()));
        line.add(String.valueOf(f.batch()));
        line.add(text(f.ratePerSecond()));
        line.add(text(f.gapNs()));
        line.add(text(measurement.status()));
        line.add(text(measurement.reason()));
        line.add(String.join(" ", measurement.flags()));
        line.add(String.valueOf(measurement.launches().size()));
        return line;
    }

    private static void line(PrintStream out, List<String> fields) {
        out.print(fields.stream().map(Tables::quoted).collect(Collectors.joining(",")) + "\r\n");
    }

    /**
     * Prefixes a formula's leading character with an apostrophe: spreadsheets would evaluate it.
     */
    private static String quoted(String field) {
        boolean formula = !field.isEmpty() && "=+-@\t".indexOf(field.charAt(0)) >= 0;
        String safe = formula && !field.matches("-?[0-9.Ee-]+") ? "'" + field : field;
        return safe.matches("[^\",\r\n]*") ? safe : '"' + safe.replace("\"", "\"\"") + '"';
    }

    static void markdown(Results results, PrintStream out) {
        out.println(
                "| cell | p50, µs (interval) | p99, µs | messages/s | CPU, µs a message | calls | times"
                        + " the floor | status |");
        out.println("| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |");
        for (Measurement measurement : results.cells()) {
            Summary s = summary(results, measurement);
            String status =
                    measurement.usable()
                            ? String.join(" ", measurement.flags())
                            : text(measurement.reason());
            out.println(
                    "| "
                            + cell(text(measurement.id()))
                            + " | "
                            + timeOf(results, measurement, s, 50)
                            + " | "
                            + timeOf(results, measurement, s, 99)
                            + " | "
                            + (s == null ? "–" : fixed(s.messagesPerSecond().value(), 0))
                            + " | "
                            + (s == null ? "–" : micros(s.cpuNs()))
                            + " | "
                            + calls(results, measurement)
                            + " | "
                            + (s == null ? "–" : fixed(s.floorRatio().value(), 1))
                            + " | "
                            + cell(
                                    text(measurement.status())
                                            + (status.isEmpty() ? "" : ": " + status))
                            + " |");
        }
        out.println();
        out.println(
                "Medians over launches, each with the "
                        + Measurements.nameOfInterval(results.cells())
                        + ". "
                        + machine(results)
                        + " One machine, one placement: no other.");
    }

    /** Returns the round trip, or the response time of messages with a scheduled send time. */
    private static String timeOf(
            Results results, Measurement measurement, Summary s, double percentile) {
        if (s == null) {
            return "–";
        }
        Estimate paced = paced(measurement, bootstrap(results), Samples::response, percentile);
        if (Double.isFinite(paced.value())) {
            return micros(paced) + (percentile == 50 ? spread(paced) : "") + " response";
        }
        return percentile == 50 ? micros(s.p50()) + spread(s.p50()) : micros(s.p99());
    }

    private static String machine(Results results) {
        return results.environment() == null
                ? ""
                : cell(
                        text(results.environment().cpuModel())
                                + ", "
                                + results.environment().cpus()
                                + " CPUs, "
                                + text(results.environment().virtualization())
                                + ", "
                                + text(results.environment().kernel())
                                + ", Java "
                                + text(results.environment().jvmVersion())
                                + ".");
    }

    private static String cell(String text) {
        return text.replace("\\", "\\\\")
                .replace("|", "\\|")
                .replace("<", "&lt;")
                .replaceAll("[\r\n]+", " ");
    }

    private static Summary summary(Results results, Measurement measurement) {
        return measurement.usable()
                ? Summary.of(
                        measurement,
                        bootstrap(results),
                        Samples.lineRoundTrip(results, measurement.factors().placement()))
                : null;
    }

    /** Returns the ends' count; if they cannot count all calls, that of an audit, or none. */
    private static Estimate calls(Results results, Measurement measurement, Summary summary) {
        if (summary == null) {
            return Estimate.NONE;
        }
        CallCounts counts = new CallCounts(results);
        return counts.countedByEnds(measurement)
                ? summary.systemCalls()
                : counts.audited(measurement);
    }

    private static String countedBy(Results results, Measurement measurement) {
        CallCounts counts = new CallCounts(results);
        return counts.countedByEnds(measurement)
                ? "ends"
                : counts.audit(measurement).map(audit -> text(audit.observer())).orElse("");
    }

    private static String calls(Results results, Measurement measurement) {
        Estimate calls = calls(results, measurement, summary(results, measurement));
        if (!calls.isKnown()) {
            return measurement.usable() && !new CallCounts(results).countedByEnds(measurement)
                    ? "not counted"
                    : "–";
        }
        String by = countedBy(results, measurement);
        return fixed(calls.value(), 2) + (by.equals("ends") ? "" : " (" + by + ")");
    }

    private static String micros(Estimate e) {
        return fixed(e.value() / 1000, 3);
    }

    private static String spread(Estimate e) {
        return e.hasInterval()
                ? " (" + fixed(e.lo() / 1000, 3) + " to " + fixed(e.hi() / 1000, 3) + ")"
                : "";
    }

    private static String fixed(double number, int decimals) {
        return Double.isFinite(number)
                ? String.format(Locale.ROOT, "%." + decimals + "f", number)
                : "–";
    }

    private static String number(double number) {
        return Double.isFinite(number) ? String.format(Locale.ROOT, "%.6g", number) : "";
    }

    private static String text(Object value) {
        return value == null ? "" : value.toString();
    }
}
