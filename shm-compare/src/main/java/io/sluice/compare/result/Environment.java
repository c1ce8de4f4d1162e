package io.sluice.compare.result;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;

/**
 * The machine and what ran on it. Strings may be null where the machine does not report a value.
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
 * @param notes what the doctor found: what a reader should know before trusting the numbers
 * @param limits the system's limits for each mechanism, by name
 * @param details everything else that was recorded, by the names of {@link Details}: a group, in it
 *     a name and the value as the machine reports it
 * @param libraries what the tool is made of
 */
@RecordBuilder
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
        Map<String, String> limits,
        Map<String, Map<String, String>> details,
        List<Library> libraries)
        implements EnvironmentBuilder.With {

    /** Copies the collections. */
    public Environment {
        cpuPair = Copies.of(cpuPair);
        notes = Copies.of(notes);
        limits = Copies.of(limits);
        details = Copies.of(details);
        libraries = Copies.of(libraries);
    }

    /**
     * Returns one of the details.
     *
     * @param group one of {@link Details}
     * @param name its name there
     * @return the value as the machine reports it, or an empty string if it was not recorded
     */
    public String detail(String group, String name) {
        return details.getOrDefault(group, Map.of()).getOrDefault(name, "");
    }

    /**
     * A part of the tool.
     *
     * @param name its file's name
     * @param version its version, or null if unknown
     * @param sha256 its file's digest, in hexadecimal; null if it is not a file
     */
    public record Library(String name, String version, String sha256) {}
}
