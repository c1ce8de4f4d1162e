package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Pattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/**
 * The extent of a run.
 *
 * @param name the suite's name
 * @param parts what is varied; a measurement that is in several of them is measured once
 * @param forks how many fresh pairs of processes a measurement gets
 * @param warmUp the longest warm-up of a fork
 * @param block how long it measures
 * @param minSamples the minimum number of timed round trips of a fork
 * @param limit how long the run is to take; null if that does not matter
 * @param minForks how many forks there are even if the limit is over
 */
public record Suite(
        String name,
        List<Selection> parts,
        int forks,
        Duration warmUp,
        Duration block,
        long minSamples,
        Duration limit,
        int minForks) {

    /** As many as the 99th percentile needs. */
    private static final long FOR_P99 = 10_000;

    private static final int FOR_SPREAD = 3;

    /** The approximate time to start and stop two virtual machines, until it has been measured. */
    private static final Duration PROCESSES = Duration.ofMillis(600);

    /** Beside the start: the floor and the results of a fork, its exit, and its first warm-up. */
    private static final Duration PER_FORK = Duration.ofMillis(400);

    /**
     * What a measurement takes beside its longest warm-up and its block: a rehearsal and meters,
     * less what most warm-ups are shorter.
     */
    private static final Duration OVERHEAD = Duration.ofMillis(150);

    /** A round trip of a mechanism that sleeps, about. */
    private static final Duration ROUND_TRIP = Duration.ofNanos(20_000);

    /** The floor before the first round, with the class archive. */
    private static final Duration BEGIN = Duration.ofSeconds(4);

    /** The floor after the run, writing the results and the page. */
    private static final Duration END = Duration.ofSeconds(5);

    /** The shortest meaningful block. */
    private static final Duration SHORTEST = Duration.ofMillis(100);

    private static final double LONGEST_SCALE = 1000;

    private static final Duration SHORT = Duration.ofMillis(400);

    /** Messages a second at which CPU time is compared: most programs carry no more. */
    private static final List<Double> RATES = List.of(1_000.0, 10_000.0, 30_000.0);

    private static final List<Double> FEW_AND_MANY = List.of(1_000.0, 30_000.0);

    private static final List<Pattern> SWEPT = List.of(Pattern.RTT, Pattern.STREAM);

    /** Representative mechanisms, where measuring all would take hours. */
    private static final List<String> KNOWN =
            List.of(
                    "pipe",
                    "pipe.hint",
                    "uds.stream",
                    "tcp",
                    "sluice/spin",
                    "sluice/futex",
                    "agrona.o2o",
                    "aeron.ipc/spin");

    /** Mechanisms that transfer long messages whole. */
    private static final List<String> LARGE =
            List.of("pipe", "pipe.1m", "uds.stream", "tcp", "vmread", "sluice.4m");

    /** Mechanisms that behave differently if both ends share a CPU, or are not pinned. */
    private static final List<Selection> PLACED =
            List.of(
                    Selection.of(
                                    List.of("pipe", "uds.stream", "sluice/futex", "sluice/spin"),
                                    List.of(Pattern.RTT),
                                    List.of(64))
                            .with(s -> s.placements = List.of(Placement.ONE_CPU)),
                    Selection.of(
                                    List.of("pipe", "uds.stream", "tcp", "sluice/futex"),
                                    List.of(Pattern.RTT),
                                    List.of(64))
                            .with(s -> s.placements = List.of(Placement.UNPINNED)));

    /** Mechanisms of which a call carries many messages, so that like is compared with like. */
    private static final List<String> BATCHED = List.of("pipe.buffered", "uds.buffered", "mmsg");

    private static final List<Integer> ONE_AND_MANY = List.of(1, Workload.DEFAULT_BATCH);

    private static Selection fixedRates(List<String> mechanisms, List<Double> rates) {
        return Selection.of(mechanisms, List.of(Pattern.ONEWAY), List.of(64))
                .with(
                        s -> {
                            s.rates = rates;
                            s.schedules = List.of(Factors.FIXED);
                        });
    }

    private static Selection sweep(List<String> mechanisms, int... sizes) {
        return Selection.of(mechanisms, SWEPT, Arrays.stream(sizes).boxed().toList())
                .with(s -> s.batches = ONE_AND_MANY);
    }

    private static final List<String> GLANCED =
            List.of("pipe", "pipe.hint", "uds.stream", "sluice/spin", "sluice/futex");

    /** A first look: its page is there after the first of three rounds, half a minute. */
    public static final Suite GLANCE =
            new Suite(
                    "glance",
                    List.of(
                            Selection.of(GLANCED, SWEPT, List.of(64))
                                    .with(s -> s.batches = List.of(1)),
                            fixedRates(GLANCED, List.of(1_000.0))),
                    5,
                    Duration.ofMillis(200),
                    Duration.ofMillis(150),
                    200,
                    Duration.ofSeconds(75),
                    1);

    private static final List<String> LAB_MECHANISMS =
            List.of(
                    "pipe",
                    "pipe.hint",
                    "uds.stream",
                    "uds.stream.hint",
                    "nio.uds",
                    "sluice/spin",
                    "sluice/hybrid",
                    "sluice/futex");

    /** Enough to see what the kernel costs, in about 90 seconds on two cores. */
    public static final Suite LAB =
            new Suite(
                    "lab",
                    List.of(
                            sweep(LAB_MECHANISMS, 64),
                            Selection.of(
                                    List.of("pipe.buffered", "mmsg"),
                                    List.of(Pattern.STREAM),
                                    List.of(64)),
                            fixedRates(GLANCED, FEW_AND_MANY)),
                    3,
                    Duration.ofMillis(250),
                    Duration.ofMillis(200),
                    2000,
                    Duration.ofSeconds(90),
                    3);

    private static final List<String> QUICK_MECHANISMS =
            List.of(
                    "pipe",
                    "pipe.hint",
                    "uds.stream",
                    "uds.stream.hint",
                    "mq.posix",
                    "tcp",
                    "sluice/spin",
                    "sluice/futex",
                    "agrona.o2o",
                    "aeron.ipc");

    /** The most common mechanisms, short and long messages: about six minutes on two cores. */
    public static final Suite QUICK =
            new Suite(
                    "quick",
                    List.of(
                            sweep(QUICK_MECHANISMS, 64, 4096),
                            Selection.of(
                                    LARGE, List.of(Pattern.STREAM), List.of(65_536, 1_048_576)),
                            Selection.of(BATCHED, List.of(Pattern.STREAM), List.of(64, 4096)),
                            Selection.of(QUICK_MECHANISMS, List.of(Pattern.GAP), List.of(64)),
                            fixedRates(QUICK_MECHANISMS, RATES)),
                    3,
                    Duration.ofMillis(250),
                    Duration.ofMillis(250),
                    FOR_P99,
                    Duration.ofSeconds(360),
                    3);

    /**
     * All mechanisms with a short message, and a stream of long ones; the most common ones with all
     * sizes, batches and patterns; a few of them in other placements. About forty minutes on two
     * cores.
     */
    public static final Suite STANDARD =
            new Suite(
                    "standard",
                    List.of(
                            Selection.of(List.of(), SWEPT, List.of(64)),
                            Selection.of(List.of(), List.of(Pattern.STREAM), List.of(4096)),
                            Selection.of(KNOWN, List.of(Pattern.RTT), List.of(8, 256, 1024, 4096)),
                            Selection.of(KNOWN, List.of(Pattern.STREAM), List.of(1024, 4096)),
                            Selection.of(LARGE, SWEPT, List.of(65_536)),
                            Selection.of(
                                    List.of("sluice.16m", "sluice.huge"),
                                    List.of(Pattern.STREAM),
                                    List.of(65_536)),
                            Selection.of(KNOWN, List.of(Pattern.STREAM), List.of(64))
                                    .with(s -> s.batches = List.of(1)),
                            Selection.of(KNOWN, Pattern.all(), List.of(64))
                                    .with(
                                            s -> {
                                                s.rates = List.of(10_000.0, 100_000.0);
                                                s.schedules = List.of(Factors.FIXED);
                                                s.loads = List.of(0.8);
                                                s.gapsNs =
                                                        List.of(100_000L, 1_000_000L, 10_000_000L);
                                            }),
                            fixedRates(KNOWN, RATES),
                            Selection.of(BATCHED, List.of(Pattern.STREAM), List.of(64, 4096)),
                            PLACED.get(0),
                            PLACED.get(1)),
                    5,
                    SHORT,
                    SHORT,
                    FOR_P99,
                    null,
                    5);

    /** Everything. Takes days. */
    public static final Suite FULL =
            new Suite(
                    "full",
                    List.of(
                            new Selection(
                                    List.of(),
                                    Pattern.all(),
                                    List.of(
                                            8, 64, 256, 1024, 4096, 16_384, 65_536, 262_144,
                                            1_048_576),
                                    List.of(Factors.FULL, Factors.HEADER, Factors.UNTOUCHED),
                                    List.of(1, 16, Workload.DEFAULT_BATCH),
                                    List.of(1_000.0, 10_000.0, 100_000.0, 1_000_000.0),
                                    List.of(Factors.FIXED, Factors.EXPONENTIAL),
                                    List.of(0.5, 0.8, 0.95),
                                    List.of(
                                            10_000L,
                                            100_000L,
                                            1_000_000L,
                                            10_000_000L,
                                            100_000_000L),
                                    List.of(),
                                    List.of()),
                            PLACED.get(0),
                            PLACED.get(1)),
                    10,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(4),
                    FOR_P99,
                    null,
                    10);

    /** The standard suite, with as many forks as a publication needs. */
    public static final Suite PUBLISH =
            new Suite(
                    Gate.SUITE,
                    STANDARD.parts,
                    Gate.FORKS,
                    STANDARD.warmUp,
                    STANDARD.block,
                    STANDARD.minSamples,
                    null,
                    Gate.FORKS);

    private static final List<Suite> ALL = List.of(GLANCE, LAB, QUICK, STANDARD, FULL, PUBLISH);

    /** Copies the list. */
    public Suite {
        parts = List.copyOf(parts);
    }

    /**
     * Returns a suite by its name.
     *
     * @param name the name
     * @return the suite
     * @throws NoSuchElementException if none has that name; the message lists those that there are
     */
    public static Suite of(String name) {
        return ALL.stream()
                .filter(suite -> suite.name.equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new NoSuchElementException(
                                        "there is no suite '"
                                                + name
                                                + "': choose from "
                                                + String.join(",", names())));
    }

    /** Returns the names of all suites. */
    public static List<String> names() {
        return ALL.stream().map(Suite::name).toList();
    }

    /** Returns all suites, the shortest first. */
    public static List<Suite> all() {
        return ALL;
    }

    private Suite withParts(List<Selection> changed) {
        return new Suite(
                name, changed, forks, warmUp, block, minSamples, limit, Math.min(minForks, forks));
    }

    /** Returns the same with each of its parts changed. */
    public Suite with(Consumer<Selection.Builder> change) {
        return withParts(parts.stream().map(part -> part.with(change)).toList());
    }

    /**
     * Returns the same with only some patterns: each part keeps those of its own. A pattern that no
     * part has is measured as in the first part.
     */
    public Suite withPatterns(List<Pattern> chosen) {
        List<Selection> narrowed = new ArrayList<>();
        List<Pattern> missing = new ArrayList<>(chosen);
        for (Selection part : parts) {
            List<Pattern> kept = new ArrayList<>(part.patterns());
            missing.removeAll(kept);
            kept.retainAll(chosen);
            narrowed.add(part.with(s -> s.patterns = kept));
        }
        narrowed.add(parts.get(0).with(s -> s.patterns = missing));
        return withParts(narrowed);
    }

    /** Returns the same with another number of forks, however long they take. */
    public Suite withForks(int number) {
        return new Suite(name, parts, number, warmUp, block, minSamples, null, number);
    }

    /** Returns the same with blocks of other lengths. */
    public Suite withBlocks(Duration ofWarmUp, Duration measured) {
        return new Suite(name, parts, forks, ofWarmUp, measured, minSamples, limit, minForks);
    }

    /**
     * Returns about how long a run of these groups takes, floor and page included.
     *
     * @param groups what is measured
     * @return the limit, if there is one, all takes longer, and the fewest forks do not
     */
    public Duration expected(List<List<MeasurementPlan>> groups) {
        Suite fitting = fitting(groups, 0, BEGIN.toNanos());
        Duration round = fitting.planned(groups, 0).dividedBy(forks);
        Duration around = BEGIN.plus(END);
        Duration all = round.multipliedBy(forks).plus(around);
        return limit == null || all.compareTo(limit) < 0
                ? all
                : longer(limit, round.multipliedBy(minForks).plus(around));
    }

    /**
     * Returns about how long all forks of these groups take: a group shares its forks.
     *
     * @param groups what is measured
     * @param startNs how long two virtual machines take to start; 0 if not known yet
     */
    Duration planned(List<List<MeasurementPlan>> groups, long startNs) {
        Duration start = startNs > 0 ? Duration.ofNanos(startNs) : PROCESSES;
        Duration all = start.plus(PER_FORK).multipliedBy(groups.size());
        for (List<MeasurementPlan> group : groups) {
            for (MeasurementPlan plan : group) {
                all = all.plus(perFork(plan));
            }
        }
        return all.multipliedBy(forks);
    }

    /** Returns about how long one measurement takes in a fork that runs already. */
    private Duration perFork(MeasurementPlan plan) {
        Duration blocks = block;
        if (plan.pattern() == Pattern.RTT) {
            Duration samples = longer(block, ROUND_TRIP.multipliedBy(minSamples));
            blocks = block.dividedBy(3).plus(samples);
        }
        Duration paced =
                Pace.of(plan.workload())
                        .map(pace -> Duration.ofNanos(pace.blockNs(forkDurations())))
                        .orElse(Duration.ZERO);
        return OVERHEAD.plus(warmUp).plus(longer(paced, blocks));
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    /**
     * Returns the same with blocks so short that all of it takes no longer than the limit: a start
     * may take longer than planned. Never shorter than a meaningful block.
     *
     * @param groups what is measured
     * @param startNs how long two virtual machines take to start
     * @param spentNs how much of the limit is over
     */
    Suite fitting(List<List<MeasurementPlan>> groups, long startNs, long spentNs) {
        if (limit == null) {
            return this;
        }
        Duration left = limit.minus(END).minusNanos(spentNs);
        return scaledTo(left, groups, startNs, wantedForks(), 1);
    }

    /** Returns for how many forks there is to be time: fewer than three show no spread. */
    int wantedForks() {
        return Math.max(minForks, Math.min(forks, FOR_SPREAD));
    }

    /** Returns how long the rounds of a limited suite may take. */
    long roundsNs() {
        return limit.minus(END).toNanos();
    }

    /** Tests whether no further round is to begin, by when it would end. */
    boolean isOver(int done, long endNs) {
        return limit != null && done >= minForks && endNs > roundsNs();
    }

    /**
     * Returns the same in approximately the given time: with shorter or longer blocks, but never
     * shorter than a meaningful block, and never with fewer samples. It may take longer then.
     *
     * @param budget for all
     * @param groups what is measured
     */
    public Suite scaledTo(Duration budget, List<List<MeasurementPlan>> groups) {
        return new Suite(name, parts, forks, warmUp, block, minSamples, null, forks)
                .scaledTo(budget, groups, 0, forks, LONGEST_SCALE);
    }

    /** Scales blocks so that so many forks of each group take the budget, at most so many times. */
    private Suite scaledTo(
            Duration budget,
            List<List<MeasurementPlan>> groups,
            long startNs,
            int needed,
            double most) {
        Duration round = budget.dividedBy(needed);
        double low = 0;
        double high = most;
        for (double middle = most; high - low > 1e-3; middle = (low + high) / 2) {
            if (scaled(middle).planned(groups, startNs).dividedBy(forks).compareTo(round) > 0) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return scaled(low);
    }

    private Suite scaled(double scale) {
        return withBlocks(scaled(warmUp, scale), scaled(block, scale));
    }

    private static Duration scaled(Duration time, double scale) {
        Duration wanted = Duration.ofNanos((long) (time.toNanos() * scale));
        return wanted.compareTo(SHORTEST) < 0 ? SHORTEST : wanted;
    }

    ForkDurations forkDurations() {
        return new ForkDurations(warmUp.toNanos(), block.toNanos(), minSamples);
    }
}
