package io.sluice.compare.rig;

import io.sluice.compare.result.Factors;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;

/**
 * How much is measured.
 *
 * @param name the suite's name
 * @param mechanisms the ids of the mechanisms, or ids with a slash and a way to wait; empty for all
 * @param patterns how messages are exchanged
 * @param sizes how long they are, in bytes
 * @param touches how much of a message is touched
 * @param batches messages a call, for pattern stream
 * @param rates messages a second, for pattern oneway
 * @param loads parts of what a mechanism can carry, for pattern oneway
 * @param gapsNs idle times, for pattern gap
 * @param launches how many fresh pairs of processes a cell gets
 * @param warmUp how long a launch runs at the most before it measures
 * @param block how long it measures
 * @param leastSamples how many round trips a launch times at the least
 */
public record Suite(
        String name,
        List<String> mechanisms,
        List<String> patterns,
        List<Integer> sizes,
        List<String> touches,
        List<Integer> batches,
        List<Double> rates,
        List<Double> loads,
        List<Long> gapsNs,
        int launches,
        Duration warmUp,
        Duration block,
        long leastSamples) {

    /** As many as the 99th percentile takes. */
    private static final long FOR_P99 = 10_000;

    private static final List<Integer> USUAL = List.of(Workload.USUAL_BATCH);

    /** What starting two virtual machines and ending them takes, about. */
    private static final Duration PROCESSES = Duration.ofMillis(700);

    /** Shorter blocks say nothing. */
    private static final Duration SHORTEST = Duration.ofMillis(100);

    private static final List<String> ALL_PATTERNS =
            List.of(
                    Factors.RTT,
                    Factors.STREAM,
                    Factors.ONEWAY,
                    Factors.FANIN,
                    Factors.FANOUT,
                    Factors.BURST,
                    Factors.GAP,
                    Factors.OVERSUB,
                    Factors.LIFECYCLE,
                    Factors.PEERDEATH);

    /** Enough to see what the kernel costs, in about a minute and a half on two cores. */
    public static final Suite LAB =
            new Suite(
                    "lab",
                    List.of(
                            "pipe",
                            "pipe.hint",
                            "uds.stream",
                            "uds.stream.hint",
                            "sluice/spin",
                            "sluice/hybrid",
                            "sluice/futex"),
                    List.of(Factors.RTT, Factors.STREAM),
                    List.of(64),
                    List.of(Factors.FULL),
                    USUAL,
                    List.of(),
                    List.of(),
                    List.of(),
                    3,
                    Duration.ofMillis(400),
                    Duration.ofMillis(400),
                    2000);

    /** The mechanisms that most people ask for, two sizes: about six minutes on two cores. */
    public static final Suite QUICK =
            new Suite(
                    "quick",
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
                    List.of(Factors.RTT, Factors.STREAM, Factors.ONEWAY, Factors.GAP),
                    List.of(64, 4096),
                    List.of(Factors.FULL),
                    USUAL,
                    List.of(10_000.0),
                    List.of(),
                    List.of(1_000_000L),
                    3,
                    Duration.ofMillis(400),
                    Duration.ofMillis(400),
                    FOR_P99);

    /** All patterns and the sizes that matter most. */
    public static final Suite STANDARD =
            new Suite(
                    "standard",
                    List.of(),
                    ALL_PATTERNS,
                    List.of(8, 64, 256, 1024, 4096, 65_536),
                    List.of(Factors.FULL),
                    List.of(1, 16, 256),
                    List.of(1_000.0, 10_000.0, 100_000.0),
                    List.of(0.8),
                    List.of(100_000L, 1_000_000L, 10_000_000L),
                    5,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1),
                    FOR_P99);

    /** Everything. Takes hours. */
    public static final Suite FULL =
            new Suite(
                    "full",
                    List.of(),
                    ALL_PATTERNS,
                    List.of(8, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576),
                    List.of(Factors.FULL, Factors.HEADER, Factors.UNTOUCHED),
                    List.of(1, 16, 256),
                    List.of(1_000.0, 10_000.0, 100_000.0, 1_000_000.0),
                    List.of(0.5, 0.8, 0.95),
                    List.of(10_000L, 100_000L, 1_000_000L, 10_000_000L, 100_000_000L),
                    10,
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(4),
                    FOR_P99);

    /** The standard suite, with as many launches as a publication takes. */
    public static final Suite PUBLISH = STANDARD.named("publish").withLaunches(10);

    private static final List<Suite> ALL = List.of(LAB, QUICK, STANDARD, FULL, PUBLISH);

    /** Copies the lists. */
    public Suite {
        mechanisms = List.copyOf(mechanisms);
        patterns = List.copyOf(patterns);
        sizes = List.copyOf(sizes);
        touches = List.copyOf(touches);
        batches = List.copyOf(batches);
        rates = List.copyOf(rates);
        loads = List.copyOf(loads);
        gapsNs = List.copyOf(gapsNs);
    }

    /** One of all mechanisms, with nothing varied beyond patterns and sizes. */
    public Suite(
            String name,
            List<String> patterns,
            List<Integer> sizes,
            int launches,
            Duration warmUp,
            Duration block) {
        this(
                name,
                List.of(),
                patterns,
                sizes,
                List.of(Factors.FULL),
                USUAL,
                List.of(10_000.0),
                List.of(),
                List.of(1_000_000L),
                launches,
                warmUp,
                block,
                200);
    }

    /**
     * A suite by its name.
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
                                                + ALL.stream()
                                                        .map(Suite::name)
                                                        .collect(Collectors.joining(","))));
    }

    /** The same by another name. */
    public Suite named(String other) {
        return new Suite(
                other,
                mechanisms,
                patterns,
                sizes,
                touches,
                batches,
                rates,
                loads,
                gapsNs,
                launches,
                warmUp,
                block,
                leastSamples);
    }

    /** The same with other mechanisms; none named means all. */
    public Suite withMechanisms(List<String> ids) {
        return new Suite(
                name,
                ids,
                patterns,
                sizes,
                touches,
                batches,
                rates,
                loads,
                gapsNs,
                launches,
                warmUp,
                block,
                leastSamples);
    }

    /** The same with another number of launches. */
    public Suite withLaunches(int number) {
        return new Suite(
                name,
                mechanisms,
                patterns,
                sizes,
                touches,
                batches,
                rates,
                loads,
                gapsNs,
                number,
                warmUp,
                block,
                leastSamples);
    }

    /** The same with other patterns. */
    public Suite withPatterns(List<String> chosen) {
        return new Suite(
                name,
                mechanisms,
                chosen,
                sizes,
                touches,
                batches,
                rates.isEmpty() ? List.of(10_000.0) : rates,
                loads,
                gapsNs.isEmpty() ? List.of(1_000_000L) : gapsNs,
                launches,
                warmUp,
                block,
                leastSamples);
    }

    /** The same with other sizes, in bytes. */
    public Suite withSizes(List<Integer> chosen) {
        return new Suite(
                name,
                mechanisms,
                patterns,
                chosen,
                touches,
                batches,
                rates,
                loads,
                gapsNs,
                launches,
                warmUp,
                block,
                leastSamples);
    }

    /** The same with other parts of a message touched. */
    public Suite withTouches(List<String> chosen) {
        return new Suite(
                name,
                mechanisms,
                patterns,
                sizes,
                chosen,
                batches,
                rates,
                loads,
                gapsNs,
                launches,
                warmUp,
                block,
                leastSamples);
    }

    /** The same with other rates for pattern oneway, in messages a second. */
    public Suite withRates(List<Double> chosen) {
        return new Suite(
                name,
                mechanisms,
                patterns,
                sizes,
                touches,
                batches,
                chosen,
                List.of(),
                gapsNs,
                launches,
                warmUp,
                block,
                leastSamples);
    }

    /** The same with blocks of other lengths. */
    public Suite withBlocks(Duration ofWarmUp, Duration measured) {
        return new Suite(
                name,
                mechanisms,
                patterns,
                sizes,
                touches,
                batches,
                rates,
                loads,
                gapsNs,
                launches,
                ofWarmUp,
                measured,
                leastSamples);
    }

    /** Whether it includes a mechanism that waits in some way. */
    boolean includes(String id, String waiting) {
        return mechanisms.isEmpty()
                || mechanisms.contains(id)
                || mechanisms.contains(id + "/" + waiting);
    }

    /** How long a launch takes, about. */
    public Duration perLaunch() {
        return PROCESSES.plus(warmUp).plus(block.multipliedBy(4).dividedBy(3));
    }

    /**
     * The same in the given time, about: with shorter or longer blocks, but never blocks so short
     * that they say nothing, and never fewer samples. It may take longer then.
     *
     * @param budget for all
     * @param cells how many cells there are
     */
    public Suite within(Duration budget, int cells) {
        long starts = (long) launches * Math.max(1, cells);
        double left = budget.dividedBy(starts).minus(PROCESSES).toNanos();
        double blocks = perLaunch().minus(PROCESSES).toNanos();
        double scale = Math.max(0, left) / blocks;
        return withBlocks(scaled(warmUp, scale), scaled(block, scale));
    }

    private static Duration scaled(Duration time, double scale) {
        Duration wanted = Duration.ofNanos((long) (time.toNanos() * scale));
        return wanted.compareTo(SHORTEST) < 0 ? SHORTEST : wanted;
    }

    Effort effort() {
        return new Effort(warmUp.toNanos(), block.toNanos(), leastSamples);
    }
}
