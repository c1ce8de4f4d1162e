package io.sluice.compare.rig;

import io.sluice.compare.result.Cell;
import io.sluice.compare.result.EndCounters;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Floor;
import io.sluice.compare.result.Launch;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.Run;
import io.sluice.compare.result.Tool;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;

/**
 * Measures the cells of a suite: floor, launches of all cells in a seeded random order, floor. A
 * launch that fails is a recorded failure of its cell, and no reason to stop.
 */
public final class Rig {
    private static final long TIMEOUT_SECONDS = 30;

    private final Suite suite;
    private final List<CellPlan> plans;
    private final List<Integer> cpus;
    private final long seed;
    private final Progress progress;

    /**
     * A run.
     *
     * @param suite how long and how often
     * @param plans what
     * @param cpus the initiator's CPU and the responder's
     * @param seed decides the order
     * @param progress is told how it goes
     */
    public Rig(
            Suite suite, List<CellPlan> plans, List<Integer> cpus, long seed, Progress progress) {
        this.suite = suite;
        this.plans = List.copyOf(plans);
        this.cpus = List.copyOf(cpus);
        this.seed = seed;
        this.progress = progress;
    }

    private record Outcome(List<Launch> launches, List<String> failures, long[] capacity) {
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
    public static Floor floor(List<Integer> cpus) throws IOException {
        return new FloorProbe(new PairLauncher(cpus.get(0), cpus.get(1), TIMEOUT_SECONDS))
                .measure();
    }

    /**
     * Runs it all.
     *
     * @param tool what measures
     * @param argv how it was asked to
     * @return the results
     * @throws IOException if even the floor cannot be measured
     */
    public Results run(Tool tool, List<String> argv) throws IOException {
        Instant started = Instant.now();
        double loadBefore = EnvironmentProbe.load();
        PairLauncher launcher = new PairLauncher(cpus.get(0), cpus.get(1), TIMEOUT_SECONDS);
        FloorProbe probe = new FloorProbe(launcher);
        progress.begin(plans.size() * suite.launches());
        Floor before = probe.measure();
        progress.floor("before", before);
        Map<CellPlan, Outcome> outcomes = new LinkedHashMap<>();
        plans.forEach(plan -> outcomes.put(plan, new Outcome()));
        List<String> order = new ArrayList<>();
        Random random = new Random(seed);
        for (int n = 0; n < suite.launches(); n++) {
            List<CellPlan> shuffled = new ArrayList<>(plans);
            Collections.shuffle(shuffled, random);
            for (CellPlan plan : shuffled) {
                order.add(plan.id());
                launch(launcher, plan, n, outcomes.get(plan));
            }
        }
        Floor after = probe.measure();
        progress.floor("after", after);
        Environment environment =
                EnvironmentProbe.describe(cpus, loadBefore, EnvironmentProbe.load());
        List<Cell> cells = new ArrayList<>();
        outcomes.forEach((plan, outcome) -> cells.add(cell(plan, outcome, before)));
        Run run =
                new Run(
                        UUID.randomUUID().toString(),
                        started.toString(),
                        Instant.now().toString(),
                        suite.name(),
                        seed,
                        suite.launches(),
                        argv,
                        order);
        return new Results(Results.SCHEMA, tool, run, environment, before, after, cells);
    }

    private void launch(PairLauncher launcher, CellPlan plan, int n, Outcome outcome) {
        try {
            PairLauncher.Pair pair =
                    launcher.launch(
                            plan.transport(),
                            plan.pattern(),
                            plan.size(),
                            suite.warmUp().toNanos(),
                            suite.block().toNanos());
            EndpointResult initiator = pair.initiator();
            Map<String, EndCounters> ends = new LinkedHashMap<>();
            ends.put(Launch.INITIATOR, initiator.counters());
            ends.put(Launch.RESPONDER, pair.responder().counters());
            Launch launch =
                    new Launch(
                            n,
                            initiator.messages(),
                            initiator.durationNs(),
                            initiator.hdr(),
                            initiator.meanUntimedNs(),
                            ends,
                            initiator.lineRoundTripNs());
            outcome.launches().add(launch);
            outcome.capacity()[0] = initiator.capacityBytes();
            if (initiator.cpu() != cpus.get(0) || pair.responder().cpu() != cpus.get(1)) {
                outcome.failures().add("V04 an end did not stay on its CPU");
            }
            progress.launched(plan, n, suite.launches(), launch);
        } catch (IOException e) {
            outcome.failures().add(e.getMessage());
            progress.failed(plan, n, suite.launches(), e.getMessage());
        }
    }

    private Cell cell(CellPlan plan, Outcome outcome, Floor floor) {
        Factors factors =
                new Factors(
                        plan.transport().id(),
                        plan.transport().waiting(),
                        plan.pattern(),
                        plan.size(),
                        Factors.FULL,
                        cpus.get(0).equals(cpus.get(1)) ? "one-cpu" : "two-cpus",
                        cpus,
                        outcome.capacity()[0]);
        return Validity.judge(plan.id(), factors, outcome.launches(), outcome.failures(), floor);
    }
}
