package io.sluice.compare.cli;

import io.sluice.compare.report.Comparison;
import io.sluice.compare.result.ResultsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code diff}: improvements and regressions between two runs. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = {
            "Compares the cells of two runs: ratios with their intervals (below 6 launches: their"
                    + " range), above 1 is worse.",
            "A difference is shown only if a test says that it is beyond the threshold (Welch's"
                    + " t-test of the logarithms, Holm's correction for all numbers). If nothing"
                    + " changed, the probability that any number is called worse is about 5 %% at most."
        },
        footer = {
            "",
            "Example: shm-compare diff before.json after.json --threshold 5%",
            "Exit status: 4 if something became worse by that test, or a cell that had numbers has none any",
            "more: it failed, became invalid, or is not there."
        })
final class DiffCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "BEFORE", description = "The earlier results.")
    private Path before;

    @Parameters(index = "1", paramLabel = "AFTER", description = "The later results.")
    private Path after;

    @Option(
            names = "--threshold",
            defaultValue = "3%",
            paramLabel = "PERCENT",
            description = "What counts as noise. Default: ${DEFAULT-VALUE}.")
    private String threshold;

    @Override
    public Integer call() throws IOException {
        double noise = share(threshold);
        Comparison comparison =
                new Comparison(ResultsFile.read(before), ResultsFile.read(after), noise);
        if (!comparison.inCommon()) {
            throw new IOException(
                    before + " and " + after + " have no cell in common that both measured");
        }
        comparison.losses().forEach(loss -> System.out.println("LOST: " + loss));
        for (Comparison.ComparisonRow comparisonRow : comparison.rows()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-44s %-22s %10s -> %-10s %-24s %s%n",
                    comparisonRow.measurement(),
                    comparisonRow.number(),
                    comparisonRow.before(),
                    comparisonRow.after(),
                    Comparison.text(comparisonRow.ratio()),
                    comparisonRow.finding().words());
        }
        comparison.remarks().forEach(remark -> System.out.println("note: " + remark));
        System.out.println(
                !comparison.losses().isEmpty()
                        ? "Something became worse: cells lost their numbers, see above."
                        : comparison.regressed()
                                ? "Something became worse."
                                : "Nothing is shown to have become worse.");
        return comparison.regressed() ? Exit.REGRESSION : Exit.OK;
    }

    private double share(String text) {
        String number = text.strip().replaceFirst("%$", "");
        try {
            double percent = Double.parseDouble(number);
            if (percent >= 0 && percent <= 1000) {
                return percent / 100;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new ParameterException(
                spec.commandLine(),
                "--threshold " + text + " is not a percentage from 0% to 1000%, 3% for instance");
    }
}
