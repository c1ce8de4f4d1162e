package io.sluice.compare.cli;

import io.sluice.compare.report.Comparison;
import io.sluice.compare.result.ResultsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diff}: improvements and regressions between two runs. */
@Command(
        name = "diff",
        mixinStandardHelpOptions = true,
        description = {
            "Compares the measurements of two runs: ratios with their intervals (below 6 forks: their"
                    + " range), above 1 is worse.",
            "A difference is shown only if a test says that it is beyond the threshold (Welch's"
                    + " t-test of the logarithms, Holm's correction for all numbers). If nothing"
                    + " changed, the probability that any number is called worse is about 5 %% at most."
        },
        footer = {
            "",
            "Example: shm-compare diff before.json after.json --threshold 5%%",
            "Exit status: 4 if something became worse by that test, or a measurement that had numbers has",
            "none any more: it failed, became invalid, or the same command did not measure it."
        })
final class DiffCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "BEFORE", description = "The earlier results.")
    private Path before;

    @Parameters(index = "1", paramLabel = "AFTER", description = "The later results.")
    private Path after;

    @Option(
            names = "--threshold",
            defaultValue = "3",
            converter = PercentConverter.class,
            paramLabel = "PERCENT",
            description = "What counts as noise. Default: ${DEFAULT-VALUE} %%.")
    private double threshold;

    @Override
    public Integer call() throws IOException {
        Comparison comparison =
                new Comparison(ResultsFile.read(before), ResultsFile.read(after), threshold);
        if (!comparison.inCommon()) {
            throw new IOException(
                    before + " and " + after + " have no measurement in common that both measured");
        }
        System.out.println(comparison.summary());
        comparison.losses().forEach(loss -> System.out.println("LOST: " + loss));
        for (Comparison.ComparisonRow row : comparison.rows()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-44s %-22s %10s -> %-10s %-24s %s%n",
                    row.measurement(),
                    row.number(),
                    row.before(),
                    row.after(),
                    Comparison.text(row.ratio()),
                    row.finding().words());
        }
        comparison.remarks().forEach(remark -> System.out.println("note: " + remark));
        return comparison.regressed() ? Exit.REGRESSION : Exit.OK;
    }
}
