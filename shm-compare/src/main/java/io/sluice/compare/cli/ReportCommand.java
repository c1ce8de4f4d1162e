package io.sluice.compare.cli;

import io.sluice.compare.report.HtmlReport;
import io.sluice.compare.result.ResultsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code report}: the page of results that were measured before. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Makes the page of results that were measured before.")
final class ReportCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "RESULTS", description = "A file written by 'run'.")
    private Path results;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "report.html",
            description = "Where the page goes. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        Files.writeString(output, HtmlReport.render(ResultsFile.read(results)));
        System.out.println("page: " + output.toAbsolutePath().normalize());
        return 0;
    }
}
