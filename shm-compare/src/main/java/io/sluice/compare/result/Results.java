package io.sluice.compare.result;

import java.util.List;

/**
 * All that one run found.
 *
 * @param schema the format's name and version, {@link #SCHEMA}
 * @param tool which program measured
 * @param run what was asked for, and in which order it was done
 * @param environment the machine
 * @param floorBefore what the hardware and the kernel cost at the least, measured before the cells;
 *     null if not measured
 * @param floorAfter the same, measured after the cells; null if not measured
 * @param cells the measured combinations, in the order of the report
 */
public record Results(
        String schema,
        Tool tool,
        Run run,
        Environment environment,
        Floor floorBefore,
        Floor floorAfter,
        List<Cell> cells) {

    /** The value of {@link #schema()} that this version writes and reads. */
    public static final String SCHEMA = "shm-compare/1";

    /** Copies the list. */
    public Results {
        cells = Copies.of(cells);
    }
}
