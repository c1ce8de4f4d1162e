package io.sluice.compare.cli;

import io.sluice.compare.report.Wording;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code explain}: an explanation of the numbers, as text. */
@Command(name = "explain", mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "RESULTS")
    private Path file;

    @Override
    public Integer call() throws IOException {
        Results results = ResultsFile.read(file);
        System.out.print(Wording.of(results));
        System.out.println();
        System.out.print(Wording.kernel(results));
        return Exit.OK;
    }
}
