package io.sluice.compare.report;

import static io.sluice.compare.export.Metric.CPU_NS_PER_MESSAGE;
import static io.sluice.compare.export.Metric.MESSAGES_PER_S;
import static io.sluice.compare.export.Metric.P50_NS;
import static io.sluice.compare.export.Metric.P99_NS;
import static io.sluice.compare.export.Metric.RESPONSE_P50_NS;
import static io.sluice.compare.export.Metric.RESPONSE_P99_NS;
import static io.sluice.compare.export.Metric.SERVICE_P50_NS;
import static io.sluice.compare.export.Metric.SERVICE_P99_NS;
import static io.sluice.compare.export.Metric.SYSTEM_CALLS_PER_MESSAGE;
import static io.sluice.compare.report.Comparison.Finding.BETTER;
import static io.sluice.compare.report.Comparison.Finding.NONE_SHOWN;
import static io.sluice.compare.report.Comparison.Finding.NOT_TESTED;
import static io.sluice.compare.report.Comparison.Finding.WORSE;
import static java.util.stream.Collectors.joining;

import io.sluice.compare.export.Metric;
import io.sluice.compare.export.Units;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Run;
import io.sluice.compare.stats.Bootstrap;
import io.sluice.compare.stats.Estimate;
import io.sluice.compare.stats.WelchTest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

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
        WORSE,
        /** Better, beyond the threshold. */
        BETTER,
        /** The forks may differ as much by chance. */
        NONE_SHOWN,
        /** One fork on a side, or none of a number above 0: there is no test. */
        NOT_TESTED;

        /** Returns it in words. */
        public String words() {
            return Text.of("finding." + name());
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
            Finding finding) {
        private ComparisonRow with(Finding found) {
            return new ComparisonRow(measurement, number, before, after, ratio, found);
        }
    }

    private static final List<Metric> NUMBERS =
            List.of(
                    P50_NS,
                    P99_NS,
                    SERVICE_P50_NS,
                    RESPONSE_P50_NS,
                    SERVICE_P99_NS,
                    RESPONSE_P99_NS,
                    MESSAGES_PER_S,
                    CPU_NS_PER_MESSAGE,
                    SYSTEM_CALLS_PER_MESSAGE);

    private final Bootstrap bootstrap;
    private final double most;
    private final List<ComparisonRow> untested = new ArrayList<>();

    /** How likely the forks of each row are if it is not worse, and if it is not better. */
    private final List<Double> ifNotWorse = new ArrayList<>();

    private final List<Double> ifNotBetter = new ArrayList<>();
    private final List<ComparisonRow> comparisonRows;
    private final List<String> losses = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private boolean common;

    /**
     * Compares two runs.
     *
     * @param before the first
     * @param after the second
     * @param threshold how far from 1 a ratio counts as a difference, 0.03 for 3 per cent
     */
    public Comparison(Results before, Results after, double threshold) {
        bootstrap = new Bootstrap(after.run() == null ? 0 : after.run().seed());
        most = 1 + threshold;
        Map<String, Measurement> old = new LinkedHashMap<>();
        before.measurements().forEach(measurement -> old.put(measurement.id(), measurement));
        after.measurements()
                .forEach(measurement -> compare(old.remove(measurement.id()), measurement));
        comparisonRows = tested();
        boolean same = asksForTheSame(before.run(), after.run());
        for (Measurement gone : old.values()) {
            if (!gone.usable()) {
                remarks.add(gone.id() + " is only in the first run, without numbers");
            } else if (same) {
                losses.add(gone.id() + " had numbers and is not in the second run");
            }
        }
        long notAsked = same ? 0 : old.values().stream().filter(Measurement::usable).count();
        if (notAsked > 0) {
            remarks.add(
                    "%s %s of the first run: no part of the second"
                            .formatted(notAsked, notAsked == 1 ? "measurement" : "measurements"));
        }
        if (before.environment() != null && after.environment() != null) {
            machines(before.environment(), after.environment());
        }
    }

    private void compare(Measurement before, Measurement after) {
        if (before == null) {
            remarks.add(after.id() + " is only in the second run");
        } else if (!before.usable()) {
            remarks.add(
                    "%s is not compared: %s in the first run, %s in the second"
                            .formatted(after.id(), before.status(), after.status()));
        } else {
            common = true;
            if (after.usable()) {
                NUMBERS.forEach(number -> compare(number, before, after));
            } else {
                String reason = after.reason() == null ? "" : ", " + after.reason();
                losses.add(
                        "%s had numbers and has none now: it is %s%s"
                                .formatted(after.id(), status(after), reason));
            }
        }
    }

    private void compare(Metric number, Measurement before, Measurement after) {
        double[] first = number.samples(before);
        double[] second = number.samples(after);
        double[] low = number.isHigherBetter() ? second : first;
        double[] high = number.isHigherBetter() ? first : second;
        Estimate ratio = bootstrap.ratio(high, low);
        if (ratio.isKnown()) {
            double notWorse = WelchTest.pValue(low, high, most);
            ifNotWorse.add(notWorse);
            ifNotBetter.add(WelchTest.pValue(high, low, most));
            untested.add(
                    new ComparisonRow(
                            after.id(),
                            number.head(),
                            Units.value(bootstrap.median(first), number.unit()),
                            Units.value(bootstrap.median(second), number.unit()),
                            ratio,
                            Double.isNaN(notWorse) ? NOT_TESTED : NONE_SHOWN));
        }
    }

    /** Judges all rows together. */
    private List<ComparisonRow> tested() {
        boolean[] worse = holm(ifNotWorse);
        boolean[] better = holm(ifNotBetter);
        List<ComparisonRow> judged = new ArrayList<>();
        for (ComparisonRow row : untested) {
            int i = judged.size();
            judged.add(worse[i] ? row.with(WORSE) : better[i] ? row.with(BETTER) : row);
        }
        return judged;
    }

    private static boolean[] holm(List<Double> probabilities) {
        return WelchTest.holm(probabilities.stream().mapToDouble(p -> p).toArray(), ERROR_RATE);
    }

    /** Tests whether the second run was to measure what the first one did. */
    private static boolean asksForTheSame(Run before, Run after) {
        return before == null
                || after == null
                || Objects.equals(before.suite(), after.suite())
                        && asked(before.argv()).equals(asked(after.argv()));
    }

    /** Returns a command line, an argument a line, without where its output goes. */
    private static String asked(List<String> argv) {
        return argv.stream()
                .map(argument -> argument + "\n")
                .collect(joining())
                .replaceAll("(?m)^(-o|--output|--html)(=.*|\n.*)\n|^--resume\n", "");
    }

    /** Returns how many numbers became worse and better, in a sentence. */
    public String summary() {
        String lost = losses.isEmpty() ? "" : ": " + losses.size() + " lost their numbers";
        String verdict = Text.of(regressed() ? "baseline.worse" : "baseline.not-worse");
        Stream<Object> counts = Stream.of(Finding.values()).map(this::count);
        String all = Text.of("baseline.summary", counts.toArray());
        return comparisonRows.size() + " " + all + " " + verdict + lost + ".";
    }

    private long count(Finding finding) {
        return comparisonRows.stream().filter(row -> row.finding == finding).count();
    }

    private static String status(Measurement measurement) {
        return switch (String.valueOf(measurement.status())) {
            case Measurement.NOT_AVAILABLE -> "not available";
            case Measurement.OK -> "without forks";
            default -> measurement.status();
        };
    }

    private void machines(Environment before, Environment after) {
        differs("processor", before, after, Environment::cpuModel);
        differs("kernel", before, after, Environment::kernel);
        differs("Java", before, after, Environment::jvmVersion);
        differs("hypervisor", before, after, Environment::virtualization);
        differs("CPUs of the ends", before, after, Environment::cpuPair);
    }

    private void differs(
            String what, Environment before, Environment after, Function<Environment, ?> fact) {
        Object then = fact.apply(before);
        Object now = fact.apply(after);
        if (!Objects.equals(then, now)) {
            remarks.add("the %s differs: %s, then %s".formatted(what, then, now));
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
        return !losses.isEmpty() || count(WORSE) > 0;
    }

    /** Returns a ratio with its interval, in text. */
    public static String text(Estimate ratio) {
        return Units.both(ratio, Units::times);
    }
}
