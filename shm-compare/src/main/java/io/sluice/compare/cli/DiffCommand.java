package io.sluice.compare.cli;

import io.sluice.compare.report.Comparison;
import io.sluice.compare.result.ResultsFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diff}: improvements and regressions between two runs. */
@Command(name = "diff", mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "BEFORE")
    private Path before;

    @Parameters(index = "1", paramLabel = "AFTER")
    private Path after;

    @Option(
            names = "--threshold",
            defaultValue = "3",
            converter = PercentConverter.class,
            paramLabel = "PERCENT")
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
            CommandOutput.print(
                    "%-44s %-22s %10s -> %-10s %-24s %s",
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
