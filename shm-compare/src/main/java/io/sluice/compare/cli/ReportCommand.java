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
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code report}: the report of an earlier run. */
@Command(name = "report", mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RESULTS")
    private Path results;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "report.html")
    private Path output;

    @Option(names = "--baseline", paramLabel = "RESULTS")
    private Path baseline;

    @Option(names = "--redact")
    private boolean redact;

    @Override
    public Integer call() throws IOException {
        CommandOutput.check(output);
        Results old = baseline == null ? null : read(baseline);
        Files.writeString(output, HtmlReport.render(read(results), old));
        CommandOutput.place("page: ", output);
        return Exit.OK;
    }

    private Results read(Path file) throws IOException {
        Results read = ResultsFile.read(file);
        return redact ? Redaction.of(read) : read;
    }
}
