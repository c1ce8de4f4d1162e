package io.sluice.compare.report;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Audit;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.CallCounts;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The system calls of a message in one direction: as the mechanism declares them, as the ends
 * counted them, and as an outside observer counted them. Round trips only; a stream may sleep less
 * often.
 */
record CallAudit(ReportModel model) {
    private static final String AGREES = "✓\u00a0agrees";

    /** The fraction of messages that a signal or a fork's end may affect. */
    private static final double TOLERANCE = 0.02;

    /**
     * An outside observer counts the virtual machine's calls as well: its compilers wake each other
     * with futexes, 0.1 to 0.2 calls per message. A call that belongs to a message is made for
     * every message.
     */
    private static final double FOREIGN = 0.5;

    /**
     * What a mechanism declares.
     *
     * @param calls how often each call is made per message, by name
     * @param others whether it may make other calls, or these more often
     */
    record ExpectedCalls(Map<String, Double> calls, boolean others) {
        static ExpectedCalls of(Map<String, String> traits, Waiting waiting) {
            Map<String, Double> calls =
                    Stream.of("calls to send", "calls to receive")
                            .flatMap(list -> Stream.of(traits.getOrDefault(list, "").split(", ")))
                            .filter(call -> !call.isBlank())
                            .collect(toMap(call -> call, call -> 1.0, Double::sum, TreeMap::new));
            boolean besides =
                    !waiting.neverSleeps() && !traits.getOrDefault("other calls", "").isBlank();
            return new ExpectedCalls(calls, waiting.callsAtTimes() || besides);
        }

        /** Tests whether a count can contradict it. */
        boolean isChecked() {
            return !calls.isEmpty() || !others;
        }

        String words() {
            return calls.isEmpty() && others
                    ? "no number: it calls at times"
                    : (others ? "at least " : "") + CallAudit.words(calls);
        }

        /**
         * Returns where a count contradicts it; empty if they agree.
         *
         * @param foreign calls per message below which a call that was not declared is ignored
         */
        List<String> mismatches(Map<String, Double> counted, double foreign) {
            return Stream.concat(calls.keySet().stream(), counted.keySet().stream())
                    .distinct()
                    .map(name -> mismatch(name, counted.getOrDefault(name, 0.0), foreign))
                    .filter(fault -> !fault.isEmpty())
                    .toList();
        }

        private String mismatch(String name, double n, double foreign) {
            String fault = name + " " + Units.hundredths(n);
            if (!calls.containsKey(name)) {
                return !others && n >= foreign ? fault + ", not promised" : "";
            }
            double promised = calls.get(name);
            return n < promised - TOLERANCE || !others && n > promised + TOLERANCE ? fault : "";
        }
    }

    /** What is known of the calls of one mechanism and way to wait; no traits if not recorded. */
    private record Line(
            Row row, Map<String, String> traits, boolean counted, Optional<Audit> audit) {
        ExpectedCalls expected() {
            return ExpectedCalls.of(traits, row.factors().waiting());
        }

        boolean isChecked() {
            return !traits.isEmpty() && counted && expected().isChecked();
        }

        /** Returns which counts contradict the promise, or that none does. */
        String agreed() {
            if (!isChecked()) {
                return Units.DASH;
            }
            Map<String, List<String>> faults = new LinkedHashMap<>();
            faults.put(
                    "the ends",
                    expected().mismatches(CallCounts.byName(row.measurement()), Audit.RARE));
            audit.ifPresent(
                    a -> faults.put("strace", expected().mismatches(a.perMessage(), FOREIGN)));
            faults.values().removeIf(List::isEmpty);
            return faults.isEmpty()
                    ? AGREES
                    : faults.entrySet().stream()
                            .map(each -> each.getKey() + ": " + String.join(", ", each.getValue()))
                            .collect(joining("; ", "✗ ", ""));
        }
    }

    Section audit() {
        List<Line> lines = lines();
        List<Line> checked = lines.stream().filter(Line::isChecked).toList();
        boolean audited = !model.results.audit().isEmpty();
        if (lines.isEmpty() || checked.isEmpty() && !audited) {
            return new Section("calls", "");
        }
        return new Section("calls", "Do they call as often as they say?")
                .text(
                        Text.join(
                                finding(checked),
                                audited
                                        ? Text.of("calls.strace", Units.hundredths(FOREIGN))
                                        : Text.of("calls.ends")))
                .table(
                        new DataTable.Columns<Line>()
                                .text("Mechanism", line -> line.row.name())
                                .text("promised", CallAudit::promised)
                                .text("the ends counted", CallAudit::counted)
                                .text("strace counted", CallAudit::audited)
                                .text("agreed", Line::agreed)
                                .of(Text.of("calls.caption"), lines));
    }

    private static String promised(Line line) {
        return line.traits.isEmpty() ? "not recorded" : line.expected().words();
    }

    private static String counted(Line line) {
        return line.counted
                ? words(CallCounts.byName(line.row.measurement()))
                : CallCounts.NOT_COUNTED;
    }

    private static String audited(Line line) {
        return line.audit.map(a -> words(a.perMessage())).orElse("not audited");
    }

    private static String finding(List<Line> checked) {
        List<String> broken =
                checked.stream()
                        .filter(line -> !line.agreed().equals(AGREES))
                        .map(line -> line.row.name())
                        .toList();
        if (!broken.isEmpty()) {
            String names = String.join("; ", broken);
            return Text.of("calls.broken", broken.size(), checked.size(), names);
        }
        return switch (checked.size()) {
            case 0 -> Text.of("calls.none");
            case 1 -> Text.of("calls.one");
            default -> Text.of("calls.all", checked.size());
        };
    }

    /** Returns the smallest message of each mechanism and way to wait: longer ones may be split. */
    private List<Line> lines() {
        Map<String, Row> rows = new LinkedHashMap<>();
        model.rows(Pattern.RTT).stream()
                .filter(Row::hasEnds)
                .forEach(
                        row ->
                                rows.putIfAbsent(
                                        row.factors().mechanism() + "/" + row.factors().waiting(),
                                        row));
        return rows.values().stream().map(this::line).toList();
    }

    private Line line(Row row) {
        Measurement m = row.measurement();
        return new Line(
                row, model.calls.traits(m), model.calls.countedByEnds(m), model.calls.audit(m));
    }

    static String words(Map<String, Double> calls) {
        String words = Costs.listed(calls);
        return words.isEmpty() ? "0.00" : words;
    }
}
