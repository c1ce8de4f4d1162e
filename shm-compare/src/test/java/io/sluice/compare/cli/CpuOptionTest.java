package io.sluice.compare.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sluice.compare.rig.CpuTopology;
import io.sluice.linux.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

class CpuOptionTest {
    @TempDir Path system;

    /** Where 0 and 1 are threads of a core, the usual pair is not those. */
    @Test
    void theUsualPairIsTwoCores() throws IOException {
        for (int cpu = 0; cpu < 4; cpu++) {
            int core = cpu / 2 * 2;
            Path directory = system.resolve("cpu" + cpu);
            write(directory.resolve("topology/physical_package_id"), "0");
            write(directory.resolve("topology/thread_siblings_list"), core + "-" + (core + 1));
            write(directory.resolve("cache/index0/level"), "3");
            write(directory.resolve("cache/index0/shared_cpu_list"), "0-3");
        }
        assertEquals(List.of(0, 2), CpuOption.usual(CpuTopology.of(List.of(0, 1, 2, 3), system)));
        assertEquals(List.of(0, 1), CpuOption.usual(CpuTopology.of(List.of(0, 1), system)));
    }

    private static final class CpuPair {
        @Mixin private CpuOption cpus;
    }

    @Test
    void bothEndsMayShareACpu() throws IOException {
        int cpu = Platform.allowedCpus()[0];
        CpuPair pair = CommandLine.populateCommand(new CpuPair(), "--cpus", cpu + "," + cpu);
        assertEquals(List.of(cpu, cpu), pair.cpus.pair());
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
