package io.sluice.compare.cli;

import io.sluice.compare.rig.CpuTopology;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The two CPUs that the ends run on. */
final class CpuOption {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--cpus",
            split = ",",
            paramLabel = "A,B",
            description =
                    "The CPUs of the two ends. Default: of those that may be used, the closest two"
                            + " that are cores of their own. Where there is only one, both ends share"
                            + " it; elsewhere --place one-cpu does that.")
    private List<Integer> cpus;

    /** Returns the CPUs of the ends; both the same where there is only one. */
    List<Integer> pair() throws IOException {
        return pair(Arrays.stream(Platform.allowedCpus()).boxed().toList());
    }

    List<Integer> pair(List<Integer> allowed) throws IOException {
        if (cpus == null) {
            return allowed.size() == 1
                    ? List.of(allowed.get(0), allowed.get(0))
                    : usual(CpuTopology.of(allowed));
        }
        if (cpus.size() != 2 || !allowed.containsAll(cpus)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--cpus "
                            + cpus.stream().map(String::valueOf).collect(Collectors.joining(","))
                            + " are not two of those that this process may use: "
                            + allowed);
        }
        if (allowed.size() > 1 && cpus.get(0).equals(cpus.get(1))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--cpus "
                            + cpus.get(0)
                            + ","
                            + cpus.get(1)
                            + " are one CPU, where two ends wait for each other: --place one-cpu"
                            + " measures that");
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
