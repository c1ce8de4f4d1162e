package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Pattern;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * The extent of a run.
 *
 * @param name the suite's name
 * @param parts what is varied; a cell that is in several of them is measured once
 * @param forks how many fresh pairs of processes a cell gets
 * @param warmUp the longest warm-up of a launch
 * @param block how long it measures
 * @param minSamples the minimum number of timed round trips of a launch
 */
public record Suite(
        String name,
        List<Selection> parts,
        int forks,
        Duration warmUp,
        Duration block,
        long minSamples) {

    /** As many as the 99th percentile needs. */
    private static final long FOR_P99 = 10_000;

    /** The approximate time to start and stop two virtual machines. */
    private static final Duration PROCESSES = Duration.ofMillis(1100);

    /** The shortest meaningful block. */
    private static final Duration SHORTEST = Duration.ofMillis(100);

    private static final Duration SHORT = Duration.ofMillis(400);

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
            List.of("pipe", "pipe.1m", "uds.stream", "tcp", "vmread", "sluice.1m");

    /** Mechanisms that behave differently if both ends share a CPU, or are not pinned. */
    private static final List<Selection> PLACED =
            List.of(
                    Selection.of(
                                    List.of("pipe", "uds.stream", "sluice/futex", "sluice/spin"),
                                    List.of(Pattern.RTT),
                                    List.of(64))
                            .withPlacements(List.of(Placement.ONE_CPU)),
                    Selection.of(
                                    List.of("pipe", "uds.stream", "tcp", "sluice/futex"),
                                    List.of(Pattern.RTT),
                                    List.of(64))
                            .withPlacements(List.of(Placement.UNPINNED)));

    /** Enough to see what the kernel costs, in about a minute and a half on two cores. */
    public static final Suite LAB =
            new Suite(
                    "lab",
                    List.of(
                            Selection.of(
                                    List.of(
                                            "pipe",
                                            "pipe.hint",
                                            "uds.stream",
                                            "uds.stream.hint",
                                            "sluice/spin",
                                            "sluice/hybrid",
                                            "sluice/futex"),
                                    SWEPT,
                                    List.of(64))),
                    3,
                    SHORT,
                    SHORT,
                    2000);

    /** The most common mechanisms, two sizes: about six minutes on two cores. */
    public static final Suite QUICK =
            new Suite(
                    "quick",
                    List.of(
                            Selection.of(
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
                                                    "aeron.ipc"),
                                            List.of(
                                                    Pattern.RTT,
                                                    Pattern.STREAM,
                                                    Pattern.ONEWAY,
                                                    Pattern.GAP),
                                            List.of(64, 4096))
                                    .withRates(List.of(30_000.0))
                                    .withSchedules(List.of(Factors.FIXED))),
                    3,
                    SHORT,
                    SHORT,
                    FOR_P99);

    /**
     * All mechanisms with a short message, and a stream of long ones; the most common ones with all
     * sizes, batches and patterns; a few of them in other placements. About three quarters of an
     * hour on two cores.
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
                            Selection.of(KNOWN, List.of(Pattern.STREAM), List.of(64))
                                    .withBatches(List.of(1)),
                            Selection.of(KNOWN, Pattern.all(), List.of(64))
                                    .withRates(List.of(10_000.0, 100_000.0))
                                    .withSchedules(List.of(Factors.FIXED))
                                    .withLoads(List.of(0.8))
                                    .withGaps(List.of(100_000L, 1_000_000L, 10_000_000L)),
                            PLACED.get(0),
                            PLACED.get(1)),
                    5,
                    SHORT,
                    SHORT,
                    FOR_P99);

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
                    FOR_P99);

    /** The standard suite, with as many launches as a publication needs. */
    public static final Suite PUBLISH =
            new Suite(
                    Gate.SUITE,
                    STANDARD.parts,
                    Gate.FORKS,
                    STANDARD.warmUp,
                    STANDARD.block,
                    STANDARD.minSamples);

    private static final List<Suite> ALL = List.of(LAB, QUICK, STANDARD, FULL, PUBLISH);

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

    /** Returns the same with each of its parts changed. */
    public Suite with(UnaryOperator<Selection> change) {
        return new Suite(
                name,
                parts.stream().map(change).collect(Collectors.toList()),
                forks,
                warmUp,
                block,
                minSamples);
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
            narrowed.add(part.withPatterns(kept));
        }
        narrowed.add(parts.get(0).withPatterns(missing));
        return new Suite(name, narrowed, forks, warmUp, block, minSamples);
    }

    /** Returns the same with another number of launches. */
    public Suite withForks(int number) {
        return new Suite(name, parts, number, warmUp, block, minSamples);
    }

    /** Returns the same with blocks of other lengths. */
    public Suite withBlocks(Duration ofWarmUp, Duration measured) {
        return new Suite(name, parts, forks, ofWarmUp, measured, minSamples);
    }

    /** Returns the approximate duration of a launch. */
    public Duration perFork() {
        return PROCESSES.plus(warmUp).plus(block.multipliedBy(4).dividedBy(3));
    }

    /**
     * Returns the approximate duration of a launch of this cell: paced patterns may take longer.
     */
    Duration perFork(MeasurementPlan plan) {
        Duration blocks = block.multipliedBy(4).dividedBy(3);
        Duration paced =
                Pace.of(plan.workload())
                        .map(pace -> Duration.ofNanos(pace.blockNs(forkDurations())))
                        .orElse(Duration.ZERO);
        return paced.compareTo(blocks) > 0 ? perFork().minus(blocks).plus(paced) : perFork();
    }

    /**
     * Returns the same in approximately the given time: with shorter or longer blocks, but never
     * shorter than a meaningful block, and never with fewer samples. It may take longer then.
     *
     * @param budget for all
     * @param cells how many cells there are
     */
    public Suite scaledTo(Duration budget, int cells) {
        long starts = (long) forks * Math.max(1, cells);
        double left = budget.dividedBy(starts).minus(PROCESSES).toNanos();
        double blocks = perFork().minus(PROCESSES).toNanos();
        double scale = Math.max(0, left) / blocks;
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
