package io.sluice.compare.rig;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Pattern;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The extent of a run. The suites are in {@code suites.json}: groups of mechanisms, what a part has
 * unless it says otherwise, and the suites themselves.
 *
 * @param name the suite's name
 * @param parts what is varied; a measurement that is in several of them is measured once
 * @param forks how many fresh pairs of processes a measurement gets
 * @param minForks how many forks there are even if the limit is over
 * @param warmUpNs the longest warm-up of a fork
 * @param blockNs how long it measures
 * @param minSamples the minimum number of timed round trips of a fork
 * @param limitNs how long the run is to take; 0 if that does not matter
 */
@RecordBuilder
public record Suite(
        String name,
        List<Selection> parts,
        int forks,
        int minForks,
        long warmUpNs,
        long blockNs,
        long minSamples,
        long limitNs) {
    private static final int FOR_SPREAD = 3;

    /** The approximate time to start and stop two virtual machines, until it has been measured. */
    private static final long PROCESSES_NS = 600_000_000;

    /** Beside the start: the results of a fork, its exit, and its first warm-up. */
    private static final long PER_FORK_NS = 400_000_000;

    /**
     * What a measurement takes beside its longest warm-up and its block: a rehearsal, meters and
     * the floor, less what most warm-ups are shorter.
     */
    private static final long OVERHEAD_NS = 300_000_000;

    /** How long a warm-up takes at least: whether the compiler works is known after a while. */
    private static final long LEAST_WARM_UP_NS = 200_000_000;

    /** A round trip of a mechanism that sleeps, about. */
    private static final long ROUND_TRIP_NS = 20_000;

    /** The floor before the first round, with the class archive. */
    private static final long BEGIN_NS = 4_000_000_000L;

    /** The floor after the run, writing the results and the page. */
    private static final long END_NS = 5_000_000_000L;

    /** The shortest meaningful block. */
    private static final long SHORTEST_NS = 100_000_000;

    private static final double LONGEST_SCALE = 1000;

    /** By this factor the rounds of a limited suite may take longer. */
    private static final double LATE = 1.1;

    private static final List<Suite> ALL = read();

    /** The content of {@code suites.json}. */
    private record SuitesFile(
            Map<String, List<String>> groups, Selection usual, List<Suite> suites) {
        /** Returns a suite whose parts have all factors, and mechanisms instead of groups. */
        Suite complete(Suite suite) {
            return suite.withParts(
                    suite.parts.stream()
                            .map(usual::with)
                            .map(part -> part.withMechanisms(members(part.mechanisms())))
                            .toList());
        }

        private List<String> members(List<String> names) {
            return names.stream()
                    .flatMap(name -> groups.getOrDefault(name, List.of(name)).stream())
                    .toList();
        }
    }

    private static List<Suite> read() {
        try (InputStream in = Suite.class.getResourceAsStream("suites.json")) {
            var json = JsonMapper.builder().enable(JsonReadFeature.ALLOW_JAVA_COMMENTS).build();
            SuitesFile file = json.readValue(in, SuitesFile.class);
            return file.suites.stream().flatMap(suite -> withTwin(file.complete(suite))).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The suite of publications is the standard one, with more forks. */
    private static Stream<Suite> withTwin(Suite suite) {
        return suite.name.equals("standard")
                ? Stream.of(suite, suite.named(Gate.SUITE, Gate.FORKS))
                : Stream.of(suite);
    }

    /** Copies the list. */
    public Suite {
        parts = List.copyOf(parts);
    }

    /** Returns all suites, the shortest first. */
    public static List<Suite> all() {
        return ALL;
    }

    /** Returns the patterns that are measured, each as often as a part has it. */
    public List<Pattern> patterns() {
        return parts.stream().flatMap(part -> part.patterns().stream()).toList();
    }

    private Suite withParts(List<Selection> changed) {
        return SuiteBuilder.builder(this).parts(changed).build();
    }

    /** Returns the same with a choice made in each of its parts. */
    public Suite with(Selection chosen) {
        return withParts(parts.stream().map(part -> part.with(chosen)).toList());
    }

    /**
     * Returns the same with only some patterns: each part keeps those of its own. A pattern that no
     * part has is measured as in the first part.
     */
    public Suite withPatterns(List<Pattern> chosen) {
        List<Selection> narrowed = new ArrayList<>();
        List<Pattern> missing = new ArrayList<>(chosen);
        for (Selection part : parts) {
            List<Pattern> kept = part.patterns().stream().filter(chosen::contains).toList();
            missing.removeAll(kept);
            narrowed.add(part.withPatterns(kept));
        }
        narrowed.add(parts.get(0).withPatterns(missing));
        return withParts(narrowed);
    }

    private Suite named(String other, int number) {
        return SuiteBuilder.builder(this)
                .name(other)
                .forks(number)
                .minForks(number)
                .limitNs(0)
                .build();
    }

    /** Returns the same with another number of forks, however long they take. */
    public Suite withForks(int number) {
        return named(name, number);
    }

    /** Returns the same with blocks of other lengths. */
    public Suite withBlocks(long ofWarmUpNs, long measuredNs) {
        return SuiteBuilder.builder(this).warmUpNs(ofWarmUpNs).blockNs(measuredNs).build();
    }

    /**
     * Returns about how long a run of these groups takes, floor and page included.
     *
     * @param groups what is measured
     * @return the limit, if there is one, all takes longer, and the fewest forks do not
     */
    public Duration expected(List<List<MeasurementPlan>> groups) {
        return fitting(groups, 0, BEGIN_NS).expected(groups, 0, BEGIN_NS);
    }

    /**
     * Returns the same of a suite whose blocks fit, once it has begun.
     *
     * @param startNs how long two virtual machines take to start; 0 if not known yet
     * @param spentNs how long it has taken before the first round
     */
    Duration expected(List<List<MeasurementPlan>> groups, long startNs, long spentNs) {
        long round = plannedNs(groups, startNs) / forks;
        long around = spentNs + END_NS;
        long all = round * forks + around;
        return Duration.ofNanos(
                limitNs == 0 || all < limitNs ? all : Math.max(limitNs, round * minForks + around));
    }

    /**
     * Returns about how long all forks of these groups take: a group shares its forks.
     *
     * @param groups what is measured
     * @param startNs how long two virtual machines take to start; 0 if not known yet
     */
    long plannedNs(List<List<MeasurementPlan>> groups, long startNs) {
        long start = (startNs > 0 ? startNs : PROCESSES_NS) + PER_FORK_NS;
        long measuring = groups.stream().flatMap(List::stream).mapToLong(this::perForkNs).sum();
        return (start * groups.size() + measuring) * forks;
    }

    /** Returns about how long one measurement takes in a fork that runs already. */
    private long perForkNs(MeasurementPlan plan) {
        long blocks =
                plan.pattern() == Pattern.RTT
                        ? blockNs / 3 + Math.max(blockNs, ROUND_TRIP_NS * minSamples)
                        : blockNs;
        long paced = Pace.of(plan.workload()).map(pace -> pace.blockNs(forkDurations())).orElse(0L);
        return OVERHEAD_NS + Math.max(LEAST_WARM_UP_NS, warmUpNs) + Math.max(paced, blocks);
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
        return limitNs == 0
                ? this
                : scaledTo(roundsNs() - spentNs, groups, startNs, wantedForks(), 1);
    }

    /** Returns for how many forks there is to be time: fewer than three show no spread. */
    int wantedForks() {
        return Math.max(minForks, Math.min(forks, FOR_SPREAD));
    }

    /** Returns how long the rounds of a limited suite may take. */
    long roundsNs() {
        return limitNs - END_NS;
    }

    /**
     * Tests whether no further round is to begin, by when it would end: a little late, if it is one
     * without which no spread is known.
     */
    boolean isOver(int done, long endNs) {
        double late = done < wantedForks() ? LATE : 1;
        return limitNs > 0 && done >= minForks && endNs > late * roundsNs();
    }

    /**
     * Returns the same in approximately the given time: with shorter or longer blocks, but never
     * shorter than a meaningful block, and never with fewer samples. It may take longer then.
     *
     * @param budget for all
     * @param groups what is measured
     */
    public Suite scaledTo(Duration budget, List<List<MeasurementPlan>> groups) {
        return withForks(forks).scaledTo(budget.toNanos(), groups, 0, forks, LONGEST_SCALE);
    }

    /** Scales blocks so that so many forks of each group take the budget, at most so many times. */
    private Suite scaledTo(
            long budgetNs,
            List<List<MeasurementPlan>> groups,
            long startNs,
            int needed,
            double most) {
        double low = 0;
        double high = most;
        for (double middle = most; high - low > 1e-3; middle = (low + high) / 2) {
            if (scaled(middle).plannedNs(groups, startNs) / forks > budgetNs / needed) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return scaled(low);
    }

    private Suite scaled(double scale) {
        return withBlocks(
                Math.max(SHORTEST_NS, (long) (warmUpNs * scale)),
                Math.max(SHORTEST_NS, (long) (blockNs * scale)));
    }

    ForkDurations forkDurations() {
        return new ForkDurations(warmUpNs, blockNs, minSamples);
    }
}
