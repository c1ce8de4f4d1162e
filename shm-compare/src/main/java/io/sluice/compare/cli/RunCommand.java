package io.sluice.compare.cli;

import io.sluice.compare.report.HtmlReport;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.rig.Auditor;
import io.sluice.compare.rig.CpuTopology;
import io.sluice.compare.rig.Fault;
import io.sluice.compare.rig.MeasurementPlan;
import io.sluice.compare.rig.Placement;
import io.sluice.compare.rig.Plans;
import io.sluice.compare.rig.Progress;
import io.sluice.compare.rig.Rig;
import io.sluice.compare.rig.ShutdownGuard;
import io.sluice.compare.rig.Suite;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import io.sluice.linux.Affinity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code run}: measures, writes the results, and the page if requested. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Measures mechanisms between two processes, and writes down what it finds.",
        footer = {
            "",
            "Example: shm-compare run --mechanisms pipe,sluice --sizes 64,4096 -o results.json",
            "Exit status: 3 if cells are invalid or failed, 5 if 'publish' refuses the machine."
        })
final class RunCommand implements Callable<Integer> {
    /** The ratio of a block's length to that of a pause in it, which is then 5 % of the block. */
    private static final int BLOCK_PER_PAUSE = 20;

    private static final int MAX_BATCH = 1024;
    private static final Duration MAX_GAP = Duration.ofMillis(100);
    private static final int MAX_SIZE = 1 << 20;

    /** The number of round trips in an audit. */
    private static final long AUDIT_ROUND_TRIPS = 10_000;

    @Spec private CommandSpec spec;
    @Mixin private CpuOption cpuOption;

    @Option(
            names = "--suite",
            defaultValue = "lab",
            description =
                    "How much is measured: lab (about 90 s), quick (6 min), standard (45 min),"
                            + " publish (90 min), full (days). Default:"
                            + " ${DEFAULT-VALUE}.")
    private String suite;

    @Option(
            names = "--mechanisms",
            split = ",",
            description = "Only these, separated by commas; 'shm-compare list' shows all.")
    private List<String> mechanisms;

    @Option(
            names = "--patterns",
            split = ",",
            description = "Only these, rtt and stream for instance. Default: the suite's.")
    private List<String> patterns;

    @Option(
            names = "--sizes",
            split = ",",
            description = "Message sizes in bytes, multiples of 8. Default: those of the suite.")
    private List<Integer> sizes;

    @Option(
            names = "--wait",
            split = ",",
            description = "Only mechanisms that wait so: block, hint, spin, futex for instance.")
    private List<String> waits;

    @Option(
            names = "--place",
            split = ",",
            description =
                    "Where the ends run, by relation: one-cpu, same-llc, unpinned for instance."
                            + " Default: the two of --cpus.")
    private List<String> places;

    @Option(
            names = "--touch",
            split = ",",
            description = "How much of a message is touched: full, header, none.")
    private List<String> touches;

    @Option(
            names = "--rates",
            split = ",",
            description =
                    "Messages a second, for pattern oneway; also round trips a second, if"
                            + " --patterns names rtt.")
    private List<Double> rates;

    @Option(
            names = "--loads",
            split = ",",
            description =
                    "Parts, 0.01 to 1, of the rate that a mechanism can carry, for pattern"
                            + " oneway.")
    private List<Double> loads;

    @Option(
            names = "--gaps",
            split = ",",
            description = "Idle times before each message, for pattern gap: 10us,1ms for instance.")
    private List<String> gaps;

    @Option(
            names = "--batches",
            split = ",",
            description =
                    "Messages a call may hand over, for pattern stream, where a mechanism can do"
                            + " so.")
    private List<Integer> batches;

    @Option(
            names = "--budget",
            paramLabel = "TIME",
            description = "About how long all may take, 10m for instance: scales the blocks.")
    private String budget;

    @Option(
            names = "--inject-pause",
            paramLabel = "TIME",
            description =
                    "The responder pauses once in each launch, 500ms for instance. Unless there is"
                            + " a --budget, blocks become twenty times as long.")
    private String pause;

    @Option(
            names = "--forks",
            description = "Fresh pairs of processes for each cell. Default: that of the suite.")
    private Integer forks;

    @Option(
            names = "--seed",
            defaultValue = "42",
            description = "Decides the order of the launches. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "results.json",
            description = "Where the results go. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Option(names = "--html", description = "Where the page goes. Default: no page.")
    private Path html;

    @Override
    public Integer call() throws IOException {
        Suite chosen = chosenSuite();
        List<MeasurementPlan> plans = plans(chosen);
        if (plans.isEmpty()) {
            throw usageError(
                    "nothing is left to measure: --wait " + waits + " excludes all mechanisms");
        }
        if (budget != null) {
            chosen = chosen.scaledTo(DurationParser.parse(spec, "--budget", budget), plans.size());
        }
        Fault fault = null;
        if (pause != null) {
            Duration length = DurationParser.parse(spec, "--inject-pause", pause);
            Duration block = length.multipliedBy(BLOCK_PER_PAUSE);
            if (budget == null && chosen.block().compareTo(block) < 0) {
                chosen = chosen.withBlocks(chosen.warmUp(), block);
            }
            fault = Fault.pause(chosen.block().toNanos() / 2, length.toNanos());
        }
        OutputFile.check(spec, output);
        if (html != null) {
            OutputFile.check(spec, html);
        }
        boolean publish = chosen.name().equals(Gate.SUITE);
        if (publish && isRefused()) {
            return Exit.REFUSED;
        }
        List<String> argv =
                spec.commandLine().getParent().getParseResult().originalArgs().stream().toList();
        Rig rig = new Rig(chosen, plans, cpuOption.pair(), seed, new Progress(System.out), fault);
        Results results = measured(rig, argv, publish, plans);
        if (publish) {
            List<String> reasons = Gate.reasons(results);
            System.out.println(
                    reasons.isEmpty()
                            ? "publishable"
                            : "not publishable: " + String.join("; ", reasons));
        }
        if (fault != null) {
            results.measurements().forEach(RunCommand::reportMissingPauses);
        }
        long bad = 0;
        for (Measurement measurement : results.measurements()) {
            if (!measurement.usable()) {
                System.out.println(
                        measurement.id()
                                + " is "
                                + measurement.status()
                                + ": "
                                + measurement.reason());
                // Cells that are not available on this machine do not count as failed.
                bad += Measurement.NOT_AVAILABLE.equals(measurement.status()) ? 0 : 1;
            }
        }
        return bad == 0 ? Exit.OK : Exit.INVALID;
    }

    /**
     * Measures and writes the results, also those of a run that is interrupted or whose audit
     * fails.
     */
    private Results measured(
            Rig rig, List<String> argv, boolean publish, List<MeasurementPlan> plans)
            throws IOException {
        Optional<Auditor> auditor = publish ? Auditor.of(cpuOption.pair()) : Optional.empty();
        Runnable stop =
                () -> {
                    rig.stop();
                    auditor.ifPresent(Auditor::stop);
                };
        ShutdownGuard guard = ShutdownGuard.guard(stop);
        try {
            Results results = rig.run(Main.Version.of(), argv);
            OutputFile.write(output, results);
            if (publish && !results.run().interrupted()) {
                results =
                        Audits.addTo(
                                results,
                                plans.stream().map(MeasurementPlan::transport).distinct().toList(),
                                auditor.map(RunCommand::counter));
                OutputFile.write(output, results);
            }
            System.out.println("results: " + output.toAbsolutePath().normalize());
            if (html != null) {
                Files.writeString(html, HtmlReport.render(results));
                System.out.println("page:    " + html.toAbsolutePath().normalize());
            }
            return results;
        } finally {
            guard.close();
        }
    }

    private static void reportMissingPauses(Measurement measurement) {
        long missing =
                measurement.forks().stream()
                        .filter(l -> !l.numbers().containsKey(Numbers.INJECTED_PAUSE_NS))
                        .count();
        if (missing > 0) {
            System.out.println(
                    "no pause happened in "
                            + missing
                            + " of "
                            + measurement.forks().size()
                            + " launches of "
                            + measurement.id());
        }
    }

    private static Audits.Counter counter(Auditor auditor) {
        return transport -> auditor.count(transport, AUDIT_ROUND_TRIPS);
    }

    /**
     * Tests whether the doctor's findings forbid to publish from this machine; if so, nothing is
     * measured.
     */
    private boolean isRefused() throws IOException {
        List<Note> refusals = Gate.refusals(Rig.environment(cpuOption.pair()).notes());
        if (!refusals.isEmpty()) {
            System.out.println("Not published from this machine as it is:");
            refusals.forEach(DoctorCommand::print);
        }
        return !refusals.isEmpty();
    }

    private Suite chosenSuite() {
        Suite base;
        try {
            base = Suite.of(suite);
        } catch (NoSuchElementException e) {
            throw unknown(e.getMessage(), suite, Suite.names());
        }
        if (forks != null && forks < 1) {
            throw usageError("--forks " + forks + " is not at least 1");
        }
        Suite suite = base;
        if (patterns != null) {
            suite = suite.withPatterns(checkedPatterns());
        }
        if (sizes != null) {
            List<Integer> chosen = checkedSizes();
            suite = suite.with(part -> part.withSizes(chosen));
        }
        if (touches != null) {
            List<String> chosen = checkedTouches();
            suite = suite.with(part -> part.withTouches(chosen));
        }
        if (rates != null) {
            List<Double> chosen = checkedRates();
            suite = suite.with(part -> part.withRates(chosen));
            if (patterns != null && patterns.contains(Pattern.RTT.id())) {
                suite = suite.with(part -> part.withRttRates(chosen));
            }
        }
        if (loads != null) {
            List<Double> chosen = checkedLoads();
            // With loads requested, the suite's default rates are not measured.
            suite = suite.with(p -> (rates == null ? p.withRates(List.of()) : p).withLoads(chosen));
        }
        if (gaps != null) {
            List<Long> chosen = checkedGaps();
            suite = suite.with(part -> part.withGaps(chosen));
        }
        if (batches != null) {
            List<Integer> chosen = checkedBatches();
            suite = suite.with(part -> part.withBatches(chosen));
        }
        return forks == null ? suite : suite.withForks(forks);
    }

    private List<Pattern> checkedPatterns() {
        List<Pattern> chosen = new ArrayList<>();
        for (String pattern : patterns) {
            try {
                chosen.add(Pattern.of(pattern));
            } catch (NoSuchElementException e) {
                throw unknown(
                        e.getMessage(), pattern, Pattern.all().stream().map(Pattern::id).toList());
            }
        }
        return chosen;
    }

    private List<String> checkedTouches() {
        List<String> known = List.of(Factors.FULL, Factors.HEADER, Factors.UNTOUCHED);
        for (String touch : touches) {
            if (!known.contains(touch)) {
                throw unknown(
                        "--touch " + touch + " is none of " + String.join(",", known),
                        touch,
                        known);
            }
        }
        return touches;
    }

    private List<Double> checkedRates() {
        for (double rate : rates) {
            if (!(rate >= 1 && rate <= 1e9)) {
                throw usageError("--rates " + rate + " is not in 1..1000000000 messages a second");
            }
        }
        return rates;
    }

    private List<Double> checkedLoads() {
        for (double load : loads) {
            if (!(load >= 0.01 && load <= 1)) {
                throw usageError(
                        "--loads " + load + " is not in 0.01..1, parts of what can be carried");
            }
        }
        return loads;
    }

    private List<Long> checkedGaps() {
        List<Long> nanos = new ArrayList<>();
        for (String gap : gaps) {
            if (gap.matches("0+(us|ms|s|m|h)?")) {
                throw usageError("--gaps " + gap + ": without idle time that is pattern rtt");
            }
            Duration time = DurationParser.parse(spec, "--gaps", gap);
            if (time.compareTo(MAX_GAP) > 0) {
                throw usageError("--gaps " + gap + " is not in 1us..100ms");
            }
            nanos.add(time.toNanos());
        }
        return nanos;
    }

    private List<Integer> checkedBatches() {
        for (int batch : batches) {
            if (batch < 1 || batch > MAX_BATCH) {
                throw usageError("--batches " + batch + " is not in 1.." + MAX_BATCH);
            }
        }
        return batches;
    }

    private List<Placement> placements() throws IOException {
        if (places == null) {
            return List.of();
        }
        List<Integer> allowed = Arrays.stream(Affinity.allowedCpus()).boxed().toList();
        Map<String, Placement> here = CpuTopology.of(allowed).placements();
        here.put(Placement.ONE_CPU, Placement.of(Placement.ONE_CPU, cpuOption.pair()));
        List<Placement> chosen = new ArrayList<>();
        for (String place : places) {
            if (!here.containsKey(place)) {
                throw unknown(
                        "--place "
                                + place
                                + " is not to be had here: choose from "
                                + String.join(",", here.keySet()),
                        place,
                        here.keySet());
            }
            chosen.add(here.get(place));
        }
        return chosen;
    }

    private List<Integer> checkedSizes() {
        for (int size : sizes) {
            if (size < 8 || size % 8 != 0 || size > MAX_SIZE) {
                throw usageError("--sizes " + size + " is not a multiple of 8 in 8.." + MAX_SIZE);
            }
        }
        return sizes;
    }

    private List<MeasurementPlan> plans(Suite chosen) throws IOException {
        List<Transport> transports =
                mechanisms == null
                        ? Transports.all()
                        : NamedMechanisms.of(spec.commandLine(), mechanisms);
        List<Transport> waiting =
                waits == null
                        ? transports
                        : transports.stream().filter(t -> waits.contains(t.waiting())).toList();
        return Plans.of(
                mechanisms == null ? chosen : chosen.with(part -> part.withMechanisms(List.of())),
                waiting,
                placements(),
                cpuOption.pair());
    }

    private ParameterException unknown(String message, String value, Collection<String> known) {
        return new WrongArguments.UnknownValueException(spec.commandLine(), message, value, known);
    }

    private ParameterException usageError(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
