package io.sluice.compare.result;

/** The groups of {@link Environment#details()}. What is not known on a machine is absent. */
public final class Details {
    /** Stepping, microcode, flags that matter. */
    public static final String CPU = "cpu";

    /** Sockets, cores, siblings, last-level caches, NUMA nodes; relation of the pair in use. */
    public static final String TOPOLOGY = "topology";

    /** Hypervisor, steal, control group's CPU limits. */
    public static final String VIRTUALIZATION = "virtualization";

    /** Release, command line, ticks a second, pre-emption, CPU accounting. */
    public static final String KERNEL = "kernel";

    /** The kernel's report on each processor vulnerability. */
    public static final String MITIGATIONS = "mitigations";

    /** Frequency governor, turbo, energy preference. */
    public static final String POWER = "power";

    /** Idle driver and governor, its states, polling before halting. */
    public static final String IDLE = "idle";

    /** Clock sources. */
    public static final String CLOCK = "clock";

    /** Memory, swap, huge pages, the file system of shared memory and its size. */
    public static final String MEMORY = "memory";

    /** Scheduling policy, niceness, CPUs this process may use. */
    public static final String SCHEDULING = "scheduling";

    /** This process's permissions: counters, tracing, reading another process's memory. */
    public static final String PERMISSIONS = "permissions";

    /** What else ran, before the run. */
    public static final String LOAD_BEFORE = "load.before";

    /** What else ran while forks were measured. */
    public static final String LOAD_DURING = "load.during";

    /** The part of all CPUs that others used, in {@link #LOAD_BEFORE} and the like: "3.1 %". */
    public static final String OTHERS = "cpu used by others";

    /** In {@link #LOAD_BEFORE}: how long the run waited for others to become quiet. */
    public static final String WAITED = "waited until quiet";

    /** What else ran, after the run. */
    public static final String LOAD_AFTER = "load.after";

    /** Flags of the Java virtual machines of the ends. */
    public static final String JVM = "jvm";

    private Details() {}
}
