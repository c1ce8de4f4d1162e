package io.sluice.compare.rig;

import io.sluice.linux.Platform;
import java.io.IOException;
import java.util.List;

/**
 * Where the ends run.
 *
 * @param name the relation of the CPUs: "one-cpu", "smt", "same-llc", "cross-llc", "cross-socket",
 *     "two-cpus" if the machine does not report it, or "unpinned"
 * @param cpus the initiator's and the responder's; empty for unpinned
 */
public record Placement(String name, List<Integer> cpus) {
    /** Both ends on the same CPU. */
    public static final String ONE_CPU = "one-cpu";

    /** Two CPUs that share a core. */
    public static final String SMT = "smt";

    /** Two cores that share their last-level cache. */
    public static final String SAME_LLC = "same-llc";

    /** Two cores of one socket that do not. */
    public static final String CROSS_LLC = "cross-llc";

    /** Two sockets. */
    public static final String CROSS_SOCKET = "cross-socket";

    /** Two CPUs whose relation the machine does not report. */
    public static final String TWO_CPUS = "two-cpus";

    /** Not pinned: the kernel schedules them. */
    public static final String UNPINNED = "unpinned";

    /**
     * The placements that every machine has, beside its pair of CPUs: those that a part of a suite
     * may name.
     */
    public static final List<String> PARTS = List.of(ONE_CPU, UNPINNED);

    /** Copies the list. */
    public Placement {
        cpus = List.copyOf(cpus);
    }

    /**
     * Returns one of {@link #PARTS}.
     *
     * @param name which one
     * @param pair the run's CPUs; both ends share the first of them
     * @return it
     */
    public static Placement of(String name, List<Integer> pair) {
        return switch (name) {
            case ONE_CPU -> new Placement(name, List.of(pair.get(0), pair.get(0)));
            case UNPINNED -> new Placement(name, List.of());
            default -> throw new IllegalArgumentException(name + " is none of " + PARTS);
        };
    }

    /**
     * Returns the same in a run.
     *
     * @param pair the run's CPUs, which decide what {@link #ONE_CPU} is
     */
    public Placement on(List<Integer> pair) {
        return name.equals(ONE_CPU) ? of(name, pair) : this;
    }

    /** Returns the placement of two CPUs, named by how they are related. */
    static Placement of(List<Integer> cpus) {
        return new Placement(CpuTopology.of(cpus).relation(cpus.get(0), cpus.get(1)), cpus);
    }

    /** Tests whether the ends certainly have a CPU each. */
    boolean separateCpus() {
        return cpus.size() == 2 && !cpus.get(0).equals(cpus.get(1));
    }

    /** Lets the current thread run on this CPU only; on any if it is negative. */
    static void pin(int cpu) throws IOException {
        if (cpu >= 0) {
            Platform.pinCurrentThread(cpu);
        }
    }

    /** Returns the CPU of an end; negative for any. */
    int cpu(int end) {
        return cpus.isEmpty() ? -1 : cpus.get(end % cpus.size());
    }
}
