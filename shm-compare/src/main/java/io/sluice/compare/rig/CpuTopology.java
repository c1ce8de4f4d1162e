package io.sluice.compare.rig;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How the CPUs are related, as far as the machine reports it. A hypervisor may report nothing to
 * its guest, or a wrong topology.
 */
public final class CpuTopology {
    private final TreeMap<Integer, Cpu> cpus = new TreeMap<>();

    private record Cpu(long socket, Set<Integer> siblings, Set<Integer> cache) {}

    private CpuTopology() {}

    /**
     * Reads it.
     *
     * @param allowed the CPUs that may be used
     * @return how they are related
     */
    public static CpuTopology of(List<Integer> allowed) {
        return of(allowed, Path.of("/sys/devices/system/cpu"));
    }

    /**
     * Reads it from another directory.
     *
     * @param allowed the CPUs that may be used
     * @param system a directory like {@code /sys/devices/system/cpu}
     * @return how they are related
     */
    public static CpuTopology of(List<Integer> allowed, Path system) {
        CpuTopology cpuTopology = new CpuTopology();
        allowed.forEach(cpu -> cpuTopology.cpus.put(cpu, read(system.resolve("cpu" + cpu))));
        return cpuTopology;
    }

    private static Cpu read(Path directory) {
        Set<Integer> cache =
                IntStream.range(0, 6)
                        .mapToObj(index -> directory.resolve("cache/index" + index))
                        .filter(one -> number(one.resolve("level"), 0) > 1)
                        .max(Comparator.comparingLong(one -> number(one.resolve("level"), 0)))
                        .map(last -> list(Proc.read(last.resolve("shared_cpu_list"))))
                        .orElse(Set.of());
        Path topology = directory.resolve("topology");
        return new Cpu(
                number(topology.resolve("physical_package_id"), -1),
                list(Proc.read(topology.resolve("thread_siblings_list"))),
                cache);
    }

    private static long number(Path file, long otherwise) {
        return Proc.number(Proc.read(file), 0).orElse(otherwise);
    }

    /** Reads a list as the kernel writes it: "0-3,8". */
    static Set<Integer> list(String text) {
        Set<Integer> numbers = new TreeSet<>();
        for (String part : text.split(",")) {
            String[] ends = part.strip().split("-");
            if (!ends[0].isEmpty()) {
                int first = Integer.parseInt(ends[0]);
                int last = ends.length > 1 ? Integer.parseInt(ends[1]) : first;
                for (int n = first; n <= last; n++) {
                    numbers.add(n);
                }
            }
        }
        return numbers;
    }

    /**
     * Returns how two CPUs are related.
     *
     * @param a the one
     * @param b the other
     * @return one of the names of {@link Placement}
     */
    public String relation(int a, int b) {
        Cpu one = cpus.get(a);
        Cpu other = cpus.get(b);
        if (a == b) {
            return Placement.ONE_CPU;
        } else if (one == null || other == null || one.siblings.isEmpty()) {
            return Placement.TWO_CPUS;
        } else if (one.siblings.contains(b)) {
            return Placement.SMT;
        } else if (one.socket != other.socket) {
            return Placement.CROSS_SOCKET;
        } else if (one.cache.isEmpty()) {
            return Placement.TWO_CPUS;
        }
        return one.cache.contains(b) ? Placement.SAME_LLC : Placement.CROSS_LLC;
    }

    /**
     * Returns the closest two CPUs that do not share a core: the default placement.
     *
     * @return the placement, or nothing if there is only one CPU
     */
    public Optional<Placement> usual() {
        Map<String, Placement> places = placements();
        return Stream.of(
                        Placement.SAME_LLC,
                        Placement.TWO_CPUS,
                        Placement.CROSS_LLC,
                        Placement.CROSS_SOCKET,
                        Placement.SMT)
                .map(places::get)
                .filter(Objects::nonNull)
                .findFirst();
    }

    /**
     * Returns all placements of this machine.
     *
     * @return the first pair of each relation, by its name; one CPU and none in particular are
     *     always possible
     */
    public Map<String, Placement> placements() {
        Map<String, Placement> places = new LinkedHashMap<>();
        for (int a : cpus.keySet()) {
            for (int b : cpus.tailMap(a).keySet()) {
                places.computeIfAbsent(relation(a, b), n -> new Placement(n, List.of(a, b)));
            }
        }
        places.put(Placement.UNPINNED, new Placement(Placement.UNPINNED, List.of()));
        return places;
    }

    /** Returns sockets, siblings and caches, for the record. */
    Map<String, String> describe() {
        return Map.of(
                "sockets", Integer.toString(distinct(Cpu::socket).size()),
                "siblings", distinct(Cpu::siblings).toString(),
                "last level caches", distinct(Cpu::cache).toString());
    }

    private List<?> distinct(Function<Cpu, ?> what) {
        return cpus.values().stream().map(what).distinct().toList();
    }
}
