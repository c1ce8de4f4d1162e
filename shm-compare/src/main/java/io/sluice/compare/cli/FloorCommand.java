package io.sluice.compare.cli;

import io.sluice.compare.result.Floor;
import io.sluice.compare.rig.Rig;
import io.sluice.os.Threads;
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
    @Mixin private Cpus cpus;

    @Option(
            names = "--matrix",
            description = "A cache line's way between all pairs of CPUs instead.")
    private boolean matrix;

    @Override
    public Integer call() throws IOException {
        if (matrix) {
            pairs(Rig.floorMatrix(Arrays.stream(Threads.allowedCpus()).boxed().toList()));
        } else {
            print(Rig.floor(cpus.pair()));
        }
        return Exit.OK;
    }

    private static void print(Floor floor) {
        line("read the clock", floor.clockNs());
        line("the clock's smallest step", floor.clockStepNs());
        line("call a function of the C library", floor.downcallNs());
        line("enter and leave the kernel (getppid)", floor.syscallNs());
        line("a cache line there and back, median", floor.lineRoundTripNs());
        line("a cache line there and back, 99th percentile", floor.lineRoundTripP99Ns());
        line("a futex wake-up, one way, median", floor.futexWakeNs());
        line("two threads on one CPU that yield, round trip", floor.yieldNs());
        sizes("copy, from this CPU's cache", floor.memcpyHotNs());
        sizes("copy, from the other CPU's cache", floor.memcpyRemoteNs());
        floor.selfNs().forEach((id, bySize) -> sizes("to oneself through " + id, bySize));
        for (Floor.Jitter jitter : floor.jitter()) {
            System.out.printf(
                    Locale.ROOT,
                    "%-46s %8d gaps over 1 us in %.0f ms, %.3f %% of the time, longest %.1f us%n",
                    "taken from CPU " + jitter.cpu() + " by others",
                    jitter.gaps(),
                    jitter.durationNs() / 1e6,
                    100.0 * jitter.lostNs() / Math.max(1, jitter.durationNs()),
                    jitter.maxNs() / 1e3);
        }
        if (floor.ghz() != null) {
            System.out.printf(Locale.ROOT, "%-46s %8.2f GHz%n", "dependent additions", floor.ghz());
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

    private static void pairs(List<Floor.Pair> pairs) {
        System.out.printf(Locale.ROOT, "%-12s %-14s %s%n", "CPUS", "RELATION", "ROUND TRIP");
        for (Floor.Pair pair : pairs) {
            System.out.printf(
                    Locale.ROOT,
                    "%-12s %-14s %8.1f ns%s%n",
                    pair.a() + "," + pair.b(),
                    pair.relation(),
                    pair.lineNs(),
                    pair.bimodal() ? ", in two groups: a host may move the CPUs" : "");
        }
    }
}
