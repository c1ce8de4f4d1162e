package io.sluice.compare.cli;

import io.sluice.compare.export.DataTable;
import io.sluice.compare.report.Wording;
import io.sluice.compare.result.FloorReading;
import io.sluice.compare.rig.Rig;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code floor}: measures the lower bounds of this machine. */
@Command(name = "floor", mixinStandardHelpOptions = true)
final class FloorCommand implements Callable<Integer> {
    @Mixin private CpuOption cpuOption;

    @Option(names = "--matrix")
    private boolean matrix;

    @Override
    public Integer call() throws IOException {
        if (matrix) {
            System.out.print(
                    new DataTable.Columns<FloorReading.CpuPairLatency>()
                            .text("CPUS", pair -> pair.a() + "," + pair.b())
                            .text("RELATION", FloorReading.CpuPairLatency::relation)
                            .text("ROUND TRIP", FloorCommand::roundTrip)
                            .of("", Rig.floorMatrix(CpuOption.allowed()))
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
