package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.stats.Samples;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleFunction;

/**
 * The mechanisms' properties apart from speed: limits, message boundaries, several ends, and the
 * end of a connection.
 */
final class Behavior {
    /** One table would be too wide; the rest is in a second one. */
    private static final List<String> CARRIES =
            List.of("description", "boundaries", "longest message", "capacity", "when full");

    private static final String NOT_TRIED = "not tried in this run";

    private final ReportModel model;

    Behavior(ReportModel model) {
        this.model = model;
    }

    Section details() {
        Section section = new Section("behavior", "Limits and behavior");
        Map<String, Map<String, String>> traits = model.results.traits();
        if (traits.isEmpty()) {
            section.note("The mechanisms’ limits and behavior were not recorded in this run.");
        } else {
            Set<String> names = new LinkedHashSet<>();
            traits.values().forEach(each -> names.addAll(each.keySet()));
            section.table(
                    traits(
                            "What each mechanism carries, here",
                            names.stream().filter(CARRIES::contains).toList()));
            section.table(
                    traits(
                            "What it calls, and how it ends",
                            names.stream().filter(n -> !CARRIES.contains(n)).toList()));
        }
        section.table(severalEnds()).table(lifecycle()).table(death()).table(others());
        return model.rows(Pattern.PEERDEATH).isEmpty()
                ? section.note(
                        "What a survivor sees when its peer is killed was not measured in this run:"
                                + " --patterns peerdeath,lifecycle measures it.")
                : section;
    }

    private DataTable traits(String caption, List<String> names) {
        DataTable.Columns<Map.Entry<String, Map<String, String>>> columns =
                new DataTable.Columns<Map.Entry<String, Map<String, String>>>()
                        .text("Mechanism", e -> name(e.getKey()));
        names.forEach(name -> columns.text(name, e -> e.getValue().get(name)));
        return columns.of(caption, names.isEmpty() ? List.of() : model.results.traits().entrySet());
    }

    /** Returns the name of a key of the traits: a mechanism's id, or with a slash and a waiting. */
    private String name(String key) {
        String[] parts = key.split("/", 2);
        return model.results.measurements().stream()
                .map(Measurement::factors)
                .filter(
                        f ->
                                parts[0].equals(f.mechanism())
                                        && (parts.length == 1 || parts[1].equals(f.waiting())))
                .findFirst()
                .map(
                        f ->
                                Series.name(
                                        parts[0],
                                        parts.length == 1 ? String.valueOf(f.waiting()) : parts[1]))
                .orElse(key);
    }

    private DataTable lifecycle() {
        return Row.table()
                .text("make", time(Numbers.CREATE_NS))
                .text("attach", time(Numbers.ATTACH_NS))
                .text("first round trip", time(Numbers.FIRST_MESSAGE_NS))
                .text("close", time(Numbers.CLOSE_NS))
                .text(
                        "resident memory",
                        number(Numbers.RESIDENT_BYTES, bytes -> Units.bytes((long) bytes)))
                .of(
                        "Making, attaching, a first message, closing; lower is better",
                        model.rows(Pattern.LIFECYCLE));
    }

    private DataTable death() {
        return Row.table()
                .text("the survivor knows after", time(Numbers.NOTICED_NS))
                .text("messages lost", number(Numbers.MESSAGES_LOST, Behavior::whole))
                .text("left behind", number(Numbers.LEFTOVERS, Behavior::whole))
                .of("One end is killed", model.rows(Pattern.PEERDEATH));
    }

    /** Patterns that have no chart of their own. */
    private DataTable others() {
        List<Row> rows = new ArrayList<>();
        for (Pattern pattern :
                List.of(Pattern.FANIN, Pattern.FANOUT, Pattern.BURST, Pattern.OVERSUB)) {
            rows.addAll(model.rows(pattern));
        }
        return Row.table()
                .text(
                        "Pattern",
                        row ->
                                row.measurement().factors().pattern()
                                        + ends(row.measurement().factors()))
                .text("Message", row -> Units.bytes(row.size()))
                .interval(
                        "messages/s",
                        model.interval,
                        Units::rate,
                        row -> row.summary().messagesPerSecond())
                .value("CPU a message", Units::time, row -> row.summary().cpuNs())
                .text("fairness of the senders", number(Numbers.FAIRNESS, Units::hundredths))
                .text("burst, time a message", time(Numbers.BURST_NS_PER_MESSAGE))
                .value("p50", Units::time, row -> row.summary().p50())
                .value("p99", Units::time, row -> row.summary().p99())
                .text("pairs", number(Numbers.PAIRS, Behavior::whole))
                .text("on CPUs", number(Numbers.CPUS, Behavior::whole))
                .of(
                        "Several senders or receivers, bursts, and more ends than CPUs; p50 and p99"
                                + " are of round trips, and in bursts of whole bursts",
                        rows);
    }

    private static String ends(Factors f) {
        return f.producers() + f.consumers() > 2
                ? " " + f.producers() + " to " + f.consumers()
                : "";
    }

    private java.util.function.Function<Row, String> time(String name) {
        return number(name, Units::time);
    }

    private java.util.function.Function<Row, String> number(
            String name, DoubleFunction<String> unit) {
        return row ->
                Units.value(model.bootstrap.median(Samples.number(row.measurement(), name)), unit);
    }

    private static String whole(double number) {
        return String.valueOf(Math.round(number));
    }

    /**
     * Returns whether mechanisms support several senders or receivers, and whether they lost
     * messages: from the measurements, not from what they declare.
     */
    private DataTable severalEnds() {
        List<Measurement> all = model.results.measurements();
        boolean several =
                all.stream()
                        .map(m -> m.factors().pattern())
                        .anyMatch(p -> Pattern.FANIN.equals(p) || Pattern.FANOUT.equals(p));
        return new DataTable.Columns<String>()
                .text("Mechanism", this::name)
                .text("several senders", id -> tried(id, Pattern.FANIN))
                .text("several receivers", id -> tried(id, Pattern.FANOUT))
                .text("lost, doubled or damaged messages", this::lost)
                .of(
                        "Several ends, and losses while both ends live, as far as this run shows",
                        several
                                ? all.stream()
                                        .map(m -> m.factors().mechanism())
                                        .filter(Objects::nonNull)
                                        .distinct()
                                        .toList()
                                : List.of());
    }

    private List<Measurement> of(String mechanism) {
        return model.results.measurements().stream()
                .filter(m -> mechanism.equals(m.factors().mechanism()))
                .toList();
    }

    private String tried(String mechanism, Pattern pattern) {
        Optional<Measurement> tried =
                of(mechanism).stream()
                        .filter(m -> pattern.equals(m.factors().pattern()))
                        .min((a, b) -> Boolean.compare(b.usable(), a.usable()));
        return tried.isEmpty()
                ? NOT_TRIED
                : tried.get().usable() ? "yes, measured" : Verdict.unusableReason(tried);
    }

    private String lost(String mechanism) {
        long counted =
                of(mechanism).stream()
                        .flatMap(m -> m.forks().stream())
                        .mapToLong(f -> f.ends().size())
                        .sum();
        long damage = of(mechanism).stream().mapToLong(Audits::damage).sum();
        return counted == 0 ? Units.DASH : damage == 0 ? "none" : Long.toString(damage);
    }
}
