package io.sluice.compare.report;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.result.Audit;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Pattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The system calls of a message in one direction: as the mechanism declares them, as the ends
 * counted them, and as an outside observer counted them. Round trips only; a stream may sleep less
 * often.
 */
final class CallAudit {
    /** The calls are made inside a library. */
    static final String NOT_COUNTED = "not counted";

    private static final String AGREES = "✓\u00a0agrees";

    /** The fraction of messages that a signal or a fork's end may affect. */
    private static final double TOLERANCE = 0.02;

    /**
     * An outside observer counts the virtual machine's calls as well: its compilers wake each other
     * with futexes, 0.1 to 0.2 calls per message. A call that belongs to a message is made for
     * every message.
     */
    private static final double FOREIGN = 0.5;

    /** Ways to wait that make system calls only when an end sleeps or is woken. */
    private static final Set<String> SLEEP_AT_TIMES =
            Set.of(Factors.FUTEX, Factors.EVENTFD, Factors.HYBRID, Factors.YIELD);

    private static final Set<String> NEVER_SLEEP = Set.of(Factors.SPIN, Factors.HINT);

    /**
     * What a mechanism declares.
     *
     * @param calls how often each call is made per message, by name
     * @param others whether it may make other calls, or these more often
     */
    record ExpectedCalls(Map<String, Double> calls, boolean others) {
        static ExpectedCalls of(Map<String, String> traits, String waiting) {
            Map<String, Double> calls = new TreeMap<>();
            for (String list : List.of("calls to send", "calls to receive")) {
                for (String call : traits.getOrDefault(list, "").split(", ")) {
                    if (!call.isBlank()) {
                        calls.merge(call, 1.0, Double::sum);
                    }
                }
            }
            boolean sleeps = SLEEP_AT_TIMES.contains(waiting);
            boolean besides =
                    !NEVER_SLEEP.contains(waiting)
                            && !traits.getOrDefault("other calls", "").isBlank();
            return new ExpectedCalls(calls, sleeps || besides);
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
            List<String> faults = new ArrayList<>();
            calls.forEach(
                    (name, promised) -> {
                        double n = counted.getOrDefault(name, 0.0);
                        if (n < promised - TOLERANCE || !others && n > promised + TOLERANCE) {
                            faults.add(name + " " + Units.hundredths(n));
                        }
                    });
            counted.forEach(
                    (name, n) -> {
                        if (!others && !calls.containsKey(name) && n >= foreign) {
                            faults.add(name + " " + Units.hundredths(n) + ", not promised");
                        }
                    });
            return faults;
        }
    }

    private final ReportModel model;

    CallAudit(ReportModel model) {
        this.model = model;
    }

    Section audit() {
        DataTable table =
                new DataTable(
                        "System calls of a message in one direction, in round trips: promised and"
                                + " counted",
                        "Mechanism",
                        "promised",
                        "the ends counted",
                        "strace counted",
                        "agreed");
        int checked = 0;
        List<String> broken = new ArrayList<>();
        for (Row row : rows()) {
            Factors f = row.measurement().factors();
            Map<String, String> traits = model.calls.traits(row.measurement());
            Optional<Audit> audit = model.calls.audit(row.measurement());
            boolean counted = model.calls.countedByEnds(row.measurement());
            Map<String, Double> own = row.summary().callsByName();
            String promised = "not recorded";
            String agreed = Units.DASH;
            if (!traits.isEmpty()) {
                ExpectedCalls expectedCalls = ExpectedCalls.of(traits, String.valueOf(f.waiting()));
                promised = expectedCalls.words();
                if (expectedCalls.isChecked() && counted) {
                    checked++;
                    agreed = agreed(expectedCalls, own, audit);
                    if (!agreed.equals(AGREES)) {
                        broken.add(row.name());
                    }
                }
            }
            table.row(
                    row.name(),
                    promised,
                    counted ? words(own) : NOT_COUNTED,
                    audit.map(a -> words(a.perMessage())).orElse("not audited"),
                    agreed);
        }
        if (table.isEmpty() || checked == 0 && model.results.audit().isEmpty()) {
            return new Section("calls", "");
        }
        return new Section("calls", "Do they call as often as they say?")
                .text(finding(checked, broken))
                .table(table);
    }

    private String finding(int checked, List<String> broken) {
        String kept =
                checked == 0
                        ? "No mechanism of this run promises a number of calls."
                        : broken.isEmpty()
                                ? "Promised and counted agree for "
                                        + (checked == 1
                                                ? "the one mechanism that promises"
                                                : "all " + checked + " that promise")
                                        + " a number."
                                : broken.size()
                                        + " of "
                                        + checked
                                        + " that promise a number did not keep it: "
                                        + String.join("; ", broken)
                                        + ".";
        return kept
                + (model.results.audit().isEmpty()
                        ? " Only the ends themselves counted in this run: the suite “publish” and"
                                + " 'shm-compare audit' let strace count as well."
                        : " strace sees the calls of the virtual machine too, futex above all: what"
                                + " it counts less than "
                                + Units.hundredths(FOREIGN)
                                + " times a message is taken for those.");
    }

    private static String agreed(
            ExpectedCalls expectedCalls, Map<String, Double> own, Optional<Audit> audit) {
        Map<String, List<String>> faults = new LinkedHashMap<>();
        faults.put("the ends", expectedCalls.mismatches(own, Audit.RARE));
        audit.ifPresent(
                a -> faults.put("strace", expectedCalls.mismatches(a.perMessage(), FOREIGN)));
        String text =
                faults.entrySet().stream()
                        .filter(each -> !each.getValue().isEmpty())
                        .map(each -> each.getKey() + ": " + String.join(", ", each.getValue()))
                        .collect(Collectors.joining("; "));
        return text.isEmpty() ? AGREES : "✗ " + text;
    }

    /**
     * Returns the row with the smallest message of each mechanism and way to wait: longer ones may
     * be split.
     */
    private List<Row> rows() {
        Map<String, Row> rows = new LinkedHashMap<>();
        for (Row row : model.rows(Pattern.RTT)) {
            Factors f = row.measurement().factors();
            boolean counted =
                    row.measurement().forks().stream().anyMatch(fork -> !fork.ends().isEmpty());
            if (counted) {
                rows.putIfAbsent(f.mechanism() + "/" + f.waiting(), row);
            }
        }
        return List.copyOf(rows.values());
    }

    static String words(Map<String, Double> calls) {
        String words = Costs.listed(calls);
        return words.isEmpty() ? "0.00" : words;
    }
}
