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
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code export}: results for other tools. */
@Command(name = "export", mixinStandardHelpOptions = true)
final class ExportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RESULTS")
    private Path file;

    @ArgGroup(multiplicity = "1")
    private Choice choice;

    @Option(names = {"-o", "--output"})
    private Path output;

    /** The output format: one of the options, each with the name of a format. */
    private static final class Choice {
        @Option(names = "--csv")
        private boolean csv;

        @Option(names = "--md")
        private boolean md;

        @Option(names = "--hgrm")
        private boolean hgrm;

        @Option(names = "--hlog")
        private boolean hlog;

        @Option(names = "--jmh")
        private boolean jmh;

        @Option(names = "--json")
        private boolean json;
    }

    @Option(names = "--redact")
    private boolean redact;

    @Override
    public Integer call() throws IOException {
        Results read = ResultsFile.read(file);
        Results results = redact ? Redaction.of(read) : read;
        ParseResult parsed = spec.commandLine().getParseResult();
        ExportFormat format =
                Arrays.stream(ExportFormat.values())
                        .filter(each -> parsed.hasMatchedOption(option(each)))
                        .findFirst()
                        .orElseThrow();
        if (output == null) {
            format.write(results, System.out);
            return Exit.OK;
        }
        CommandOutput.check(output);
        try (PrintStream out =
                new PrintStream(
                        new BufferedOutputStream(Files.newOutputStream(output)),
                        false,
                        StandardCharsets.UTF_8)) {
            format.write(results, out);
            if (out.checkError()) {
                throw new IOException(output + " cannot be written: is the disk full?");
            }
        }
        CommandOutput.place("written: ", output);
        return Exit.OK;
    }

    private static String option(ExportFormat format) {
        return "--" + format.name().toLowerCase(Locale.ROOT);
    }
}
