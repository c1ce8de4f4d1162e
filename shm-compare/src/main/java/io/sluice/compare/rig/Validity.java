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
import io.sluice.compare.stats.CpuAtRate;
import io.sluice.compare.stats.Percentiles;
import io.sluice.compare.stats.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

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
        List<String> flags = new ArrayList<>();
        if (before != null && after != null && drifted()) {
            flags.add("V07");
        }
        boolean foreign =
                machine.clocksource() != null
                        && !machine.clocksource().isEmpty()
                        && !List.of("tsc", "kvm-clock", "arch_sys_counter")
                                .contains(machine.clocksource());
        if (foreign || before != null && before.clockNs() > SLOW_CLOCK_NS) {
            flags.add("V11");
        }
        return flags;
    }

    private boolean drifted() {
        return differ(before.lineRoundTripNs(), after.lineRoundTripNs(), FLOOR_DRIFT)
                || differ(before.syscallNs(), after.syscallNs(), FLOOR_DRIFT);
    }

    private static boolean differ(double a, double b, double part) {
        return a > 0 && b > 0 && Math.max(a, b) / Math.min(a, b) - 1 > part;
    }

    Measurement evaluate(String id, Factors factors, List<Fork> forks, List<String> failures) {
        return evaluate(id, factors, forks, failures, List.of());
    }

    Measurement evaluate(
            String id,
            Factors factors,
            List<Fork> forks,
            List<String> failures,
            List<String> repeated) {
        List<String> reasons = new ArrayList<>(failures);
        forks.forEach(fork -> faults(factors, fork, reasons));
        Measurement measured = new Measurement(id, factors, Measurement.OK, null, List.of(), forks);
        Map<String, Integer> fired = new TreeMap<>();
        flag(fired, "V02", forks, fork -> belowFloor(factors, fork));
        flag(fired, "V03", forks, fork -> !waitedAsRequested(factors, fork));
        flag(
                fired,
                "V05",
                forks,
                fork -> Disturbance.of(factors, fork, machine.cpus()).isPresent());
        flag(fired, "V08", forks, this::observed);
        flag(fired, "V13", forks, fork -> any(fork, end -> interrupted(end, fork.durationNs())));
        flag(fired, "V14", forks, Validity::faulted);
        flag(fired, "V17", forks, fork -> any(fork, e -> e.shortTransfers() > 0));
        flag(fired, "V18", forks, fork -> siblings(factors, fork));
        flag(fired, "V19", forks, Validity::changedSpeed);
        flag(fired, "V20", forks, Validity::moves);
        TreeSet<String> flags = new TreeSet<>(fired.keySet());
        if (2 * fired.getOrDefault("V20", 0) <= forks.size()) {
            flags.remove("V20");
        }
        if (isUndersampled(factors, forks)) {
            flags.add("V09");
        }
        if (spread(measured) > SPREAD) {
            flags.add("V06");
        }
        if (ends(factors) > new TreeSet<>(factors.cpus()).size() && !factors.cpus().isEmpty()) {
            flags.add("V15");
        }
        if (factors.pattern() != Pattern.RTT && capacityDiffers(factors.capacityBytes())) {
            flags.add("V16");
        }
        String status = Measurement.OK;
        if (forks.isEmpty()) {
            boolean untold = failures.stream().allMatch(f -> f.contains("did not find out within"));
            status = untold ? Measurement.NOT_AVAILABLE : Measurement.FAILED;
        } else if (!reasons.isEmpty()) {
            status = Measurement.INVALID;
            reasons.stream()
                    .filter(reason -> reason.matches("V[0-9]{2} .*"))
                    .forEach(reason -> flags.add(reason.substring(0, 3)));
        }
        List<String> distinct = reasons.stream().distinct().toList();
        String reason = distinct.isEmpty() ? null : String.join("; ", distinct);
        return new Measurement(
                id, factors, status, reason, List.copyOf(flags), forks, fired, repeated);
    }

    private static void flag(
            Map<String, Integer> fired, String id, List<Fork> forks, Predicate<Fork> rule) {
        int count = (int) forks.stream().filter(rule).count();
        if (count > 0) {
            fired.put(id, count);
        }
    }

    /** Applies the rules that make numbers invalid. */
    private static void faults(Factors factors, Fork fork, List<String> reasons) {
        for (EndCounters end : fork.ends().values()) {
            if (end.lost() + end.duplicated() + end.corrupted() > 0) {
                reasons.add(
                        "V01 lost "
                                + end.lost()
                                + ", duplicated "
                                + end.duplicated()
                                + ", corrupted "
                                + end.corrupted());
            }
            if (end.migrations() != null && end.migrations() > 0 && !factors.cpus().isEmpty()) {
                reasons.add("V04 an end was on another CPU for a while");
            }
        }
        boolean pair = fork.ends().size() == 2;
        for (EndCounters end : fork.ends().values()) {
            if (pair && end.messages() != fork.messages()) {
                reasons.add(
                        "V01 one end counted "
                                + end.messages()
                                + " messages, the other "
                                + fork.messages());
            }
        }
        Double achieved = fork.numbers().get(Numbers.ACHIEVED_RATE);
        Double target = fork.numbers().getOrDefault(Numbers.TARGET_RATE, factors.ratePerSecond());
        if (achieved != null && target != null && achieved < RATE * target) {
            reasons.add(
                    String.format(
                            java.util.Locale.ROOT,
                            "V10 %.0f messages a second were to be sent, and %.0f were",
                            target,
                            achieved));
        }
    }

    private boolean belowFloor(Factors factors, Fork fork) {
        double line =
                fork.lineRoundTripNs() > 0
                        ? fork.lineRoundTripNs()
                        : before == null ? 0 : before.lineRoundTripNs();
        return factors.pattern() == Pattern.RTT
                && fork.hdr() != null
                && Hdr.decode(fork.hdr()).getValueAtPercentile(50) < 0.9 * line;
    }

    /**
     * Tests how an end waited: a blocking mechanism must sleep for about each hop, and one that
     * spins must not; otherwise the measurement measures something else.
     */
    static boolean waitedAsRequested(Factors factors, Fork fork) {
        if (factors.pattern() != Pattern.RTT || fork.ends().isEmpty()) {
            return true;
        }
        double sleeps = sleepsPerHop(fork);
        switch (factors.waiting()) {
            case Factors.BLOCK:
            case Factors.FUTEX:
            case Factors.EVENTFD:
                return sleeps >= SLEEPS;
            case Factors.SPIN:
                return sleeps <= SPINS && callsPerHop(fork) <= SPINS;
            case Factors.HINT:
                return sleeps <= SPINS;
            default:
                return true;
        }
    }

    /** Returns how often a hop ended with a receiver that had really slept. */
    static double sleepsPerHop(Fork fork) {
        return sum(fork, EndCounters::voluntarySwitches) / (2.0 * fork.messages());
    }

    private static double callsPerHop(Fork fork) {
        return sum(fork, end -> end.systemCalls().values().stream().mapToLong(n -> n).sum())
                / (2.0 * fork.messages());
    }

    private static double sum(Fork fork, java.util.function.ToLongFunction<EndCounters> what) {
        return fork.ends().values().stream().mapToLong(what).sum();
    }

    private static boolean any(Fork fork, Predicate<EndCounters> what) {
        return fork.ends().values().stream().anyMatch(what);
    }

    /** Tests whether a collection, long stops or much compilation fell into a block. */
    private static boolean interrupted(EndCounters end, long durationNs) {
        return end.collections() > 0
                || end.compilationMs() * 1e6 > COMPILING * durationNs
                || end.safepointNs() != null && end.safepointNs() > COMPILING * durationNs;
    }

    /** Tests whether reading the clock changed the mean. */
    private boolean observed(Fork fork) {
        double clock = before == null ? Double.MAX_VALUE : before.clockNs();
        return fork.hdr() != null
                && fork.meanUntimedNs() > 0
                && clock > CLOCK_PART * fork.meanUntimedNs()
                && Math.abs(Hdr.decode(fork.hdr()).getMean() / fork.meanUntimedNs() - 1) > OBSERVER;
    }

    /** Tests for a tail without samples, in all forks together, where a tail was to be measured. */
    private static boolean isUndersampled(Factors factors, List<Fork> forks) {
        List<String> histograms =
                forks.stream()
                        .map(fork -> fork.response() != null ? fork.response() : fork.hdr())
                        .filter(Objects::nonNull)
                        .toList();
        long samples = histograms.stream().mapToLong(h -> Hdr.decode(h).getTotalCount()).sum();
        return !histograms.isEmpty()
                && !CpuAtRate.isAtRate(factors)
                && !Percentiles.supported(samples, 99);
    }

    private static boolean faulted(Fork fork) {
        double faults = sum(fork, end -> end.minorFaults() + end.majorFaults());
        return faults > SOME_FAULTS && faults > FAULTS_A_MESSAGE * fork.messages();
    }

    private boolean siblings(Factors factors, Fork fork) {
        boolean guest =
                machine.virtualization() != null && !"none".equals(machine.virtualization());
        double line = fork.lineRoundTripNs();
        return Placement.SMT.equals(factors.placement())
                || guest && line > 0 && line < WITHIN_A_CORE_NS;
    }

    private static boolean changedSpeed(Fork fork) {
        Double start = fork.numbers().get(Numbers.GHZ_BEFORE);
        Double end = fork.numbers().get(Numbers.GHZ_AFTER);
        return start != null && end != null && differ(start, end, GHZ_DRIFT);
    }

    /** Tests whether a fork was measured before it had come to a steady state. */
    private static boolean moves(Fork fork) {
        return fork.numbers().getOrDefault(Numbers.STEADY, 1.0) == 0;
    }

    /** Returns the range of the forks' medians, or rates, as a part of their median. */
    private static double spread(Measurement measurement) {
        double[] values =
                measurement.forks().stream().allMatch(fork -> fork.hdr() != null)
                        ? Samples.percentile(measurement, 50)
                        : Samples.messagesPerSecond(measurement);
        values = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
        return values.length < 2
                ? 0
                : (values[values.length - 1] - values[0]) / values[values.length / 2];
    }

    /** Returns the number of threads that need a CPU at the same time. */
    static int ends(Factors factors) {
        return factors.pattern().threads(factors.producers(), factors.consumers());
    }

    private static boolean capacityDiffers(long bytes) {
        return bytes > 0 && (bytes > 2 * USUAL_CAPACITY || bytes < USUAL_CAPACITY / 2);
    }
}
