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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code merge}: one report of several runs. */
@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        description = {
            "Puts runs of several machines or Java versions side by side on one page.",
            "Nothing is averaged over runs."
        },
        footer = {"", "Example: shm-compare merge laptop.json server.json -o both.html"})
final class MergeCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "RESULTS",
            description = "Files written by 'run', two or more.")
    private List<Path> files;

    @Option(
            names = {"-o", "--output"},
            defaultValue = "merged.html",
            description = "Where the page goes. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Override
    public Integer call() throws IOException {
        if (files.size() < 2) {
            throw new ParameterException(
                    spec.commandLine(),
                    "to merge takes two files or more; 'shm-compare report "
                            + files.get(0)
                            + "' makes the page of one");
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
        OutputFile.check(spec, output);
        Files.writeString(output, MergedReport.render(runs));
        System.out.println("page: " + output.toAbsolutePath().normalize());
        return Exit.OK;
    }
}
