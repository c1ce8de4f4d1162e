package io.sluice.compare.rig;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How the CPUs are related, as far as the machine reports it. A hypervisor may report nothing to
 * its guest, or a wrong topology.
 */
public final class CpuTopology {
    private final Map<Integer, Cpu> cpus = new TreeMap<>();

    private record Cpu(int socket, Set<Integer> siblings, Set<Integer> cache) {}

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
        for (int cpu : allowed) {
            Path directory = system.resolve("cpu" + cpu);
            Set<Integer> cache = Set.of();
            int level = 1;
            for (int index = 0; index < 6; index++) {
                Path one = directory.resolve("cache").resolve("index" + index);
                long at = Proc.number(Proc.read(one.resolve("level")), 0).orElse(0);
                if (at > level) {
                    level = (int) at;
                    cache = list(Proc.read(one.resolve("shared_cpu_list")));
                }
            }
            String socket = Proc.read(directory.resolve("topology/physical_package_id"));
            cpuTopology.cpus.put(
                    cpu,
                    new Cpu(
                            (int) Proc.number(socket, 0).orElse(-1),
                            list(Proc.read(directory.resolve("topology/thread_siblings_list"))),
                            cache));
        }
        return cpuTopology;
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
        for (String name :
                List.of(
                        Placement.SAME_LLC,
                        Placement.TWO_CPUS,
                        Placement.CROSS_LLC,
                        Placement.CROSS_SOCKET,
                        Placement.SMT)) {
            if (places.containsKey(name)) {
                return Optional.of(places.get(name));
            }
        }
        return Optional.empty();
    }

    /**
     * Returns all placements of this machine.
     *
     * @return the first pair of each relation, by its name; one CPU and none in particular are
     *     always possible
     */
    public Map<String, Placement> placements() {
        Map<String, Placement> places = new LinkedHashMap<>();
        List<Integer> all = new ArrayList<>(cpus.keySet());
        for (int i = 0; i < all.size(); i++) {
            for (int j = i; j < all.size(); j++) {
                String name = relation(all.get(i), all.get(j));
                List<Integer> pair = List.of(all.get(i), all.get(j));
                places.putIfAbsent(name, new Placement(name, pair));
            }
        }
        places.put(Placement.UNPINNED, new Placement(Placement.UNPINNED, List.of()));
        return places;
    }

    /** Sockets, cores, siblings and caches, for the record. */
    Map<String, String> describe() {
        Map<String, String> facts = new TreeMap<>();
        facts.put(
                "sockets",
                Long.toString(cpus.values().stream().map(Cpu::socket).distinct().count()));
        facts.put(
                "siblings",
                cpus.values().stream().map(Cpu::siblings).distinct().toList().toString());
        facts.put(
                "last level caches",
                cpus.values().stream().map(Cpu::cache).distinct().toList().toString());
        facts.put("nodes", Proc.read("/sys/devices/system/node/online"));
        return facts;
    }
}
