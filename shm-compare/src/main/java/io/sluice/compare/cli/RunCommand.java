package io.sluice.compare.cli;

import io.sluice.compare.report.HtmlReport;
import io.sluice.compare.result.Environment;
import io.sluice.compare.result.Fork;
import io.sluice.compare.result.Gate;
import io.sluice.compare.result.Grade;
import io.sluice.compare.result.Measurement;
import io.sluice.compare.result.Note;
import io.sluice.compare.result.Numbers;
import io.sluice.compare.result.Pattern;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.result.Touch;
import io.sluice.compare.result.Waiting;
import io.sluice.compare.rig.Auditor;
import io.sluice.compare.rig.EnvironmentProbe;
import io.sluice.compare.rig.MeasurementPlan;
import io.sluice.compare.rig.Placement;
import io.sluice.compare.rig.Plans;
import io.sluice.compare.rig.Progress;
import io.sluice.compare.rig.Rig;
import io.sluice.compare.rig.Selection;
import io.sluice.compare.rig.SelectionBuilder;
import io.sluice.compare.rig.ShutdownGuard;
import io.sluice.compare.rig.Suite;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run}: measures, writes the results after each round, and the page if requested. */
@Command(name = "run", mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
    /** The ratio of a block's length to that of a pause in it, which is then 5 % of the block. */
    private static final int BLOCK_PER_PAUSE = 20;

    private static final int MAX_BATCH = 1024;
    private static final Duration MAX_GAP = Duration.ofMillis(100);
    private static final int MAX_SIZE = 1 << 20;

    /** The number of round trips in an audit. */
    private static final long AUDIT_ROUND_TRIPS = 10_000;

    /** Looks at the machine, once others are quiet or a time is over. */
    BiFunction<List<Integer>, Duration, Environment> doctor = EnvironmentProbe::of;

    @Spec private CommandSpec spec;
    @Mixin private CpuOption cpuOption;

    @Option(
            names = "--suite",
            defaultValue = "lab",
            completionCandidates = ListCommand.SuiteLabels.class)
    private Suite suite;

    @Option(names = "--mechanisms", split = ",", converter = KnownValues.Mechanisms.class)
    private List<Transport> mechanisms;

    @Option(names = "--patterns", split = ",")
    private List<Pattern> patterns;

    @Option(names = "--sizes", split = ",")
    private List<Integer> sizes;

    @Option(names = "--wait", split = ",")
    private List<Waiting> waits;

    @Option(names = "--place", split = ",")
    private List<Placement> places;

    @Option(names = "--touch", split = ",")
    private List<Touch> touches;

    @Option(names = "--rates", split = ",")
    private List<Double> rates;

    @Option(names = "--loads", split = ",")
    private List<Double> loads;

    @Option(names = "--gaps", split = ",", paramLabel = "TIME")
    private List<Duration> gaps;

    @Option(names = "--batches", split = ",")
    private List<Integer> batches;

    @Option(names = "--budget", paramLabel = "TIME")
    private Duration budget;

    @Option(names = "--inject-pause", paramLabel = "TIME")
    private Duration pause;

    @Option(names = "--forks")
    private Integer forks;

    @Option(names = "--seed", defaultValue = "42")
    private long seed;

    @Option(names = "--quiet-within", defaultValue = "30s", paramLabel = "TIME")
    private Duration quietWithin;

    @Option(names = "--resume")
    private boolean resume;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "results.json")
    private Path output;

    @Option(names = "--html")
    private Path html;

    @Override
    public Integer call() throws IOException {
        Suite chosen = chosenSuite();
        List<MeasurementPlan> plans = plans(chosen);
        if (plans.isEmpty()) {
            throw new WrongArgumentException(
                    "nothing is left to measure: --wait %s excludes all mechanisms", waits);
        }
        if (budget != null) {
            chosen = chosen.scaledTo(budget, Plans.groups(plans, pause != null));
        }
        if (pause != null && budget == null) {
            long block = pause.multipliedBy(BLOCK_PER_PAUSE).toNanos();
            if (chosen.blockNs() < block) {
                chosen = chosen.withBlocks(chosen.warmUpNs(), block).withForks(chosen.forks());
            }
        }
        CommandOutput.check(output);
        if (html != null) {
            CommandOutput.check(html);
        }
        if (isToPublish() && isRefused()) {
            return Exit.REFUSED;
        }
        Rig rig = new Rig(chosen, plans, cpuOption.pair(), seed, new Progress(System.out), pause);
        // The doctor has waited already.
        rig.awaitQuiet(isToPublish() ? Duration.ZERO : quietWithin);
        if (resume) {
            rig.resume(ResultsFile.read(output), Main.Version.of());
        }
        Results results = measured(rig, plans);
        if (measuredNothing(results)) {
            System.out.println("results: none, the run was stopped before its first fork ended");
            return Exit.INVALID;
        }
        print(results);
        // What is not available on this machine does not count as failed.
        boolean valid =
                results.measurements().stream()
                        .allMatch(m -> m.usable() || Measurement.NOT_AVAILABLE.equals(m.status()));
        return valid ? Exit.OK : Exit.INVALID;
    }

    /**
     * Measures and writes the results, also those of a run that is interrupted or whose audit
     * fails.
     */
    private Results measured(Rig rig, List<MeasurementPlan> plans) throws IOException {
        List<String> argv =
                List.copyOf(spec.commandLine().getParent().getParseResult().originalArgs());
        Optional<Auditor> auditor = isToPublish() ? Auditor.of(cpuOption.pair()) : Optional.empty();
        Runnable stop =
                () -> {
                    rig.stop();
                    auditor.ifPresent(Auditor::stop);
                };
        ShutdownGuard guard = ShutdownGuard.guard(stop);
        try (guard) {
            Results results = rig.run(Main.Version.of(), argv, this::write);
            if (measuredNothing(results)) {
                return results;
            }
            write(results);
            if (isToPublish() && !results.run().interrupted()) {
                results =
                        AuditRuns.addTo(
                                results,
                                plans.stream().map(MeasurementPlan::transport).distinct().toList(),
                                auditor.map(a -> t -> a.count(t, AUDIT_ROUND_TRIPS)));
                write(results);
            }
            CommandOutput.place("results: ", output);
            if (html != null) {
                CommandOutput.place("page:    ", html);
            }
            return results;
        }
    }

    /** Tests whether the run was stopped so early that its results must not replace others. */
    private static boolean measuredNothing(Results results) {
        return results.run().interrupted() && results.run().order().isEmpty();
    }

    private void write(Results results) throws IOException {
        CommandOutput.write(output, results);
        if (html != null) {
            ResultsFile.write(html, HtmlReport.render(results));
        }
    }

    /** Prints the grade, and what is missing. */
    private void print(Results results) {
        Grade grade = results.run().grade();
        System.out.println("grade:   " + grade.letter() + " (" + grade.words() + ")");
        grade.reasons().forEach(reason -> System.out.println("         " + reason));
        if (isToPublish()) {
            String reasons = String.join("; ", Gate.reasons(results));
            System.out.println(reasons.isEmpty() ? "publishable" : "not publishable: " + reasons);
        }
        for (Measurement each : results.measurements()) {
            int all = each.forks().size();
            long paused = each.forks().stream().filter(RunCommand::hasPaused).count();
            if (pause != null && paused < all) {
                CommandOutput.print(
                        "no pause happened in %d of %d forks of %s", all - paused, all, each.id());
            }
        }
        results.measurements().stream()
                .filter(each -> !each.usable())
                .map(each -> each.id() + " is " + each.status() + ": " + each.reason())
                .forEach(System.out::println);
    }

    private static boolean hasPaused(Fork fork) {
        return fork.numbers().containsKey(Numbers.INJECTED_PAUSE_NS);
    }

    private boolean isToPublish() {
        return suite.name().equals(Gate.SUITE);
    }

    /**
     * Tests, once others are quiet, whether the doctor's findings forbid to publish from this
     * machine; if so, nothing is measured.
     */
    private boolean isRefused() throws IOException {
        List<Note> refusals = Gate.refusals(doctor.apply(cpuOption.pair(), quietWithin).notes());
        if (!refusals.isEmpty()) {
            System.out.println("Not published from this machine as it is:");
            refusals.forEach(DoctorCommand::print);
        }
        return !refusals.isEmpty();
    }

    private Suite chosenSuite() {
        inRange("--forks", forks == null ? null : List.of(forks), 1, 1_000_000, "");
        inRange("--sizes", sizes, 8, MAX_SIZE, " bytes");
        if (sizes != null && sizes.stream().anyMatch(size -> size % 8 != 0)) {
            throw new WrongArgumentException("--sizes %s are not all multiples of 8", sizes);
        }
        inRange("--rates", rates, 1, 1_000_000_000, " messages a second");
        inRange("--loads", loads, 0.01, 1, ", parts of what can be carried");
        inRange("--batches", batches, 1, MAX_BATCH, " messages");
        if (gaps != null && gaps.stream().anyMatch(gap -> gap.compareTo(MAX_GAP) > 0)) {
            List<String> texts = spec.findOption("--gaps").stringValues();
            throw new WrongArgumentException("--gaps %s are not in 1us..100ms", texts);
        }
        Suite chosen = patterns == null ? suite : suite.withPatterns(patterns);
        chosen = chosen.with(selection());
        requirePattern("--touch", touches, chosen, Pattern.RTT, Pattern.STREAM);
        Pattern paced = pacesRtt() ? Pattern.RTT : Pattern.ONEWAY;
        requirePattern("--rates", rates, chosen, Pattern.ONEWAY, paced);
        requirePattern("--loads", loads, chosen, Pattern.ONEWAY);
        requirePattern("--gaps", gaps, chosen, Pattern.GAP);
        requirePattern("--batches", batches, chosen, Pattern.STREAM);
        return forks == null ? chosen : chosen.withForks(forks);
    }

    /** Tests whether the rates are also those of round trips. */
    private boolean pacesRtt() {
        return patterns != null && patterns.contains(Pattern.RTT);
    }

    /** Refuses values that no measurement would use. */
    private static void requirePattern(
            String option, List<?> values, Suite chosen, Pattern... users) {
        if (values != null && Collections.disjoint(chosen.patterns(), List.of(users))) {
            throw new WrongArgumentException(
                    "%s needs pattern %s, which is not measured: name it with --patterns",
                    option, users[0]);
        }
    }

    /** Returns what the command line names. */
    private Selection selection() {
        // With rates or loads requested, the suite's are not measured.
        boolean paces = rates != null || loads != null;
        return SelectionBuilder.builder()
                .mechanisms(mechanisms == null ? null : List.of())
                .sizes(sizes)
                .touches(touches)
                .batches(batches)
                .rates(paces && rates == null ? List.of() : rates)
                .loads(paces && loads == null ? List.of() : loads)
                .gapsNs(gaps == null ? null : gaps.stream().map(Duration::toNanos).toList())
                .rttRates(pacesRtt() ? rates : null)
                .build();
    }

    private static void inRange(
            String option, List<? extends Number> values, Number least, Number most, String unit) {
        for (Number value : values == null ? List.<Number>of() : values) {
            double number = value.doubleValue();
            if (!(number >= least.doubleValue() && number <= most.doubleValue())) {
                throw new WrongArgumentException(
                        "%s %s is not in %s..%s" + unit, option, value, least, most);
            }
        }
    }

    private List<MeasurementPlan> plans(Suite chosen) throws IOException {
        List<Transport> named = mechanisms == null ? Transports.all() : mechanisms;
        List<Transport> waiting =
                named.stream().filter(t -> waits == null || waits.contains(t.waiting())).toList();
        List<Integer> pair = cpuOption.pair();
        List<Placement> at =
                places == null ? List.of() : places.stream().map(p -> p.on(pair)).toList();
        return Plans.of(chosen, waiting, at, pair);
    }
}
