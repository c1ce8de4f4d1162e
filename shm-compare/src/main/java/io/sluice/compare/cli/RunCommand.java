package io.sluice.compare.cli;

import io.sluice.compare.report.HtmlReport;
import io.sluice.compare.result.Factors;
import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Grade;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.rig.Auditor;
import io.sluice.compare.rig.CpuTopology;
import io.sluice.compare.rig.Fault;
import io.sluice.compare.rig.MeasurementPlan;
import io.sluice.compare.rig.Placement;
import io.sluice.compare.rig.Plans;
import io.sluice.compare.rig.Progress;
import io.sluice.compare.rig.Rig;
import io.sluice.compare.rig.Selection;
import io.sluice.compare.rig.ShutdownGuard;
import io.sluice.compare.rig.Suite;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code run}: measures, writes the results after each round, and the page if requested. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = {
            "Measures mechanisms between two processes, and writes down what it finds: after each"
                    + " round, so that a crash or Ctrl-C loses one round at most."
        },
        footer = {
            "",
            "Example: shm-compare run --mechanisms pipe,sluice --sizes 64,4096 -o results.json",
            "Exit status: 3 if measurements are invalid or failed, 5 if 'publish' refuses the machine."
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
                    "How much is measured: glance (75 s), lab (2 min), quick (8 min), standard,"
                            + " publish, full; 'shm-compare list' shows how long each takes."
                            + " Default: ${DEFAULT-VALUE}.")
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
            converter = TimeConverter.class,
            paramLabel = "TIME",
            description = "Idle times before each message, for pattern gap: 10us,1ms for instance.")
    private List<Duration> gaps;

    @Option(
            names = "--batches",
            split = ",",
            description =
                    "Messages a call may hand over, for pattern stream, where a mechanism can do"
                            + " so.")
    private List<Integer> batches;

    @Option(
            names = "--budget",
            converter = TimeConverter.class,
            paramLabel = "TIME",
            description = "About how long all may take, 10m for instance: scales the blocks.")
    private Duration budget;

    @Option(
            names = "--inject-pause",
            converter = TimeConverter.class,
            paramLabel = "TIME",
            description =
                    "The responder pauses once in each fork, 500ms for instance. Unless there is"
                            + " a --budget, blocks become twenty times as long.")
    private Duration pause;

    @Option(
            names = "--forks",
            description = "Fresh pairs of processes for each measurement. Default: the suite's.")
    private Integer forks;

    @Option(
            names = "--seed",
            defaultValue = "42",
            description = "Decides the order of the forks. Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(
            names = "--quiet-within",
            defaultValue = "30s",
            converter = TimeConverter.class,
            paramLabel = "TIME",
            description =
                    "How long to wait at most until others use little of the CPUs. Default:"
                            + " ${DEFAULT-VALUE}.")
    private Duration quietWithin;

    @Option(
            names = "--resume",
            description = "Continues the run whose results are in the output file.")
    private boolean resume;

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
            chosen = chosen.scaledTo(budget, Plans.groups(plans, pause != null));
        }
        Fault fault = null;
        if (pause != null) {
            Duration block = pause.multipliedBy(BLOCK_PER_PAUSE);
            if (budget == null && chosen.block().compareTo(block) < 0) {
                chosen = chosen.withBlocks(chosen.warmUp(), block).withForks(chosen.forks());
            }
            fault = Fault.pause(chosen.block().toNanos() / 2, pause.toNanos());
        }
        OutputFile.check(spec, output);
        if (html != null) {
            OutputFile.check(spec, html);
        }
        boolean publish = chosen.name().equals(Gate.SUITE);
        if (publish && isRefused()) {
            return Exit.REFUSED;
        }
        Rig rig = new Rig(chosen, plans, cpuOption.pair(), seed, new Progress(System.out), fault);
        rig.awaitQuiet(quietWithin);
        if (resume) {
            rig.resume(ResultsFile.read(output));
        }
        Results results = measured(rig, publish, plans);
        Grade grade = results.run().grade();
        System.out.println("grade:   " + grade.letter() + " (" + grade.words() + ")");
        grade.reasons().forEach(reason -> System.out.println("         " + reason));
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
                System.out.printf(
                        "%s is %s: %s%n",
                        measurement.id(), measurement.status(), measurement.reason());
                // What is not available on this machine does not count as failed.
                bad += Measurement.NOT_AVAILABLE.equals(measurement.status()) ? 0 : 1;
            }
        }
        return bad == 0 ? Exit.OK : Exit.INVALID;
    }

    /**
     * Measures and writes the results, also those of a run that is interrupted or whose audit
     * fails.
     */
    private Results measured(Rig rig, boolean publish, List<MeasurementPlan> plans)
            throws IOException {
        List<String> argv =
                spec.commandLine().getParent().getParseResult().originalArgs().stream().toList();
        Optional<Auditor> auditor = publish ? Auditor.of(cpuOption.pair()) : Optional.empty();
        Runnable stop =
                () -> {
                    rig.stop();
                    auditor.ifPresent(Auditor::stop);
                };
        ShutdownGuard guard = ShutdownGuard.guard(stop);
        try {
            Results results = rig.run(Main.Version.of(), argv, this::write);
            write(results);
            if (publish && !results.run().interrupted()) {
                results =
                        AuditRuns.addTo(
                                results,
                                plans.stream().map(MeasurementPlan::transport).distinct().toList(),
                                auditor.map(RunCommand::counter));
                write(results);
            }
            System.out.println("results: " + output.toAbsolutePath().normalize());
            if (html != null) {
                System.out.println("page:    " + html.toAbsolutePath().normalize());
            }
            return results;
        } finally {
            guard.close();
        }
    }

    private void write(Results results) throws IOException {
        OutputFile.write(output, results);
        if (html != null) {
            OutputFile.write(html, HtmlReport.render(results));
        }
    }

    private static void reportMissingPauses(Measurement measurement) {
        long missing =
                measurement.forks().stream()
                        .filter(l -> !l.numbers().containsKey(Numbers.INJECTED_PAUSE_NS))
                        .count();
        if (missing > 0) {
            System.out.printf(
                    "no pause happened in %d of %d forks of %s%n",
                    missing, measurement.forks().size(), measurement.id());
        }
    }

    private static AuditRuns.Counter counter(Auditor auditor) {
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
        known("there is no suite '%s': choose from %s", List.of(suite), Suite.names());
        Suite chosen = Suite.of(suite);
        inRange("--forks", forks == null ? List.of() : List.of(forks), 1, 1_000_000, "");
        if (patterns != null) {
            known(
                    "there is no pattern '%s': choose from %s",
                    patterns, Pattern.all().stream().map(Pattern::id).toList());
            chosen = chosen.withPatterns(patterns.stream().map(Pattern::of).toList());
        }
        if (touches != null) {
            known(
                    "--touch %s is none of %s",
                    touches, List.of(Factors.FULL, Factors.HEADER, Factors.UNTOUCHED));
        }
        inRange("--sizes", sizes, 8, MAX_SIZE, " bytes");
        if (sizes != null && sizes.stream().anyMatch(size -> size % 8 != 0)) {
            throw usageError("--sizes " + sizes + " are not all multiples of 8");
        }
        inRange("--rates", rates, 1, 1e9, " messages a second");
        inRange("--loads", loads, 0.01, 1, ", parts of what can be carried");
        inRange("--batches", batches, 1, MAX_BATCH, " messages");
        if (gaps != null && gaps.stream().anyMatch(gap -> gap.compareTo(MAX_GAP) > 0)) {
            throw usageError(
                    "--gaps "
                            + spec.findOption("--gaps").stringValues()
                            + " are not in 1us..100ms");
        }
        chosen = chosen.with(this::narrow);
        return forks == null ? chosen : chosen.withForks(forks);
    }

    /** Replaces what the command line names. */
    private void narrow(Selection.Builder part) {
        part.mechanisms = mechanisms == null ? part.mechanisms : List.of();
        part.sizes = orElse(sizes, part.sizes);
        part.touches = orElse(touches, part.touches);
        part.batches = orElse(batches, part.batches);
        // With rates or loads requested, the suite's are not measured.
        part.rates = rates == null && loads != null ? List.of() : orElse(rates, part.rates);
        part.loads = rates != null && loads == null ? List.of() : orElse(loads, part.loads);
        if (rates != null && patterns != null && patterns.contains(Pattern.RTT.id())) {
            part.rttRates = rates;
        }
        part.gapsNs = gaps == null ? part.gapsNs : gaps.stream().map(Duration::toNanos).toList();
    }

    private static <T> List<T> orElse(List<T> chosen, List<T> usual) {
        return chosen == null ? usual : chosen;
    }

    private void known(String message, List<String> values, Collection<String> known) {
        for (String value : values) {
            if (!known.contains(value)) {
                throw new WrongArguments.UnknownValueException(
                        spec.commandLine(),
                        String.format(message, value, String.join(",", known)),
                        value,
                        known);
            }
        }
    }

    private void inRange(
            String option, List<? extends Number> values, double least, double most, String unit) {
        for (Number value : values == null ? List.<Number>of() : values) {
            if (!(value.doubleValue() >= least && value.doubleValue() <= most)) {
                throw usageError(
                        String.format(
                                "%s %s is not in %s..%s%s",
                                option, value, number(least), number(most), unit));
            }
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private List<Placement> placements() throws IOException {
        if (places == null) {
            return List.of();
        }
        List<Integer> allowed = Arrays.stream(Platform.allowedCpus()).boxed().toList();
        Map<String, Placement> here = CpuTopology.of(allowed).placements();
        here.put(Placement.ONE_CPU, Placement.of(Placement.ONE_CPU, cpuOption.pair()));
        known("--place %s is not to be had here: choose from %s", places, here.keySet());
        return places.stream().map(here::get).toList();
    }

    private List<MeasurementPlan> plans(Suite chosen) throws IOException {
        List<Transport> transports =
                mechanisms == null
                        ? Transports.all()
                        : NamedMechanisms.of(spec.commandLine(), mechanisms);
        return Plans.of(
                chosen,
                transports.stream()
                        .filter(t -> waits == null || waits.contains(t.waiting()))
                        .toList(),
                placements(),
                cpuOption.pair());
    }

    private ParameterException usageError(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
