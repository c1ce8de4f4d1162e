package io.sluice.compare.rig;

import java.util.List;

/**
 * Where the ends run.
 *
 * @param name the relation of the CPUs: "one-cpu", "smt", "same-llc", "cross-llc", "cross-socket",
 *     "two-cpus" if the machine does not tell, or "unpinned"
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

    /** Two CPUs, and the machine does not say how they are related. */
    public static final String TWO_CPUS = "two-cpus";

    /** Wherever the kernel puts them. */
    public static final String UNPINNED = "unpinned";

    /**
     * Those that every machine has, beside its pair of CPUs: what a part of a suite may ask for.
     */
    public static final List<String> PARTS = List.of(ONE_CPU, UNPINNED);

    /** Copies the list. */
    public Placement {
        cpus = List.copyOf(cpus);
    }

    /**
     * One of {@link #PARTS}.
     *
     * @param name which one
     * @param pair the run's CPUs; both ends share the first of them
     * @return it
     */
    public static Placement of(String name, List<Integer> pair) {
        switch (name) {
            case ONE_CPU:
                return new Placement(name, List.of(pair.get(0), pair.get(0)));
            case UNPINNED:
                return new Placement(name, List.of());
            default:
                throw new IllegalArgumentException(name + " is none of " + PARTS);
        }
    }

    /** Whether the ends have a CPU each, for sure. */
    boolean apart() {
        return cpus.size() == 2 && !cpus.get(0).equals(cpus.get(1));
    }

    /** The CPU of an end; negative for any. */
    int cpu(int end) {
        return cpus.isEmpty() ? -1 : cpus.get(end % cpus.size());
    }
}
