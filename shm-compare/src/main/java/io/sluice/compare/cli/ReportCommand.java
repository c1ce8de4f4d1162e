package io.sluice.compare.cli;

import io.sluice.compare.report.HtmlReport;
import io.sluice.compare.report.Redaction;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report}: the report of an earlier run. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Makes the page of results that were measured before.",
        footer = {
            "",
            "Example: shm-compare report results.json -o report.html --baseline old.json"
        })
final class ReportCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RESULTS", description = "A file written by 'run'.")
    private Path results;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "report.html",
            description = "Where the page goes. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Option(
            names = "--baseline",
            paramLabel = "RESULTS",
            description = "Earlier results: the page says what changed since.")
    private Path baseline;

    @Option(
            names = "--redact",
            description = "Leaves out names of host and user, paths, serial numbers, addresses.")
    private boolean redact;

    @Override
    public Integer call() throws IOException {
        OutputFile.check(spec, output);
        Results old = baseline == null ? null : read(baseline);
        Files.writeString(output, HtmlReport.render(read(results), old));
        System.out.println("page: " + output.toAbsolutePath().normalize());
        return Exit.OK;
    }

    private Results read(Path file) throws IOException {
        Results read = ResultsFile.read(file);
        return redact ? Redaction.of(read) : read;
    }
}
