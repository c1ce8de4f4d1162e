package io.sluice.compare.cli;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.report.Wording;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.rig.Rig;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code floor}: measures the lower bounds of this machine. */
@Command(
        name = "floor",
        mixinStandardHelpOptions = true,
        description = "Measures what no mechanism can beat between two CPUs.",
        footer = {"", "Example: shm-compare floor --matrix"})
final class FloorCommand implements Callable<Integer> {
    @Mixin private CpuOption cpuOption;

    @Option(
            names = "--matrix",
            description = "A cache line's way between all pairs of CPUs instead.")
    private boolean matrix;

    @Override
    public Integer call() throws IOException {
        if (matrix) {
            List<Integer> cpus = Arrays.stream(Platform.allowedCpus()).boxed().toList();
            System.out.print(
                    new DataTable.Columns<FloorReading.CpuPairLatency>()
                            .text("CPUS", pair -> pair.a() + "," + pair.b())
                            .text("RELATION", FloorReading.CpuPairLatency::relation)
                            .text("ROUND TRIP", FloorCommand::roundTrip)
                            .of("", Rig.floorMatrix(cpus))
                            .text());
        } else {
            System.out.print(Wording.floor(Rig.floor(cpuOption.pair())));
        }
        return Exit.OK;
    }

    private static String roundTrip(FloorReading.CpuPairLatency pair) {
        return String.format(
                Locale.ROOT,
                pair.bimodal() ? "%.1f ns, in two groups: a host may move the CPUs" : "%.1f ns",
                pair.lineNs());
    }
}
