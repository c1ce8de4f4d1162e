package io.sluice.compare.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sluice.compare.rig.CpuTopology;
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
    void oneCpuTwiceIsRefusedUnlessThereIsOnlyOne() throws IOException {
        CpuPair twice = CommandLine.populateCommand(new CpuPair(), "--cpus", "3,3");
        assertEquals(List.of(3, 3), twice.cpus.pair(List.of(3)));
        String message =
                assertThrows(WrongArgumentException.class, () -> twice.cpus.pair(List.of(2, 3)))
                        .getMessage();
        assertTrue(message.contains("--cpus 3,3") && message.contains("--place one-cpu"), message);
        CpuPair usual = CommandLine.populateCommand(new CpuPair());
        assertEquals(List.of(3, 3), usual.cpus.pair(List.of(3)));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
