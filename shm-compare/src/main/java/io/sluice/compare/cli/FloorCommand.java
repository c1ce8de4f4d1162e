package io.sluice.compare.cli;

import io.sluice.compare.result.Floor;
import io.sluice.compare.rig.Rig;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code floor}: what no mechanism can beat here. */
@Command(
        name = "floor",
        mixinStandardHelpOptions = true,
        description = "Measures what no mechanism can beat between two CPUs.")
final class FloorCommand implements Callable<Integer> {
    @Mixin private Cpus cpus;

    @Override
    public Integer call() throws IOException {
        Floor floor = Rig.floor(cpus.pair());
        line("read the clock", floor.clockNs());
        line("call a function of the C library", floor.downcallNs());
        line("enter and leave the kernel (getppid)", floor.syscallNs());
        line("a cache line there and back, median", floor.lineRoundTripNs());
        line("a cache line there and back, 99th percentile", floor.lineRoundTripP99Ns());
        return 0;
    }

    private static void line(String what, double ns) {
        System.out.printf(Locale.ROOT, "%-46s %8.1f ns%n", what, ns);
    }
}
