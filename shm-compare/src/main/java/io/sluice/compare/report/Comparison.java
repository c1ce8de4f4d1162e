package io.sluice.compare.report;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Run;
import io.sluice.compare.stats.Bootstrap;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.Samples;
import io.sluice.compare.stats.WelchTest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Two runs of the same measurements: for each number the ratio of the second to the first, with its
 * interval over the forks of both. A difference is shown only if a test over all numbers together
 * says that it is beyond the threshold: if nothing changed, the probability that any number is
 * called worse is at most {@value #ERROR_RATE} where forks are about normal ({@link WelchTest}),
 * and likewise better. A regression is a number that is worse, or a measurement that had numbers
 * and has none any more.
 */
public final class Comparison {
    /** The probability of one false "worse", or more, in a comparison of two runs. */
    public static final double ERROR_RATE = 0.05;

    /** What the forks support. */
    public enum Finding {
        /** Worse, beyond the threshold. */
        WORSE("worse"),
        /** Better, beyond the threshold. */
        BETTER("better"),
        /** The forks may differ as much by chance. */
        NONE_SHOWN("no difference shown"),
        /** One fork on a side, or none of a number above 0: there is no test. */
        NOT_TESTED("not tested: too few forks");

        private final String words;

        Finding(String words) {
            this.words = words;
        }

        /** Returns it in words. */
        public String words() {
            return words;
        }
    }

    /**
     * One number of one measurement in both runs.
     *
     * @param measurement the measurement's id
     * @param number what it is, "p50" for instance
     * @param before in the first run, written with its unit
     * @param after in the second run
     * @param ratio the second divided by the first; of rates the first by the second, so that above
     *     1 is always worse
     * @param finding what the forks support
     */
    public record ComparisonRow(
            String measurement,
            String number,
            String before,
            String after,
            Estimate ratio,
            Finding finding) {}

    /** A row that is not judged yet: how likely its forks are if it is not worse, not better. */
    private record Untested(ComparisonRow row, double ifNotWorse, double ifNotBetter) {}

    private record Number(
            String name,
            Function<Measurement, double[]> samples,
            java.util.function.DoubleFunction<String> unit,
            boolean higherIsBetter) {}

    private static final List<Number> NUMBERS =
            List.of(
                    new Number("p50", c -> Samples.percentile(c, 50), Units::time, false),
                    new Number("p99", c -> Samples.percentile(c, 99), Units::time, false),
                    new Number("service p50", c -> Samples.service(c, 50), Units::time, false),
                    new Number("response p50", c -> Samples.response(c, 50), Units::time, false),
                    new Number("service p99", c -> Samples.service(c, 99), Units::time, false),
                    new Number("response p99", c -> Samples.response(c, 99), Units::time, false),
                    new Number("messages/s", Samples::messagesPerSecond, Units::rate, true),
                    new Number("CPU a message", Samples::cpuPerMessage, Units::time, false),
                    new Number(
                            "system calls a message",
                            c -> Samples.perMessage(c, Comparison::calls),
                            Units::hundredths,
                            false));

    private final List<ComparisonRow> comparisonRows;
    private final List<String> losses = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private boolean common;
    private int notAsked;

    /**
     * Compares two runs.
     *
     * @param before the first
     * @param after the second
     * @param threshold how far from 1 a ratio counts as a difference, 0.03 for 3 per cent
     */
    public Comparison(Results before, Results after, double threshold) {
        List<Untested> untested = new ArrayList<>();
        Map<String, Measurement> old = new LinkedHashMap<>();
        before.measurements().forEach(measurement -> old.put(measurement.id(), measurement));
        Bootstrap bootstrap = new Bootstrap(after.run() == null ? 0 : after.run().seed());
        for (Measurement measurement : after.measurements()) {
            Measurement other = old.remove(measurement.id());
            if (other == null) {
                remarks.add(measurement.id() + " is only in the second run");
            } else if (other.usable() && !measurement.usable()) {
                common = true;
                losses.add(
                        measurement.id()
                                + " had numbers and has none now: it is "
                                + status(measurement)
                                + (measurement.reason() == null
                                        ? ""
                                        : ", " + measurement.reason()));
            } else if (!other.usable()) {
                remarks.add(
                        measurement.id()
                                + " is not compared: "
                                + other.status()
                                + " in the first run, "
                                + measurement.status()
                                + " in the second");
            } else {
                common = true;
                for (Number number : NUMBERS) {
                    untested(number, other, measurement, bootstrap, threshold)
                            .ifPresent(untested::add);
                }
            }
        }
        comparisonRows = tested(untested);
        for (Measurement gone : old.values()) {
            if (gone.usable() && !asksForTheSame(before.run(), after.run())) {
                notAsked++;
            } else if (gone.usable()) {
                losses.add(gone.id() + " had numbers and is not in the second run");
            } else {
                remarks.add(gone.id() + " is only in the first run, without numbers");
            }
        }
        if (notAsked > 0) {
            remarks.add(
                    notAsked
                            + (notAsked == 1 ? " measurement" : " measurements")
                            + " of the first run: no part of the second");
        }
        machines(before, after);
    }

    /** Tests whether the second run was to measure what the first one did. */
    private static boolean asksForTheSame(Run before, Run after) {
        return before == null
                || after == null
                || Objects.equals(before.suite(), after.suite())
                        && asked(before.argv()).equals(asked(after.argv()));
    }

    /** Returns a command line without where its output goes. */
    private static List<String> asked(List<String> argv) {
        List<String> asked = new ArrayList<>();
        for (int i = 0; i < argv.size(); i++) {
            if (List.of("-o", "--output", "--html").contains(argv.get(i))) {
                i++;
            } else if (!argv.get(i).matches("(-o|--output|--html)=.*|--resume")) {
                asked.add(argv.get(i));
            }
        }
        return asked;
    }

    /** Returns how many numbers became worse and better, in a sentence. */
    public String summary() {
        int[] found = new int[Finding.values().length];
        comparisonRows.forEach(row -> found[row.finding().ordinal()]++);
        String tests =
                found[Finding.WORSE.ordinal()]
                        + " worse, "
                        + found[Finding.BETTER.ordinal()]
                        + " better, "
                        + found[Finding.NONE_SHOWN.ordinal()]
                        + " without a difference, "
                        + found[Finding.NOT_TESTED.ordinal()]
                        + " not tested";
        String verdict =
                !losses.isEmpty()
                        ? "Something became worse: " + losses.size() + " lost their numbers."
                        : regressed()
                                ? "Something became worse."
                                : "Nothing is shown to have become worse.";
        return comparisonRows.size() + " numbers compared: " + tests + ". " + verdict;
    }

    private static String status(Measurement measurement) {
        return Measurement.NOT_AVAILABLE.equals(measurement.status())
                ? "not available"
                : Measurement.OK.equals(measurement.status())
                        ? "without forks"
                        : measurement.status();
    }

    private static double calls(EndCounters end) {
        return end.systemCalls().values().stream().mapToLong(Long::longValue).sum();
    }

    private static Optional<Untested> untested(
            Number number,
            Measurement before,
            Measurement after,
            Bootstrap bootstrap,
            double threshold) {
        double[] first = number.samples.apply(before);
        double[] second = number.samples.apply(after);
        double[] low = number.higherIsBetter ? second : first;
        double[] high = number.higherIsBetter ? first : second;
        Estimate ratio = bootstrap.ratio(high, low);
        return ratio.isKnown()
                ? Optional.of(
                        new Untested(
                                new ComparisonRow(
                                        after.id(),
                                        number.name,
                                        Units.value(bootstrap.median(first), number.unit),
                                        Units.value(bootstrap.median(second), number.unit),
                                        ratio,
                                        Finding.NOT_TESTED),
                                WelchTest.pValue(low, high, 1 + threshold),
                                WelchTest.pValue(high, low, 1 + threshold)))
                : Optional.empty();
    }

    private static List<ComparisonRow> tested(List<Untested> untested) {
        boolean[] worse =
                WelchTest.holm(
                        untested.stream().mapToDouble(Untested::ifNotWorse).toArray(), ERROR_RATE);
        boolean[] better =
                WelchTest.holm(
                        untested.stream().mapToDouble(Untested::ifNotBetter).toArray(), ERROR_RATE);
        List<ComparisonRow> tested = new ArrayList<>();
        for (int i = 0; i < worse.length; i++) {
            Untested each = untested.get(i);
            Finding finding =
                    worse[i]
                            ? Finding.WORSE
                            : better[i]
                                    ? Finding.BETTER
                                    : Double.isNaN(each.ifNotWorse)
                                            ? Finding.NOT_TESTED
                                            : Finding.NONE_SHOWN;
            ComparisonRow row = each.row;
            tested.add(
                    new ComparisonRow(
                            row.measurement,
                            row.number,
                            row.before,
                            row.after,
                            row.ratio,
                            finding));
        }
        return List.copyOf(tested);
    }

    private void machines(Results before, Results after) {
        if (before.environment() == null || after.environment() == null) {
            return;
        }
        differs("processor", before.environment().cpuModel(), after.environment().cpuModel());
        differs("kernel", before.environment().kernel(), after.environment().kernel());
        differs("Java", before.environment().jvmVersion(), after.environment().jvmVersion());
        differs(
                "hypervisor",
                before.environment().virtualization(),
                after.environment().virtualization());
        differs("CPUs of the ends", before.environment().cpuPair(), after.environment().cpuPair());
    }

    private void differs(String what, Object before, Object after) {
        if (!Objects.equals(before, after)) {
            remarks.add("the " + what + " differs: " + before + ", then " + after);
        }
    }

    /** Returns a row for each number that both runs have. */
    public List<ComparisonRow> rows() {
        return comparisonRows;
    }

    /** Tests whether there is a measurement of the second run that the first has numbers of. */
    public boolean inCommon() {
        return common;
    }

    /**
     * Returns each measurement that had numbers in the first run and has none in the second, and
     * why.
     */
    public List<String> losses() {
        return List.copyOf(losses);
    }

    /** Returns what was not compared, and what else differs between the runs. */
    public List<String> remarks() {
        return List.copyOf(remarks);
    }

    /**
     * Tests whether a number is worse beyond the threshold, or a measurement has lost its numbers.
     */
    public boolean regressed() {
        return !losses.isEmpty()
                || comparisonRows.stream()
                        .anyMatch(comparisonRow -> comparisonRow.finding() == Finding.WORSE);
    }

    /** Returns a ratio with its interval, in text. */
    public static String text(Estimate ratio) {
        return Units.both(ratio, Units::times);
    }
}
