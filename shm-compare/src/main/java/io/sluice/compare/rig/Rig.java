package io.sluice.compare.rig;

import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.FloorReading.CpuPairLatency;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.NotMeasured;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsBuilder;
import io.sluice.compare.result.Run;
import io.sluice.compare.result.RunBuilder;
import io.sluice.compare.result.Tool;
import io.sluice.compare.stats.Grading;
import io.sluice.compare.stats.TwoByTwo;
import io.sluice.compare.transport.Role;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * Measures the plans of a suite: floor, forks of all in a seeded random order, floor. A fork that
 * fails is recorded as a failure of its measurement; the run continues. A fork that others
 * disturbed is repeated.
 */
public final class Rig {
    private static final long TIMEOUT_SECONDS = 20;

    /** How often a disturbed fork is repeated. */
    private static final int ATTEMPTS = 2;

    /** How long Ctrl-C may take from the ends to here. */
    private static final long STOP_NS = 1_000_000_000;

    private static final int CPUS = Runtime.getRuntime().availableProcessors();

    private final Suite suite;
    private final List<MeasurementPlan> plans;
    private final Placement pair;
    private final long seed;
    private final Progress progress;
    private final PairLauncher launcher = new PairLauncher(TIMEOUT_SECONDS);
    private final FloorProbe floorProbe;
    private final long pauseNs;
    private final Map<MeasurementPlan, PlanOutcome> outcomes = new LinkedHashMap<>();
    private final List<String> order = new ArrayList<>();
    private Results resumed;
    private boolean hasFloor = true;
    private Duration quietLimit = Duration.ofSeconds(30);
    private BiFunction<Factors, Fork, Optional<String>> disturbance =
            (factors, fork) -> Disturbance.of(factors, fork, CPUS);
    private Instant started;
    private long begun;
    private EnvironmentProbe environment;
    private FloorReading before;
    private Suite fitting;
    private int wanted;
    private int repeats;
    private volatile boolean stopped;

    /**
     * Creates a run.
     *
     * @param suite how long and how often
     * @param plans what
     * @param cpus the initiator's CPU and the responder's
     * @param seed decides the order
     * @param progress receives the progress
     * @param pause how long the responder pauses in the middle of every fork's block, or null
     */
    public Rig(
            Suite suite,
            List<MeasurementPlan> plans,
            List<Integer> cpus,
            long seed,
            Progress progress,
            Duration pause) {
        this.suite = suite;
        this.plans = List.copyOf(plans);
        this.pair = Placement.of(cpus);
        this.seed = seed;
        this.progress = progress;
        this.floorProbe = new FloorProbe(launcher, cpus);
        this.pauseNs = pause == null ? 0 : pause.toNanos();
    }

    /**
     * Measures only the floor.
     *
     * @param cpus the two CPUs
     * @return the floor between them
     * @throws IOException if it cannot be measured
     */
    public static FloorReading floor(List<Integer> cpus) throws IOException {
        return new FloorProbe(new PairLauncher(TIMEOUT_SECONDS), cpus).measure();
    }

    /**
     * Measures a cache line's round trip between pairs of CPUs.
     *
     * @param cpus the CPUs
     * @return one for each two of them
     * @throws IOException if it cannot be measured
     */
    public static List<CpuPairLatency> floorMatrix(List<Integer> cpus) throws IOException {
        return FloorProbe.matrix(new PairLauncher(TIMEOUT_SECONDS), cpus);
    }

    /**
     * Ends the run as soon as possible: the current fork is abandoned, and {@link #run} returns
     * what was measured before. Any thread may call, at any time.
     */
    public void stop() {
        stopped = true;
        launcher.stop();
    }

    /**
     * Sets how long to wait, at most, until others use little of the CPUs. By default 30 s.
     *
     * @param limit the time
     */
    public void awaitQuiet(Duration limit) {
        quietLimit = limit;
    }

    /** Leaves out the floor before and after the run, which takes longer than brief forks. */
    void skipFloor() {
        hasFloor = false;
    }

    /** Sets what tells whether others disturbed a fork, and how. */
    void repeatIf(BiFunction<Factors, Fork, Optional<String>> disturbed) {
        disturbance = disturbed;
    }

    /**
     * Continues an earlier run: its forks, also those that failed, are not measured again, and what
     * made its measurements invalid remains. A fork that was abandoned is measured. Blocks are as
     * long as there, whatever the suite says.
     *
     * @param earlier its results
     * @param tool what measures now
     * @throws IllegalArgumentException if its forks are not like those that this run would measure;
     *     the message names the difference
     */
    public void resume(Results earlier, Tool tool) {
        Run run = earlier.run();
        Environment there = earlier.environment();
        Environment here = EnvironmentProbe.begin(pair, new Quiet(0, 0)).end(List.of());
        require("suite", run.suite(), suite.name());
        require("seed", run.seed(), seed);
        require("pauses in nanoseconds", run.pauseNs(), pauseNs);
        require("commits of shm-compare", earlier.tool().commit(), tool.commit());
        require("jars of shm-compare", earlier.tool().jarSha256(), tool.jarSha256());
        require("CPUs", there.cpuPair(), here.cpuPair());
        require("CPU models", there.cpuModel(), here.cpuModel());
        require("kernels", there.kernel(), here.kernel());
        require("Java", there.jvmVersion(), here.jvmVersion());
        require(
                "measurements",
                earlier.measurements().stream().map(Measurement::id).toList(),
                plans.stream().map(MeasurementPlan::id).toList());
        if (run.blockNs() == 0) {
            throw new IllegalArgumentException(
                    "these results cannot be continued, the lengths of their blocks are not recorded");
        }
        if (run.forks() > suite.forks()) {
            throw new IllegalArgumentException(
                    "these results cannot be continued, they have %d forks: --forks %d or more"
                            .formatted(run.forks(), run.forks()));
        }
        resumed = earlier;
    }

    private static void require(String what, Object before, Object now) {
        if (!Objects.equals(before, now)) {
            throw new IllegalArgumentException(
                    "these results cannot be continued, %s differ: %s there, %s here"
                            .formatted(what, before, now));
        }
    }

    /** Receives results: after each round those so far. */
    public interface Rounds {
        /**
         * Receives them.
         *
         * @param soFar the results, marked as interrupted
         * @throws IOException if they cannot be written; ends the run
         */
        void completed(Results soFar) throws IOException;
    }

    /**
     * Runs all forks, in rounds of one of each measurement.
     *
     * @param tool what measures
     * @param argv its command line
     * @param rounds receives the results after each round but the last
     * @return the results
     * @throws IOException if even the floor cannot be measured
     */
    public Results run(Tool tool, List<String> argv, Rounds rounds) throws IOException {
        started = Instant.now();
        Quiet quiet = Quiet.await(quietLimit.toNanos(), () -> stopped, Quiet::look);
        progress.quiet(quiet);
        begun = System.nanoTime();
        if (!stopped) {
            ClassArchive.flags(Role.INITIATOR); // so that no start includes making it
        }
        environment = EnvironmentProbe.begin(pair, quiet);
        plans.forEach(plan -> outcomes.put(plan, new PlanOutcome(plan)));
        var possible = plans.stream().filter(plan -> outcomes.get(plan).isPossible()).toList();
        List<List<MeasurementPlan>> groups = Plans.groups(possible, pauseNs > 0);
        before = resumed == null ? floor("before") : resumed.floorBefore();
        if (resumed != null) {
            order.addAll(resumed.run().order());
            var earlier = resumed.measurements().iterator();
            outcomes.values().forEach(outcome -> outcome.resume(earlier.next(), order));
        }
        fitting =
                resumed == null
                        ? suite.fitting(groups, launcher.lastStartNs(), System.nanoTime() - begun)
                        : suite.withBlocks(resumed.run().warmUpNs(), resumed.run().blockNs());
        long spentNs = System.nanoTime() - begun;
        Duration expectedHere = fitting.expected(groups, launcher.lastStartNs(), spentNs);
        progress.begin(fitting, groups, launcher.lastStartNs());
        wanted = possible.size() * fitting.wantedForks();
        repeats = wanted / 4;
        SplittableRandom chance = new SplittableRandom(seed);
        int forks = 0;
        long longest = 0;
        for (List<List<MeasurementPlan>> round : Plans.order(groups, seed, fitting.forks())) {
            long roundBegun = System.nanoTime();
            int triedBefore = order.size();
            if (fitting.isOver(forks, roundBegun - begun + longest)) {
                break;
            }
            int n = forks;
            for (List<MeasurementPlan> group : round) {
                long random = chance.nextLong();
                var due = group.stream().filter(plan -> !outcomes.get(plan).has(n)).toList();
                if (!stopped && !due.isEmpty()) {
                    measure(due, n, random);
                }
            }
            if (stopped && !possible.stream().allMatch(plan -> outcomes.get(plan).has(n))) {
                break;
            }
            forks++;
            if (forks < fitting.forks() && !stopped && order.size() > triedBefore) {
                rounds.completed(results(tool, argv, forks, null, true));
            }
            longest = Math.max(longest, System.nanoTime() - roundBegun);
        }
        FloorReading after = stopped ? null : floor("after");
        if (!stopped && resumed == null) {
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            progress.took(took, suite.expected(groups), expectedHere);
        }
        return results(tool, argv, forks, after, stopped);
    }

    /** Returns the results of so many rounds. */
    private Results results(
            Tool tool, List<String> argv, int forks, FloorReading after, boolean early) {
        Run run =
                RunBuilder.builder()
                        .id(resumed == null ? UUID.randomUUID().toString() : resumed.run().id())
                        .startedUtc(
                                resumed == null ? started.toString() : resumed.run().startedUtc())
                        .finishedUtc(early ? null : Instant.now().toString())
                        .suite(suite.name())
                        .seed(seed)
                        .forks(Math.max(1, forks))
                        .argv(argv)
                        .order(order)
                        .interrupted(early)
                        .warmUpNs(fitting.warmUpNs())
                        .blockNs(fitting.blockNs())
                        .pauseNs(pauseNs)
                        .build();
        Environment machine =
                environment.end(outcomes.values().stream().flatMap(o -> o.forks.stream()).toList());
        Validity validity = new Validity(machine, before, after);
        List<NotMeasured> notMeasured =
                Stream.concat(
                                outcomes.values().stream().flatMap(PlanOutcome::notMeasured),
                                environment.notMeasured().stream())
                        .toList();
        Results measured =
                ResultsBuilder.builder()
                        .schema(Results.SCHEMA)
                        .tool(tool)
                        .run(run)
                        .environment(machine)
                        .floorBefore(before)
                        .floorAfter(after)
                        .measurements(
                                outcomes.values().stream()
                                        .map(outcome -> outcome.measurement(pair, validity))
                                        .toList())
                        .floorPairs(before == null ? null : floorProbe.pairs(before))
                        .traits(TraitTexts.of(plans))
                        .notMeasured(notMeasured)
                        .flags(validity.ofRun())
                        .build();
        return measured.withRun(run.withGrade(Grading.of(measured)))
                .withAttribution(TwoByTwo.of(measured));
    }

    /** Returns the floor; null if it is left out, or the run was stopped meanwhile. */
    private FloorReading floor(String when) throws IOException {
        FloorReading measured = null;
        try {
            if (hasFloor && !stopped) {
                measured = floorProbe.measure();
                progress.floor(when, measured);
            }
        } catch (IOException e) {
            if (!isStopping()) {
                throw e;
            }
        }
        return measured;
    }

    /**
     * Tests, after a failure, whether the run is being stopped: a terminal sends Ctrl-C to the ends
     * too, and one may exit a moment before this process stops the run.
     */
    private boolean isStopping() {
        if (!stopped) {
            Pause.until(System.nanoTime() + STOP_NS);
        }
        return stopped;
    }

    /** Measures a group in one fork, and again in another those of it that others disturbed. */
    private void measure(List<MeasurementPlan> group, int n, long chance) {
        List<MeasurementPlan> due = group;
        for (int attempt = 0; !due.isEmpty() && !stopped; attempt++) {
            List<Fork> forks = fork(due, n, chance + attempt);
            List<MeasurementPlan> again = new ArrayList<>();
            for (int i = 0; i < forks.size(); i++) {
                MeasurementPlan plan = due.get(i);
                PlanOutcome outcome = outcomes.get(plan);
                Optional<String> by = disturbance.apply(plan.factors(pair, 0), forks.get(i));
                if (by.isPresent() && attempt < ATTEMPTS && repeats > 0 && isTimeLeft()) {
                    repeats--;
                    outcome.repeated.add("fork " + (n + 1) + ": " + by.get());
                    progress.repeats(plan, by.get());
                    again.add(plan);
                } else {
                    outcome.forks.add(forks.get(i));
                    tried(plan, n, Progress.headline(forks.get(i)));
                }
            }
            due = again;
        }
    }

    /** Notes that a measurement has had a fork. */
    private void tried(MeasurementPlan plan, int n, String result) {
        outcomes.get(plan).tried++;
        order.add(plan.id());
        progress.fork(plan, n, fitting.forks(), result);
    }

    /**
     * Tests whether a repetition leaves the time for the rounds that there must be: a limited run
     * gives to repetitions what they do not need.
     */
    private boolean isTimeLeft() {
        int earlier = resumed == null ? 0 : resumed.run().order().size();
        double done = order.size() - earlier + 1.0;
        double passed = System.nanoTime() - begun;
        double again = passed / done * (Math.max(0, wanted - earlier - done) + 1);
        return fitting.limitNs() == 0 || passed + again < fitting.roundsNs();
    }

    /**
     * Runs one fork. If it fails, each of its measurements gets one of its own, so that the failure
     * stays with the measurement that causes it.
     *
     * @return a fork for each plan; none if it failed
     */
    private List<Fork> fork(List<MeasurementPlan> group, int n, long chance) {
        MeasurementPlan first = group.get(0);
        Placement place = first.place(pair);
        var workloads = group.stream().map(MeasurementPlan::workload).toList();
        var effort = fitting.forkDurations();
        Fault fault = pauseNs > 0 ? Fault.pause(fitting.blockNs() / 2, pauseNs) : null;
        String mechanism = first.transport().name();
        var pairPlan = new PairPlan(mechanism, workloads, place, effort, chance, fault);
        List<Fork> forks = new ArrayList<>();
        try {
            if (first.pattern() == Pattern.OVERSUB) {
                return List.of(launcher.launch(pairPlan).fork(n));
            }
            for (PairResult ends : launcher.launchAll(pairPlan)) {
                PlanOutcome outcome = outcomes.get(group.get(forks.size()));
                forks.add(ends.fork(n));
                outcome.capacity = ends.responder().capacityBytes;
                if (ends.hasMoved()) {
                    outcome.failures.add("V04 an end did not stay on its CPU");
                }
            }
        } catch (IOException e) {
            if (isStopping()) {
                return List.of();
            }
            if (group.size() > 1) {
                group.forEach(plan -> measure(List.of(plan), n, chance));
            } else {
                outcomes.get(first).failures.add(e.getMessage());
                tried(first, n, "FAILED: " + e.getMessage());
            }
            return List.of();
        }
        return forks;
    }
}
