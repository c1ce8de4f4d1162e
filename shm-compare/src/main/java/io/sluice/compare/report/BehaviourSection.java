package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Numbers;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The mechanisms' properties apart from speed: limits, message boundaries, and the end of a
 * connection.
 */
final class BehaviourSection {
    /** One table would be too wide; the rest is in a second one. */
    private static final List<String> CARRIES =
            List.of("description", "boundaries", "longest message", "capacity", "when full");

    private final Measured measured;

    BehaviourSection(Measured measured) {
        this.measured = measured;
    }

    String render() {
        Section section = new Section("behaviour", "Limits and behaviour");
        Map<String, Map<String, String>> traits = measured.results.traits();
        if (traits.isEmpty()) {
            section.why("The mechanisms’ limits and behaviour were not recorded in this run.");
        } else {
            Set<String> names = new LinkedHashSet<>();
            traits.values().forEach(each -> names.addAll(each.keySet()));
            List<String> carries = names.stream().filter(CARRIES::contains).toList();
            List<String> others = names.stream().filter(name -> !CARRIES.contains(name)).toList();
            if (!carries.isEmpty()) {
                section.table(traits("What each mechanism carries, here", traits, carries));
            }
            if (!others.isEmpty()) {
                section.table(traits("What it calls, and how it ends", traits, others));
            }
        }
        section.table(ManyAndLoss.of(measured));
        section.table(lifecycle());
        section.table(death());
        section.table(others());
        if (measured.rows(Factors.PEERDEATH).isEmpty()) {
            section.why(
                    "What a survivor sees when its peer is killed was not measured in this run:"
                            + " --patterns peerdeath,lifecycle measures it.");
        }
        return section.toString();
    }

    private static Table traits(
            String caption, Map<String, Map<String, String>> traits, List<String> names) {
        List<String> columns = new ArrayList<>(List.of("Mechanism"));
        columns.addAll(names);
        Table table = new Table(caption, columns.toArray(new String[0]));
        traits.forEach(
                (id, each) -> {
                    List<String> line = new ArrayList<>(List.of(id));
                    names.forEach(name -> line.add(each.getOrDefault(name, Units.DASH)));
                    table.row(line.toArray(new String[0]));
                });
        return table;
    }

    private Table lifecycle() {
        Table table =
                new Table(
                        "Making, attaching, a first message, closing; lower is better",
                        "Mechanism",
                        "make",
                        "attach",
                        "first round trip",
                        "close",
                        "resident memory");
        for (Measured.Row row : measured.rows(Factors.LIFECYCLE)) {
            table.row(
                    row.series().detail(),
                    time(row, Numbers.CREATE_NS),
                    time(row, Numbers.ATTACH_NS),
                    time(row, Numbers.FIRST_MESSAGE_NS),
                    time(row, Numbers.CLOSE_NS),
                    number(row, Numbers.RESIDENT_BYTES, bytes -> Units.bytes((long) bytes)));
        }
        return table;
    }

    private Table death() {
        Table table =
                new Table(
                        "One end is killed",
                        "Mechanism",
                        "the survivor knows after",
                        "messages lost",
                        "left behind");
        for (Measured.Row row : measured.rows(Factors.PEERDEATH)) {
            table.row(
                    row.series().detail(),
                    time(row, Numbers.NOTICED_NS),
                    number(row, Numbers.MESSAGES_LOST, BehaviourSection::whole),
                    number(row, Numbers.LEFTOVERS, BehaviourSection::whole));
        }
        return table;
    }

    /** Patterns that have no chart of their own. */
    private Table others() {
        Table table =
                new Table(
                        "Several senders or receivers, bursts, and more ends than CPUs; p50 and p99"
                                + " are of round trips, and in bursts of whole bursts",
                        "Mechanism",
                        "Pattern",
                        "Message",
                        "messages/s",
                        "95 % interval",
                        "CPU a message",
                        "fairness of the senders",
                        "burst, time a message",
                        "p50",
                        "p99",
                        "pairs on CPUs");
        for (String pattern :
                List.of(Factors.FANIN, Factors.FANOUT, Factors.BURST, Factors.OVERSUB)) {
            for (Measured.Row row : measured.rows(pattern)) {
                String pairs = number(row, Numbers.PAIRS, BehaviourSection::whole);
                table.row(
                        row.series().detail(),
                        pattern + ends(row.cell().factors()),
                        Units.bytes(row.size()),
                        Units.value(row.summary().messagesPerSecond(), Units::rate),
                        Units.interval(row.summary().messagesPerSecond(), Units::rate),
                        Units.value(row.summary().cpuNs(), Units::time),
                        number(row, Numbers.FAIRNESS, Units::hundredths),
                        time(row, Numbers.BURST_NS_PER_MESSAGE),
                        Units.value(row.summary().p50(), Units::time),
                        Units.value(row.summary().p99(), Units::time),
                        pairs.equals(Units.DASH)
                                ? Units.DASH
                                : pairs
                                        + " on "
                                        + number(row, Numbers.CPUS, BehaviourSection::whole));
            }
        }
        return table;
    }

    private static String ends(Factors f) {
        return f.producers() + f.consumers() > 2
                ? " " + f.producers() + " to " + f.consumers()
                : "";
    }

    private String time(Measured.Row row, String name) {
        return number(row, name, Units::time);
    }

    private String number(
            Measured.Row row, String name, java.util.function.DoubleFunction<String> unit) {
        return Units.value(measured.bootstrap.median(PerLaunch.number(row.cell(), name)), unit);
    }

    private static String whole(double number) {
        return String.valueOf(Math.round(number));
    }
}
