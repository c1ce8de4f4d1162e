package io.sluice.compare.cli;

import io.sluice.compare.report.HtmlReport;
import io.sluice.compare.result.Cell;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import io.sluice.compare.rig.CellPlan;
import io.sluice.compare.rig.Plans;
import io.sluice.compare.rig.Progress;
import io.sluice.compare.rig.Rig;
import io.sluice.compare.rig.Suite;
import io.sluice.compare.transport.Transport;
import io.sluice.compare.transport.Transports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code run}: measures, writes the results, and the page if asked to. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Measures mechanisms between two processes, and writes down what it finds.")
final class RunCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private Cpus cpus;

    @Option(
            names = "--suite",
            defaultValue = "lab",
            description =
                    "How much is measured: lab (about 90 s), quick, standard, full, publish. Default:"
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
            names = "--launches",
            description = "Fresh pairs of processes for each cell. Default: that of the suite.")
    private Integer launches;

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
        List<CellPlan> plans = plans(chosen);
        checkWritable(output);
        if (html != null) {
            checkWritable(html);
        }
        List<String> argv =
                spec.commandLine().getParent().getParseResult().originalArgs().stream().toList();
        Results results =
                new Rig(chosen, plans, cpus.pair(), seed, new Progress(System.out))
                        .run(Main.Version.of(), argv);
        ResultsFile.write(output, results);
        System.out.println("results: " + output.toAbsolutePath().normalize());
        if (html != null) {
            Files.writeString(html, HtmlReport.render(results));
            System.out.println("page:    " + html.toAbsolutePath().normalize());
        }
        long bad = results.cells().stream().filter(cell -> !cell.usable()).count();
        for (Cell cell : results.cells()) {
            if (!cell.usable()) {
                System.out.println(cell.id() + " is " + cell.status() + ": " + cell.reason());
            }
        }
        return bad == 0 ? 0 : 3;
    }

    private Suite chosenSuite() {
        Suite base;
        try {
            base = Suite.of(suite);
        } catch (NoSuchElementException e) {
            throw wrong(e.getMessage());
        }
        if (launches != null && launches < 1) {
            throw wrong("--launches " + launches + " is not at least 1");
        }
        Suite suite = base;
        if (patterns != null) {
            suite = suite.withPatterns(checkedPatterns());
        }
        if (sizes != null) {
            suite = suite.withSizes(checkedSizes());
        }
        return launches == null ? suite : suite.withLaunches(launches);
    }

    private List<String> checkedPatterns() {
        List<String> known = Suite.FULL.patterns();
        for (String pattern : patterns) {
            if (!known.contains(pattern)) {
                throw wrong(
                        "there is no pattern '"
                                + pattern
                                + "': choose from "
                                + String.join(",", known));
            }
        }
        return patterns;
    }

    private List<Integer> checkedSizes() {
        int longest = 32 * 1024;
        for (int size : sizes) {
            if (size < 8 || size % 8 != 0 || size > longest) {
                throw wrong("--sizes " + size + " is not a multiple of 8 in 8.." + longest);
            }
        }
        return sizes;
    }

    private List<CellPlan> plans(Suite chosen) {
        List<Transport> transports;
        try {
            transports =
                    mechanisms == null
                            ? Transports.all()
                            : mechanisms.stream().map(Transports::of).toList();
        } catch (NoSuchElementException e) {
            throw wrong(e.getMessage());
        }
        return Plans.of(mechanisms == null ? chosen : chosen.withMechanisms(List.of()), transports);
    }

    /** Better before the measurement than after it. */
    private void checkWritable(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw wrong(directory + " is not a directory that can be written to");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
