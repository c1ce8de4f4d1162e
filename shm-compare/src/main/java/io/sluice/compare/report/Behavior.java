package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.ATTACH;
import static io.sluice.compare.export.Metric.BURST;
import static io.sluice.compare.export.Metric.CLOSE;
import static io.sluice.compare.export.Metric.CPUS;
import static io.sluice.compare.export.Metric.CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.CREATE;
import static io.sluice.compare.export.Metric.FAIRNESS;
import static io.sluice.compare.export.Metric.FIRST_MESSAGE;
import static io.sluice.compare.export.Metric.LEFTOVERS;
import static io.sluice.compare.export.Metric.MESSAGES_LOST;
import static io.sluice.compare.export.Metric.MESSAGES_PER_S;
import static io.sluice.compare.export.Metric.NOTICED;
import static io.sluice.compare.export.Metric.P50_NS;
import static io.sluice.compare.export.Metric.P99_NS;
import static io.sluice.compare.export.Metric.PAIRS;
import static io.sluice.compare.export.Metric.RESIDENT;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Metric;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The mechanisms' properties apart from speed: limits, message boundaries, several ends, and the
 * end of a connection.
 */
record Behavior(ReportModel model) {
    /** One table would be too wide; the rest is in a second one. */
    private static final List<String> CARRIES =
            List.of("description", "boundaries", "longest message", "capacity", "when full");

    Section details() {
        return new Section("behavior", "Limits and behavior")
                .note(Text.when(model.results.traits().isEmpty(), "behavior.traits.missing"))
                .table(traits("What each mechanism carries, here", CARRIES::contains))
                .table(traits("What it calls, and how it ends", n -> !CARRIES.contains(n)))
                .table(severalEnds())
                .table(numbers(Pattern.LIFECYCLE, CREATE, ATTACH, FIRST_MESSAGE, CLOSE, RESIDENT))
                .table(numbers(Pattern.PEERDEATH, NOTICED, MESSAGES_LOST, LEFTOVERS))
                .table(others())
                .note(Text.when(model.rows(Pattern.PEERDEATH).isEmpty(), "behavior.death.missing"));
    }

    private DataTable traits(String caption, Predicate<String> which) {
        Map<String, Map<String, String>> traits = model.results.traits();
        List<String> names =
                traits.values().stream()
                        .flatMap(each -> each.keySet().stream())
                        .filter(which)
                        .distinct()
                        .toList();
        var columns = new DataTable.Columns<String>().text("Mechanism", this::name);
        names.forEach(name -> columns.text(name, id -> traits.get(id).get(name)));
        return columns.of(caption, names.isEmpty() ? List.of() : traits.keySet());
    }

    /** Returns the name of a key of the traits: a mechanism's id, or with a slash and a waiting. */
    private String name(String key) {
        String[] parts = key.split("/", 2);
        return model.results.measurements().stream()
                .map(Measurement::factors)
                .filter(f -> parts[0].equals(f.mechanism()))
                .filter(f -> parts.length == 1 || parts[1].equals(f.waiting().id()))
                .findFirst()
                .map(f -> Series.name(parts[0], f.waiting()))
                .orElse(key);
    }

    private DataTable numbers(Pattern pattern, Metric... numbers) {
        return Row.table().texts(numbers).of(Text.of("behavior." + pattern), model.rows(pattern));
    }

    /** Patterns that have no chart of their own. */
    private DataTable others() {
        return Row.table()
                .text("Pattern", row -> row.factors().pattern() + ends(row.factors()))
                .text("Message", row -> Units.bytes(row.size()))
                .interval("messages/s", model.interval, MESSAGES_PER_S)
                .values(CPU_NS_PER_MESSAGE)
                .texts(FAIRNESS, BURST)
                .values(P50_NS, P99_NS)
                .texts(PAIRS, CPUS)
                .of(
                        Text.of("behavior.others"),
                        Stream.of(Pattern.FANIN, Pattern.FANOUT, Pattern.BURST, Pattern.OVERSUB)
                                .flatMap(pattern -> model.rows(pattern).stream())
                                .toList());
    }

    private static String ends(Factors f) {
        return f.producers() + f.consumers() > 2
                ? " " + f.producers() + " to " + f.consumers()
                : "";
    }

    /**
     * Returns whether mechanisms support several senders or receivers, and whether they lost
     * messages: from the measurements, not from what they declare.
     */
    private DataTable severalEnds() {
        List<Factors> all =
                model.results.measurements().stream().map(Measurement::factors).toList();
        boolean several =
                all.stream()
                        .map(Factors::pattern)
                        .filter(Objects::nonNull)
                        .anyMatch(Pattern::hasSeveralEnds);
        Stream<String> mechanisms =
                all.stream().map(Factors::mechanism).filter(Objects::nonNull).distinct();
        return new DataTable.Columns<String>()
                .text("Mechanism", this::name)
                .text("several senders", id -> tried(id, Pattern.FANIN))
                .text("several receivers", id -> tried(id, Pattern.FANOUT))
                .text("lost, doubled or damaged messages", this::lost)
                .of(
                        "Several ends, and losses while both ends live, as far as this run shows",
                        several ? mechanisms.toList() : List.of());
    }

    private List<Measurement> of(String mechanism) {
        return model.results.measurements().stream()
                .filter(m -> mechanism.equals(m.factors().mechanism()))
                .toList();
    }

    private String tried(String mechanism, Pattern pattern) {
        Optional<Measurement> tried =
                of(mechanism).stream()
                        .filter(m -> m.factors().pattern() == pattern)
                        .min((a, b) -> Boolean.compare(b.usable(), a.usable()));
        return tried.isEmpty()
                ? "not tried in this run"
                : tried.get().usable() ? "yes, measured" : Verdict.unusableReason(tried);
    }

    private String lost(String mechanism) {
        boolean counted = of(mechanism).stream().flatMap(Measurement::ends).findAny().isPresent();
        long damage = of(mechanism).stream().mapToLong(Audits::damage).sum();
        return !counted ? Units.DASH : damage == 0 ? "none" : Long.toString(damage);
    }
}
