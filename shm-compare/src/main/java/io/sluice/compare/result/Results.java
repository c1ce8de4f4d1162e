package io.sluice.compare.result;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;

/**
 * The results of one run.
 *
 * @param schema the format's name and version, {@link #SCHEMA}
 * @param tool which program measured
 * @param run what was requested, and in which order it was done
 * @param environment the machine
 * @param floorBefore the minimum cost of hardware and kernel, measured before the measurements;
 *     null if not measured
 * @param floorAfter the same, measured after the measurements; null if not measured
 * @param measurements the measured combinations, in the order of the report
 * @param floorPairs a cache line's round trip between pairs of CPUs
 * @param attribution the parts of the kernel's latency, for each kernel mechanism, size and
 *     placement that has the measurements for it; computed from them
 * @param traits the mechanisms' properties, by mechanism id, or by id, slash and waiting where a
 *     mechanism waits in several ways, then by name of the trait: limits, message boundaries,
 *     back-pressure, peer death, leftovers, persistence
 * @param audit system calls as an outside observer counted them
 * @param notMeasured what a reader may expect, and why it is missing
 * @param flags validity rules that concern the whole run, "V07" for instance
 */
@RecordBuilder
public record Results(
        String schema,
        Tool tool,
        Run run,
        Environment environment,
        FloorReading floorBefore,
        FloorReading floorAfter,
        List<Measurement> measurements,
        List<FloorReading.CpuPairLatency> floorPairs,
        List<Decomposition> attribution,
        Map<String, Map<String, String>> traits,
        List<Audit> audit,
        List<NotMeasured> notMeasured,
        List<String> flags)
        implements ResultsBuilder.With {

    /** The value of {@link #schema()} that this version writes and reads. */
    public static final String SCHEMA = "shm-compare/2";

    /** Copies the collections. */
    public Results {
        measurements = Copies.of(measurements);
        floorPairs = Copies.of(floorPairs);
        attribution = Copies.of(attribution);
        traits = Copies.of(traits);
        audit = Copies.of(audit);
        notMeasured = Copies.of(notMeasured);
        flags = Copies.of(flags);
    }
}
