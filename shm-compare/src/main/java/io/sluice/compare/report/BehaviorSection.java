package io.sluice.compare.report;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The mechanisms' properties apart from speed: limits, message boundaries, and the end of a
 * connection.
 */
final class BehaviorSection {
    /** One table would be too wide; the rest is in a second one. */
    private static final List<String> CARRIES =
            List.of("description", "boundaries", "longest message", "capacity", "when full");

    private final ReportModel reportModel;

    BehaviorSection(ReportModel reportModel) {
        this.reportModel = reportModel;
    }

    String render() {
        Section section = new Section("behavior", "Limits and behavior");
        Map<String, Map<String, String>> traits = reportModel.results.traits();
        if (traits.isEmpty()) {
            section.rationale("The mechanisms’ limits and behavior were not recorded in this run.");
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
        section.table(FanInOut.of(reportModel));
        section.table(lifecycle());
        section.table(death());
        section.table(others());
        if (reportModel.rows(Pattern.PEERDEATH).isEmpty()) {
            section.rationale(
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
        for (ReportModel.ReportRow reportRow : reportModel.rows(Pattern.LIFECYCLE)) {
            table.row(
                    reportRow.series().detail(),
                    time(reportRow, Numbers.CREATE_NS),
                    time(reportRow, Numbers.ATTACH_NS),
                    time(reportRow, Numbers.FIRST_MESSAGE_NS),
                    time(reportRow, Numbers.CLOSE_NS),
                    number(reportRow, Numbers.RESIDENT_BYTES, bytes -> Units.bytes((long) bytes)));
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
        for (ReportModel.ReportRow reportRow : reportModel.rows(Pattern.PEERDEATH)) {
            table.row(
                    reportRow.series().detail(),
                    time(reportRow, Numbers.NOTICED_NS),
                    number(reportRow, Numbers.MESSAGES_LOST, BehaviorSection::whole),
                    number(reportRow, Numbers.LEFTOVERS, BehaviorSection::whole));
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
                        reportModel.interval,
                        "CPU a message",
                        "fairness of the senders",
                        "burst, time a message",
                        "p50",
                        "p99",
                        "pairs on CPUs");
        for (Pattern pattern :
                List.of(Pattern.FANIN, Pattern.FANOUT, Pattern.BURST, Pattern.OVERSUB)) {
            for (ReportModel.ReportRow reportRow : reportModel.rows(pattern)) {
                String pairs = number(reportRow, Numbers.PAIRS, BehaviorSection::whole);
                table.row(
                        reportRow.series().detail(),
                        pattern + ends(reportRow.measurement().factors()),
                        Units.bytes(reportRow.size()),
                        Units.value(reportRow.summary().messagesPerSecond(), Units::rate),
                        Units.interval(reportRow.summary().messagesPerSecond(), Units::rate),
                        Units.value(reportRow.summary().cpuNs(), Units::time),
                        number(reportRow, Numbers.FAIRNESS, Units::hundredths),
                        time(reportRow, Numbers.BURST_NS_PER_MESSAGE),
                        Units.value(reportRow.summary().p50(), Units::time),
                        Units.value(reportRow.summary().p99(), Units::time),
                        pairs.equals(Units.DASH)
                                ? Units.DASH
                                : pairs
                                        + " on "
                                        + number(reportRow, Numbers.CPUS, BehaviorSection::whole));
            }
        }
        return table;
    }

    private static String ends(Factors f) {
        return f.producers() + f.consumers() > 2
                ? " " + f.producers() + " to " + f.consumers()
                : "";
    }

    private String time(ReportModel.ReportRow reportRow, String name) {
        return number(reportRow, name, Units::time);
    }

    private String number(
            ReportModel.ReportRow reportRow,
            String name,
            java.util.function.DoubleFunction<String> unit) {
        return Units.value(
                reportModel.bootstrap.median(PerFork.number(reportRow.measurement(), name)), unit);
    }

    private static String whole(double number) {
        return String.valueOf(Math.round(number));
    }
}
