package io.sluice.compare.cli;

import io.sluice.compare.rig.CpuTopology;
import io.sluice.compare.rig.Placement;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The two CPUs that the ends run on. */
final class CpuOption {

    @Option(names = "--cpus", split = ",", paramLabel = "A,B")
    private List<Integer> cpus;

    /** Returns the CPUs that this process may use. */
    static List<Integer> allowed() throws IOException {
        return Arrays.stream(Platform.allowedCpus()).boxed().toList();
    }

    /** Returns the placements of this machine; what the one CPU is, the pair decides. */
    static Collection<Placement> places() throws IOException {
        Map<String, Placement> here = CpuTopology.of(allowed()).placements();
        here.put(Placement.ONE_CPU, new Placement(Placement.ONE_CPU, List.of()));
        return here.values();
    }

    /** Returns the CPUs of the ends; both the same where there is only one. */
    List<Integer> pair() throws IOException {
        return pair(allowed());
    }

    List<Integer> pair(List<Integer> allowed) throws IOException {
        if (cpus == null) {
            return allowed.size() == 1
                    ? List.of(allowed.get(0), allowed.get(0))
                    : usual(CpuTopology.of(allowed));
        }
        String named = cpus.stream().map(String::valueOf).collect(Collectors.joining(","));
        if (cpus.size() != 2 || !allowed.containsAll(cpus)) {
            throw new WrongArgumentException(
                    "--cpus %s are not two of those that this process may use: %s", named, allowed);
        }
        if (allowed.size() > 1 && cpus.get(0).equals(cpus.get(1))) {
            throw new WrongArgumentException(
                    "--cpus %s are one CPU, where two ends wait for each other: --place one-cpu"
                            + " measures that",
                    named);
        }
        return cpus;
    }

    /**
     * Returns the default pair. Two hyper-threads of a core would be closer; they must be
     * requested.
     */
    static List<Integer> usual(CpuTopology cpuTopology) {
        return cpuTopology.usual().orElseThrow().cpus();
    }
}
