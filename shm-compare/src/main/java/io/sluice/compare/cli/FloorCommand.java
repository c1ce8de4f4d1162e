package io.sluice.compare.cli;

import io.sluice.compare.result.FloorReading;
import io.sluice.compare.rig.Rig;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
            pairs(Rig.floorMatrix(Arrays.stream(Platform.allowedCpus()).boxed().toList()));
        } else {
            print(Rig.floor(cpuOption.pair()));
        }
        return Exit.OK;
    }

    private static void print(FloorReading floorReading) {
        line("read the clock", floorReading.clockNs());
        line("the clock's smallest step", floorReading.clockStepNs());
        line("call a function of the C library", floorReading.downcallNs());
        line("enter and leave the kernel (getppid)", floorReading.syscallNs());
        line("a cache line there and back, median", floorReading.lineRoundTripNs());
        line("a cache line there and back, 99th percentile", floorReading.lineRoundTripP99Ns());
        line("a futex wake-up, one way, median", floorReading.futexWakeNs());
        line("two threads on one CPU that yield, round trip", floorReading.yieldNs());
        sizes("copy, from this CPU's cache", floorReading.memcpyHotNs());
        sizes("copy, from the other CPU's cache", floorReading.memcpyRemoteNs());
        floorReading.selfNs().forEach((id, bySize) -> sizes("to oneself through " + id, bySize));
        for (FloorReading.Jitter jitter : floorReading.jitter()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-46s %8d gaps over 1 us in %.0f ms, %.3f %% of the time, longest %.1f us%n",
                    "taken from CPU " + jitter.cpu() + " by others",
                    jitter.gaps(),
                    jitter.durationNs() / 1e6,
                    100.0 * jitter.lostNs() / Math.max(1, jitter.durationNs()),
                    jitter.maxNs() / 1e3);
        }
        if (floorReading.ghz() != null) {
            System.out.printf(
                    Locale.ROOT, "%-46s %8.2f GHz%n", "dependent additions", floorReading.ghz());
        }
    }

    private static void sizes(String what, Map<Integer, Double> bySize) {
        bySize.forEach((size, ns) -> line(what + ", " + size + " B", ns));
    }

    private static void line(String what, double ns) {
        if (ns > 0) {
            System.out.printf(Locale.ROOT, "%-46s %8.1f ns%n", what, ns);
        }
    }

    private static void pairs(List<FloorReading.CpuPairLatency> cpuPairLatencies) {
        System.out.printf(Locale.ROOT, "%-12s %-14s %s%n", "CPUS", "RELATION", "ROUND TRIP");
        for (FloorReading.CpuPairLatency cpuPairLatency : cpuPairLatencies) {
            System.out.printf(
                    Locale.ROOT,
                    "%-12s %-14s %8.1f ns%s%n",
                    cpuPairLatency.a() + "," + cpuPairLatency.b(),
                    cpuPairLatency.relation(),
                    cpuPairLatency.lineNs(),
                    cpuPairLatency.bimodal() ? ", in two groups: a host may move the CPUs" : "");
        }
    }
}
