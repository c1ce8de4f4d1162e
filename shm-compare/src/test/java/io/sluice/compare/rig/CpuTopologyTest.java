package io.sluice.compare.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuTopologyTest {
    @TempDir Path system;

    /** Two sockets; in each, two caches of two cores of two threads. */
    private CpuTopology large() throws IOException {
        for (int cpu = 0; cpu < 16; cpu++) {
            Path directory = system.resolve("cpu" + cpu);
            Files.createDirectories(directory.resolve("topology"));
            Files.createDirectories(directory.resolve("cache/index0"));
            Files.createDirectories(directory.resolve("cache/index1"));
            int core = cpu / 2 * 2;
            int cache = cpu / 4 * 4;
            write(directory, "topology/physical_package_id", cpu / 8 + "");
            write(directory, "topology/thread_siblings_list", core + "-" + (core + 1));
            write(directory, "cache/index0/level", "1");
            write(directory, "cache/index0/shared_cpu_list", core + "-" + (core + 1));
            write(directory, "cache/index1/level", "3");
            write(directory, "cache/index1/shared_cpu_list", cache + "-" + (cache + 3));
        }
        return CpuTopology.of(java.util.stream.IntStream.range(0, 16).boxed().toList(), system);
    }

    private static void write(Path directory, String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text + "\n");
    }

    @Test
    void eachRelationHasItsName() throws IOException {
        CpuTopology cpuTopology = large();
        assertEquals(Placement.ONE_CPU, cpuTopology.relation(3, 3));
        assertEquals(Placement.SMT, cpuTopology.relation(0, 1));
        assertEquals(Placement.SAME_LLC, cpuTopology.relation(0, 2));
        assertEquals(Placement.CROSS_LLC, cpuTopology.relation(0, 4));
        assertEquals(Placement.CROSS_SOCKET, cpuTopology.relation(0, 8));
        assertEquals(
                Set.of("one-cpu", "smt", "same-llc", "cross-llc", "cross-socket", "unpinned"),
                cpuTopology.placements().keySet());
        assertEquals(List.of(0, 2), cpuTopology.usual().orElseThrow().cpus());
    }

    @Test
    void aMachineThatDoesNotTellHasTwoCpus() {
        CpuTopology cpuTopology = CpuTopology.of(List.of(0, 1), system);
        assertEquals(Placement.TWO_CPUS, cpuTopology.relation(0, 1));
        assertEquals(Placement.TWO_CPUS, cpuTopology.usual().orElseThrow().name());
        assertFalse(CpuTopology.of(List.of(0), system).usual().isPresent());
    }

    @Test
    void listsAreReadAsTheKernelWritesThem() {
        assertEquals(Set.of(0, 1, 2, 3, 8), CpuTopology.list("0-3,8"));
        assertEquals(Set.of(), CpuTopology.list(""));
    }
}
