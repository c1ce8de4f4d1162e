package io.sluice.compare.rig;

import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.NotMeasured;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Run;
import io.sluice.compare.result.Tool;
import io.sluice.compare.stats.TwoByTwo;
import io.sluice.compare.transport.Transport;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;

/**
 * Measures the cells of a suite: floor, launches of all cells in a seeded random order, floor. A
 * launch that fails is recorded as a failure of its cell; the run continues.
 */
public final class Rig {
    private static final long TIMEOUT_SECONDS = 20;

    private final Suite suite;
    private final List<MeasurementPlan> plans;
    private final Placement pair;
    private final long seed;
    private final Progress progress;
    private final PairLauncher launcher = new PairLauncher(TIMEOUT_SECONDS);
    private final Fault fault;
    private volatile boolean stopped;

    /**
     * Creates a run.
     *
     * @param suite how long and how often
     * @param plans what
     * @param cpus the initiator's CPU and the responder's
     * @param seed decides the order
     * @param progress receives the progress
     */
    public Rig(
            Suite suite,
            List<MeasurementPlan> plans,
            List<Integer> cpus,
            long seed,
            Progress progress) {
        this(suite, plans, cpus, seed, progress, null);
    }

    /**
     * Creates a run with an injected fault.
     *
     * @param suite how long and how often
     * @param plans what
     * @param cpus the initiator's CPU and the responder's
     * @param seed decides the order
     * @param progress receives the progress
     * @param fault the fault injected in every launch, or null
     */
    public Rig(
            Suite suite,
            List<MeasurementPlan> plans,
            List<Integer> cpus,
            long seed,
            Progress progress,
            Fault fault) {
        this.suite = suite;
        this.plans = List.copyOf(plans);
        this.pair = new Placement(CpuTopology.of(cpus).relation(cpus.get(0), cpus.get(1)), cpus);
        this.seed = seed;
        this.progress = progress;
        this.fault = fault;
    }

    private record Outcome(List<Fork> forks, List<String> failures, long[] capacity) {
        Outcome() {
            this(new ArrayList<>(), new ArrayList<>(), new long[1]);
        }
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
     * Describes the machine, with the doctor's findings. Measures nothing.
     *
     * @param cpus the two CPUs that would be used
     * @return the machine
     */
    public static Environment environment(List<Integer> cpus) {
        String relation = CpuTopology.of(cpus).relation(cpus.get(0), cpus.get(1));
        return EnvironmentProbe.begin(new Placement(relation, cpus)).end();
    }

    /**
     * Measures a cache line's round trip between pairs of CPUs.
     *
     * @param cpus the CPUs
     * @return one for each two of them
     * @throws IOException if it cannot be measured
     */
    public static List<FloorReading.CpuPairLatency> floorMatrix(List<Integer> cpus)
            throws IOException {
        return FloorProbe.matrix(new PairLauncher(TIMEOUT_SECONDS), cpus);
    }

    /**
     * Ends the run as soon as possible: the current launch is abandoned, and {@link #run} returns
     * what was measured before. Any thread may call, at any time.
     */
    public void stop() {
        stopped = true;
        launcher.stop();
    }

    /**
     * Runs all launches.
     *
     * @param tool what measures
     * @param argv its command line
     * @return the results
     * @throws IOException if even the floor cannot be measured
     */
    public Results run(Tool tool, List<String> argv) throws IOException {
        Instant started = Instant.now();
        EnvironmentProbe environment = EnvironmentProbe.begin(pair);
        Map<MeasurementPlan, Outcome> outcomes = new LinkedHashMap<>();
        plans.stream()
                .filter(plan -> plan.impossible().isEmpty())
                .forEach(plan -> outcomes.put(plan, new Outcome()));
        progress.begin(outcomes.keySet().stream().map(suite::perFork).toList(), suite.forks());
        FloorProbe probe = new FloorProbe(launcher, pair.cpus());
        FloorReading before = floor(probe, "before");
        List<String> order = new ArrayList<>();
        SplittableRandom chance = new SplittableRandom(seed);
        int n = 0;
        for (List<MeasurementPlan> round :
                order(List.copyOf(outcomes.keySet()), seed, suite.forks())) {
            for (MeasurementPlan plan : round) {
                if (!stopped) {
                    order.add(plan.id());
                    runFork(plan, n, chance.nextLong(), outcomes.get(plan));
                }
            }
            n++;
        }
        FloorReading after = stopped ? null : floor(probe, "after");
        Environment machine = environment.end();
        Validity validity = new Validity(machine, before, after);
        List<Measurement> measurements = new ArrayList<>();
        List<NotMeasured> notMeasured = new ArrayList<>();
        for (MeasurementPlan plan : plans) {
            measurements.add(measurement(plan, outcomes.get(plan), validity, notMeasured));
        }
        Run run =
                new Run(
                        UUID.randomUUID().toString(),
                        started.toString(),
                        stopped ? null : Instant.now().toString(),
                        suite.name(),
                        seed,
                        suite.forks(),
                        argv,
                        order,
                        stopped,
                        false);
        notMeasured.addAll(environment.notMeasured());
        Results measured =
                new Results(
                        Results.SCHEMA,
                        tool,
                        run,
                        machine,
                        before,
                        after,
                        measurements,
                        before == null ? null : probe.pairs(before),
                        null,
                        TraitTexts.of(plans),
                        null,
                        notMeasured,
                        validity.ofRun());
        return TwoByTwo.withDecompositions(measured);
    }

    /** Orders every cell once in each round, each round in an order of its own. */
    static <T> List<List<T>> order(List<T> cells, long seed, int rounds) {
        Random random = new Random(seed);
        List<List<T>> order = new ArrayList<>();
        for (int n = 0; n < rounds; n++) {
            List<T> shuffled = new ArrayList<>(cells);
            Collections.shuffle(shuffled, random);
            order.add(shuffled);
        }
        return order;
    }

    private FloorReading floor(FloorProbe probe, String when) throws IOException {
        try {
            FloorReading floorReading = probe.measure();
            progress.floor(when, floorReading);
            return floorReading;
        } catch (IOException e) {
            if (stopped) {
                return null;
            }
            throw e;
        }
    }

    private void runFork(MeasurementPlan plan, int n, long chance, Outcome outcome) {
        Placement place = plan.placement() == null ? pair : plan.placement();
        PairLauncher.PairPlan pairPlan =
                new PairLauncher.PairPlan(
                        plan.transport(),
                        plan.workload(),
                        place,
                        suite.forkDurations(),
                        chance,
                        fault);
        try {
            Fork fork;
            if (plan.pattern() == Pattern.OVERSUB) {
                fork =
                        Forks.together(
                                n,
                                launcher.launchTogether(pairPlan, plan.workload().producers()),
                                place);
            } else {
                PairLauncher.PairResult ends = launcher.launch(pairPlan);
                fork = Forks.of(n, ends);
                outcome.capacity()[0] = ends.responder().capacityBytes();
                if (movedFrom(place.cpu(1), ends.responder())
                        || ends.initiator() != null && movedFrom(place.cpu(0), ends.initiator())) {
                    outcome.failures().add("V04 an end did not stay on its CPU");
                }
            }
            outcome.forks().add(fork);
            progress.forkCompleted(plan, n, suite.forks(), fork);
        } catch (IOException e) {
            if (!stopped) {
                outcome.failures().add(e.getMessage());
                progress.failed(plan, n, suite.forks(), e.getMessage());
            }
        }
    }

    private static boolean movedFrom(int cpu, EndpointResult end) {
        return cpu >= 0 && end.cpu() != cpu;
    }

    private Measurement measurement(
            MeasurementPlan plan,
            Outcome outcome,
            Validity validity,
            List<NotMeasured> notMeasured) {
        Factors factors = factors(plan, outcome == null ? 0 : outcome.capacity()[0]);
        if (outcome == null) {
            MeasurementPlan.Impossible why = plan.impossible().orElseThrow();
            notMeasured.add(new NotMeasured(plan.id(), why.reason()));
            return new Measurement(
                    plan.id(),
                    factors,
                    Measurement.NOT_AVAILABLE,
                    why.reason(),
                    why.flags(),
                    List.of());
        }
        if (outcome.forks().isEmpty() && outcome.failures().isEmpty()) {
            String reason = "the run was interrupted before";
            notMeasured.add(new NotMeasured(plan.id(), reason));
            return new Measurement(
                    plan.id(), factors, Measurement.NOT_AVAILABLE, reason, List.of(), List.of());
        }
        return validity.evaluate(plan.id(), factors, outcome.forks(), outcome.failures());
    }

    private static String api(Transport transport) {
        switch (transport.traits().cost().copies()) {
            case 0:
                return Factors.CLAIM;
            case 1:
                return Factors.OFFER;
            default:
                return Factors.COPY;
        }
    }

    /** Returns how many messages fit: as the mechanism counts them, or by their bytes. */
    private static Long messages(MeasurementPlan plan, long capacity) {
        long counted = plan.transport().traits().capacity().messages();
        if (counted > 0) {
            return counted;
        }
        return capacity > 0 ? Long.valueOf(capacity / plan.size()) : null;
    }

    private Factors factors(MeasurementPlan plan, long capacity) {
        Workload workload = plan.workload();
        Placement place = plan.placement() == null ? pair : plan.placement();
        boolean paced = workload.ratePerSecond() > 0 || workload.load() > 0;
        return new Factors(
                plan.transport().id(),
                plan.transport().waiting(),
                workload.pattern(),
                workload.size(),
                workload.touch(),
                place.name(),
                place.cpus(),
                capacity,
                api(plan.transport()),
                workload.producers(),
                workload.consumers(),
                workload.batch(),
                workload.ratePerSecond() > 0 ? workload.ratePerSecond() : null,
                paced ? workload.schedule() : null,
                workload.gapNs() > 0 ? workload.gapNs() : null,
                messages(plan, capacity),
                workload.load() > 0 ? workload.load() : null);
    }
}
