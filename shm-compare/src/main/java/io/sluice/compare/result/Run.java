package io.sluice.compare.result;

import java.util.List;

/**
 * What was requested.
 *
 * @param id names this run
 * @param startedUtc when it began, ISO 8601 in UTC
 * @param finishedUtc when it ended, ISO 8601 in UTC; null if it did not
 * @param suite which preset of cells was run
 * @param seed orders the launches
 * @param launches fresh pairs of processes for each cell, at least 1
 * @param argv the command line, to run it again
 * @param order the cell id of each launch, in the order they were run
 * @param interrupted whether it was stopped before its end: some launches are missing then
 * @param redacted whether names of host and user, paths and serial numbers were removed
 */
public record Run(
        String id,
        String startedUtc,
        String finishedUtc,
        String suite,
        long seed,
        int launches,
        List<String> argv,
        List<String> order,
        boolean interrupted,
        boolean redacted) {

    /** Copies the lists. */
    public Run {
        argv = Copies.of(argv);
        order = Copies.of(order);
    }

    /** Creates a run that was completed. */
    public Run(
            String id,
            String startedUtc,
            String finishedUtc,
            String suite,
            long seed,
            int launches,
            List<String> argv,
            List<String> order) {
        this(id, startedUtc, finishedUtc, suite, seed, launches, argv, order, false, false);
    }
}
