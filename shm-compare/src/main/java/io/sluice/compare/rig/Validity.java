package io.sluice.compare.rig;

import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Hdr;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.stats.CpuAtRate;
import io.sluice.compare.stats.Percentiles;
import io.sluice.compare.stats.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * Decides whether a measurement's numbers are valid. Messages lost, duplicated or damaged, ends
 * that migrated, a rate that was not achieved, and counts that disagree make it invalid; lesser
 * defects are flags.
 */
final class Validity {
    /** A receiver that sleeps less often than for half of the hops did not wait as it should. */
    private static final double SLEEPS = 0.5;

    /** One that spins may be pre-empted, but hardly ever sleeps or enters the kernel. */
    private static final double SPINS = 0.01;

    private static final double SPREAD = 0.10;
    private static final double FLOOR_DRIFT = 0.10;
    private static final double OBSERVER = 0.05;

    /** A timing overhead below this fraction does not explain a difference. */
    private static final double CLOCK_PART = 0.01;

    /** Recompilation of rarely run code costs less than is measurable. */
    private static final double COMPILING = 0.02;

    private static final double RATE = 0.99;
    private static final double SLOW_CLOCK_NS = 100;
    private static final double FAULTS_A_MESSAGE = 0.001;
    private static final long SOME_FAULTS = 16;
    private static final double GHZ_DRIFT = 0.03;

    /** The capacity that all mechanisms should have, as far as it can be configured. */
    private static final long USUAL_CAPACITY = 1 << 16;

    /** A cache line's round trip inside a core; between cores of today it takes 50 ns and more. */
    private static final double WITHIN_A_CORE_NS = 45;

    private final Environment machine;
    private final FloorReading before;
    private final FloorReading after;

    /** The rules that look at each fork, and only flag what it measured. */
    private final Map<String, BiPredicate<Factors, Fork>> rules =
            new TreeMap<>(
                    Map.of(
                            "V02", this::belowFloor,
                            "V03", (factors, fork) -> !waitedAsRequested(factors, fork),
                            "V05", this::disturbed,
                            "V08", (factors, fork) -> observed(fork),
                            "V13", (factors, fork) -> any(fork, e -> interrupted(e, fork)),
                            "V14", (factors, fork) -> faulted(fork),
                            "V17", (factors, fork) -> any(fork, e -> e.shortTransfers() > 0),
                            "V18", this::siblings,
                            "V19", (factors, fork) -> changedSpeed(fork),
                            "V20", (factors, fork) -> fork.number(Numbers.STEADY, 1) == 0));

    /**
     * Judges measurements of one run.
     *
     * @param machine where it ran
     * @param before the floor before it, or null
     * @param after the floor after it, or null
     */
    Validity(Environment machine, FloorReading before, FloorReading after) {
        this.machine = machine;
        this.before = before;
        this.after = after;
    }

    /** Returns the flags of the whole run. */
    List<String> ofRun() {
        boolean drifted =
                before != null
                        && after != null
                        && (differ(before.lineRoundTripNs(), after.lineRoundTripNs(), FLOOR_DRIFT)
                                || differ(before.syscallNs(), after.syscallNs(), FLOOR_DRIFT));
        String clock = Objects.requireNonNullElse(machine.clocksource(), "");
        boolean slow =
                !clock.isEmpty() && !Doctor.GOOD_CLOCKS.contains(clock)
                        || before != null && before.clockNs() > SLOW_CLOCK_NS;
        return known(drifted ? "V07" : "", slow ? "V11" : "");
    }

    /** Returns those of these flags that are no empty texts. */
    private static List<String> known(String... flags) {
        return Stream.of(flags).filter(flag -> !flag.isEmpty()).toList();
    }

    private static boolean differ(double a, double b, double part) {
        return a > 0 && b > 0 && Math.max(a, b) / Math.min(a, b) - 1 > part;
    }

    Measurement evaluate(
            String id,
            Factors factors,
            List<Fork> forks,
            List<String> failures,
            List<String> repeated) {
        List<String> reasons = new ArrayList<>(failures);
        forks.forEach(fork -> faults(factors, fork, reasons));
        Map<String, Integer> fired = new TreeMap<>();
        for (Fork fork : forks) {
            rules.forEach(
                    (rule, fires) -> {
                        if (fires.test(factors, fork)) {
                            fired.merge(rule, 1, Integer::sum);
                        }
                    });
        }
        Measurement measured = new Measurement(id, factors, Measurement.OK, null, null, forks);
        Set<String> flags = new TreeSet<>(fired.keySet());
        if (2 * fired.getOrDefault("V20", 0) <= forks.size()) {
            flags.remove("V20");
        }
        boolean hasPlaces = !factors.cpus().isEmpty();
        flags.addAll(
                known(
                        spread(measured) > SPREAD ? "V06" : "",
                        isUndersampled(factors, forks) ? "V09" : "",
                        hasPlaces && !Disturbance.hasCpusForAll(factors) ? "V15" : "",
                        capacityDiffers(factors) ? "V16" : ""));
        String status = Measurement.OK;
        if (forks.isEmpty()) {
            boolean untold = failures.stream().allMatch(f -> f.contains("did not find out within"));
            status = untold ? Measurement.NOT_AVAILABLE : Measurement.FAILED;
        } else if (!reasons.isEmpty()) {
            status = Measurement.INVALID;
            reasons.stream()
                    .filter(reason -> reason.matches("V[0-9]{2} .*"))
                    .map(reason -> reason.substring(0, 3))
                    .forEach(flags::add);
        }
        String reason = reasons.stream().distinct().collect(Collectors.joining("; "));
        return new Measurement(
                id,
                factors,
                status,
                reason.isEmpty() ? null : reason,
                List.copyOf(flags),
                forks,
                fired,
                repeated);
    }

    /** Applies the rules that make numbers invalid. */
    private static void faults(Factors factors, Fork fork, List<String> reasons) {
        for (EndCounters end : fork.ends().values()) {
            if (end.lost() + end.duplicated() + end.corrupted() > 0) {
                reasons.add(
                        "V01 lost %s, duplicated %s, corrupted %s"
                                .formatted(end.lost(), end.duplicated(), end.corrupted()));
            }
            if (end.migrations() != null && end.migrations() > 0 && !factors.cpus().isEmpty()) {
                reasons.add("V04 an end was on another CPU for a while");
            }
        }
        for (EndCounters end : fork.ends().values()) {
            if (fork.ends().size() == 2 && end.messages() != fork.messages()) {
                reasons.add(
                        "V01 one end counted %s messages, the other %s"
                                .formatted(end.messages(), fork.messages()));
            }
        }
        Double achieved = fork.numbers().get(Numbers.ACHIEVED_RATE);
        Double target = fork.numbers().getOrDefault(Numbers.TARGET_RATE, factors.ratePerSecond());
        if (achieved != null && target != null && achieved < RATE * target) {
            reasons.add(
                    "V10 %s messages a second were to be sent, and %s were"
                            .formatted(Math.round(target), Math.round(achieved)));
        }
    }

    private boolean belowFloor(Factors factors, Fork fork) {
        double ofRun = before == null ? 0 : before.lineRoundTripNs();
        double line = fork.lineRoundTripNs() > 0 ? fork.lineRoundTripNs() : ofRun;
        return factors.pattern() == Pattern.RTT
                && fork.hdr() != null
                && Hdr.decode(fork.hdr()).getValueAtPercentile(50) < 0.9 * line;
    }

    private boolean disturbed(Factors factors, Fork fork) {
        return Disturbance.of(factors, fork, machine.cpus()).isPresent();
    }

    /**
     * Tests how an end waited: a blocking mechanism must sleep for about each hop, and one that
     * spins must not; otherwise the measurement measures something else.
     */
    private static boolean waitedAsRequested(Factors factors, Fork fork) {
        if (factors.pattern() != Pattern.RTT || fork.ends().isEmpty()) {
            return true;
        }
        double hops = 2.0 * fork.messages();
        double sleeps = fork.sum(EndCounters::voluntarySwitches) / hops;
        double calls = fork.sum(EndCounters::allCalls) / hops;
        Waiting waiting = factors.waiting();
        return (!waiting.sleeps() || sleeps >= SLEEPS)
                && (!waiting.neverSleeps() || sleeps <= SPINS)
                && (!waiting.neverCalls() || calls <= SPINS);
    }

    private static boolean any(Fork fork, Predicate<EndCounters> what) {
        return fork.ends().values().stream().anyMatch(what);
    }

    /** Tests whether a collection, long stops or much compilation fell into a block. */
    private static boolean interrupted(EndCounters end, Fork fork) {
        double much = COMPILING * fork.durationNs();
        return end.collections() > 0
                || end.compilationMs() * 1e6 > much
                || end.safepointNs() != null && end.safepointNs() > much;
    }

    /** Tests whether reading the clock made the mean longer. */
    private boolean observed(Fork fork) {
        double clock = before == null ? Double.MAX_VALUE : before.clockNs();
        return clock > CLOCK_PART * fork.meanUntimedNs() && Samples.observerEffect(fork) > OBSERVER;
    }

    /** Tests for a tail without samples, in all forks together, where a tail was to be measured. */
    private static boolean isUndersampled(Factors factors, List<Fork> forks) {
        List<Histogram> tails =
                forks.stream()
                        .map(fork -> fork.response() != null ? fork.response() : fork.hdr())
                        .filter(Objects::nonNull)
                        .map(Hdr::decode)
                        .toList();
        long samples = tails.stream().mapToLong(Histogram::getTotalCount).sum();
        return !tails.isEmpty()
                && !CpuAtRate.isAtRate(factors)
                && !Percentiles.supported(samples, 99);
    }

    private static boolean faulted(Fork fork) {
        double faults = fork.sum(EndCounters::pageFaults);
        return faults > SOME_FAULTS && faults > FAULTS_A_MESSAGE * fork.messages();
    }

    private boolean siblings(Factors factors, Fork fork) {
        String host = Objects.requireNonNullElse(machine.virtualization(), "none");
        double line = fork.lineRoundTripNs();
        return Placement.SMT.equals(factors.placement())
                || !host.equals("none") && line > 0 && line < WITHIN_A_CORE_NS;
    }

    private static boolean changedSpeed(Fork fork) {
        double before = fork.number(Numbers.GHZ_BEFORE, 0);
        return differ(before, fork.number(Numbers.GHZ_AFTER, 0), GHZ_DRIFT);
    }

    /**
     * Returns the range of the forks' medians as a part of their median; that of their rates, where
     * nothing was timed.
     */
    private static double spread(Measurement measurement) {
        double[] values = Samples.each(measurement, fork -> median(measurement, fork));
        values = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
        return values.length < 2
                ? 0
                : (values[values.length - 1] - values[0]) / values[values.length / 2];
    }

    private static double median(Measurement measurement, Fork fork) {
        String times = fork.response() != null ? fork.response() : fork.hdr();
        return times == null
                ? Samples.messagesPerSecond(measurement, fork)
                : Samples.percentile(times, 50);
    }

    /** Tests whether a capacity is known that is not the usual one, where that matters. */
    private static boolean capacityDiffers(Factors factors) {
        long bytes = factors.fits();
        return !factors.sendsOneAtATime()
                && bytes > 0
                && (bytes > 2 * USUAL_CAPACITY || bytes < USUAL_CAPACITY / 2);
    }
}
