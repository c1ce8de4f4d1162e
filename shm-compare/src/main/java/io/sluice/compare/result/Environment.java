package io.sluice.compare.result;

import java.util.List;
import java.util.Map;

/**
 * The machine and what ran on it. Strings may be null where the machine does not say.
 *
 * @param cpuModel the processor's own name
 * @param cpus how many processors this system has
 * @param cpuPair the two processors that the ends were pinned to: initiator, responder; empty if
 *     not pinned
 * @param virtualization the hypervisor, or "none"
 * @param kernel the kernel's release
 * @param clocksource the kernel's clock source, "tsc" for instance
 * @param jvm the virtual machine's name
 * @param jvmVersion its version
 * @param gc its garbage collector
 * @param loadBefore the load average of one minute before the run
 * @param loadAfter the load average of one minute after the run
 * @param notes what a reader should know before believing the numbers
 * @param limits the system's limits for each mechanism, by name
 */
public record Environment(
        String cpuModel,
        int cpus,
        List<Integer> cpuPair,
        String virtualization,
        String kernel,
        String clocksource,
        String jvm,
        String jvmVersion,
        String gc,
        double loadBefore,
        double loadAfter,
        List<Note> notes,
        Map<String, String> limits) {

    /** Copies the collections. */
    public Environment {
        cpuPair = Copies.of(cpuPair);
        notes = Copies.of(notes);
        limits = Copies.of(limits);
    }
}
