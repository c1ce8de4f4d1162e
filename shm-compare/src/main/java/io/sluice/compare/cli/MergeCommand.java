package io.sluice.compare.cli;

import io.sluice.compare.report.MergedReport;
import io.sluice.compare.result.Results;
import io.sluice.compare.result.ResultsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code merge}: one report of several runs. */
@Command(name = "merge", mixinStandardHelpOptions = true)
final class MergeCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "RESULTS")
    private List<Path> files;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "merged.html")
    private Path output;

    @Override
    public Integer call() throws IOException {
        if (files.size() < 2) {
            throw new WrongArgumentException(
                    "to merge takes two files or more; 'shm-compare report %s' makes the page of"
                            + " one",
                    files.get(0));
        }
        Map<String, Results> runs = new LinkedHashMap<>();
        for (Path file : files) {
            String name = String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
            String unique = name;
            for (int n = 2; runs.containsKey(unique); n++) {
                unique = name + " (" + n + ")";
            }
            runs.put(unique, ResultsFile.read(file));
        }
        CommandOutput.check(output);
        Files.writeString(output, MergedReport.render(runs));
        CommandOutput.place("page: ", output);
        return Exit.OK;
    }
}
