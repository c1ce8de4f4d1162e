package io.sluice.compare.cli;

import io.sluice.compare.export.ExportFormat;
import io.sluice.compare.report.Redaction;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code export}: results for other tools. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = "Writes results in the format of another tool, or redacted.",
        footer = {"", "Example: shm-compare export results.json --csv -o results.csv"})
final class ExportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RESULTS", description = "A file written by 'run'.")
    private Path file;

    @ArgGroup(multiplicity = "1")
    private Choice choice;

    @Option(
            names = {"-o", "--output"},
            description = "Where it goes. Default: standard output.")
    private Path output;

    /** The output format: one of the options. */
    private static final class Choice {
        @Option(
                names = "--csv",
                description = "Comma-separated values, one line a measurement, in basic units.")
        private boolean csv;

        @Option(names = "--md", description = "A table in Markdown.")
        private boolean md;

        @Option(
                names = "--hgrm",
                description = "HdrHistogram's percentile distributions, for its plotter.")
        private boolean hgrm;

        @Option(names = "--hlog", description = "HdrHistogram's log, a tagged line a fork.")
        private boolean hlog;

        @Option(names = "--jmh", description = "The JSON of JMH, for its viewers.")
        private boolean jmh;

        @Option(names = "--json", description = "The same results, to be redacted for instance.")
        private boolean json;

        ExportFormat format() {
            if (csv) {
                return ExportFormat.CSV;
            } else if (md) {
                return ExportFormat.MD;
            } else if (hgrm) {
                return ExportFormat.HGRM;
            } else if (hlog) {
                return ExportFormat.HLOG;
            }
            return jmh ? ExportFormat.JMH : ExportFormat.JSON;
        }
    }

    @Option(
            names = "--redact",
            description = "Leaves out names of host and user, paths, serial numbers, addresses.")
    private boolean redact;

    @Override
    public Integer call() throws IOException {
        Results read = ResultsFile.read(file);
        Results results = redact ? Redaction.of(read) : read;
        if (output == null) {
            choice.format().write(results, System.out);
            return Exit.OK;
        }
        OutputFile.check(spec, output);
        try (PrintStream out =
                new PrintStream(
                        new BufferedOutputStream(Files.newOutputStream(output)),
                        false,
                        StandardCharsets.UTF_8)) {
            choice.format().write(results, out);
            if (out.checkError()) {
                throw new IOException(output + " cannot be written: is the disk full?");
            }
        }
        System.out.println("written: " + output.toAbsolutePath().normalize());
        return Exit.OK;
    }
}
